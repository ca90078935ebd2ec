// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/layers/elementwise_head.hpp>
#include <strata/layers/layer.hpp>
#include <strata/setting.hpp>

#include <cstddef>

namespace strata::bedrock::inline STRATA_SETTING {

/// What a draw from normal distributions computes, for the plan.
template <std::size_t Rows, std::size_t Width>
struct normal_draw : detail::elementwise_head<Rows, Width> {
    static constexpr std::size_t parts = 2;
};

/// A draw from the normal distributions that two values describe, the mean m and the logarithm l of the
/// variance: in training y = m + e^(l/2) n with n from N(0, 1), in prediction the mean. Gradients: dm = dy,
/// dl = dy (y - m) / 2: since n depends on neither, they pass through the draw (the reparametrisation of
/// Kingma and Welling, "Auto-encoding variational Bayes", 2014). `branches(dense<2>, dense<2>) | sampling`.
/// Shape in = shape out. Rejects anything but two values of one shape.
struct sampling_layer : layer_base {
    using role = role::merge;
    static constexpr auto label = text("sampling");
    static constexpr auto spelling(auto&& write) { return write("sampling"); }

    template <class First, class... Rest>
    static constexpr bool accepts_all = sizeof...(Rest) == 1 &&
                                        (std::same_as<First, Rest> && ...) && First::size > 0;
    template <class First, class... Rest>
    static constexpr auto wants_all = text("a mean and a log-variance of one shape");
    template <class First, class...>
    using output_of = First;
    template <class First, class...>
    using head_of = normal_draw<First::size / First::last, First::last>;
};

inline constexpr sampling_layer sampling;

} // namespace strata::bedrock::inline STRATA_SETTING

namespace strata {
using bedrock::sampling;
} // namespace strata
