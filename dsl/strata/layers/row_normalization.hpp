// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/layers/normalization.hpp>

namespace strata::bedrock {

/// A row less its mean (where it is centered), over the root of its mean square and epsilon, each element
/// times gamma and plus beta.
template <std::size_t Rows, std::size_t Width, bool IsCentered, class Layer>
struct row_normalization : head_base<Rows, Width, Rows, Width> {
    static constexpr bool is_centered = IsCentered;
    static constexpr double epsilon = Layer::epsilon;
    static constexpr bool reads_pitched = true;
    static constexpr bool writes_pitched = true;

    struct gamma : parameter<"gamma", shape<Width>> {
        static constexpr initializer first = ones;
        static constexpr bool is_present = Layer::has_scale;
    };
    struct beta : parameter<"beta", shape<Width>> {
        static constexpr bool is_present = Layer::has_center;
    };
    using parameters = type_list<gamma, beta>;
};

/// y = gamma (x - m) / sqrt(v + epsilon) + beta with the mean and the variance of each row (the last axis)
/// by itself (Ba, Kiros and Hinton 2016), with gamma and beta for each of its elements. Shape in = shape out.
/// Default epsilon 1e-3. Options: `epsilon<1e-5>`, `no_scale`, `no_center`.
template <auto... Options>
struct layer_norm_layer : detail::normalization_base<Options...> {
    static_assert((detail::option_of<decltype(Options), epsilon_option, without_scale, without_center> &&
                   ...),
                  "strata: layer_norm takes epsilon, no_scale and no_center");
    using role = role::head;
    static constexpr mask_rule masks = mask_rule::passes;
    template <class...>
    static constexpr time_view view = each_step;
    static constexpr auto label = text("layer_norm");
    template <class Shape>
    using head = row_normalization<Shape::size / Shape::last, Shape::last, true, layer_norm_layer>;
};
template <auto... Options>
inline constexpr layer_norm_layer<Options...> layer_norm{};

/// y = gamma x / sqrt(mean(x^2) + epsilon) for each row (Zhang and Sennrich 2019). Shape in = shape out.
/// Default epsilon 1e-6, as Keras's. Options: `epsilon<1e-5>`, `no_scale`.
template <auto... Options>
struct rms_norm_layer : detail::normalization_base<Options...> {
    static_assert((detail::option_of<decltype(Options), epsilon_option, without_scale> && ...),
                  "strata: rms_norm takes epsilon and no_scale");
    using role = role::head;
    static constexpr mask_rule masks = mask_rule::passes;
    template <class...>
    static constexpr time_view view = each_step;
    static constexpr auto label = text("rms_norm");
    static constexpr double epsilon = detail::option(epsilon_option{1e-6}, Options...).value.value();
    static constexpr bool has_center = false;
    template <class Shape>
    using head = row_normalization<Shape::size / Shape::last, Shape::last, false, rms_norm_layer>;
};
template <auto... Options>
inline constexpr rms_norm_layer<Options...> rms_norm{};

} // namespace strata::bedrock

namespace strata {
using bedrock::layer_norm;
using bedrock::rms_norm;
} // namespace strata
