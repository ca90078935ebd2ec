// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/layers/head.hpp>
#include <strata/layers/shared.hpp>
#include <strata/setting.hpp>

namespace strata::bedrock::inline STRATA_SETTING {

/// What a parametric rectifier computes, for the plan: rows of `Width` numbers, a slope for each or one for
/// all.
template <std::size_t Rows, class Slopes, std::size_t Width = Slopes::size>
struct parametric_rectifier : head_base<Rows, Width, Rows, Width> {
    struct alpha : parameter<"alpha", Slopes> {};
    using parameters = type_list<alpha>;
};

/// x above 0, alpha x below, with alpha learnt (He et al. 2015), zero at first. Each element of a sample has
/// a slope of its own, as in Keras; with `prelu<shared::places>` each channel has (Keras's shared axes), with
/// `prelu<shared::all>` all numbers have one (PyTorch's default). Gradients: dx = dy (x > 0 ? 1 : alpha),
/// dalpha = the sum of dy min(x, 0).
template <shared Sharing = shared::none>
struct prelu_layer : detail::shared_head_layer<parametric_rectifier, Sharing> {
    static constexpr auto label = text("prelu");
    static constexpr auto spelling(auto&& write) {
        if constexpr (Sharing == shared::none)
            return write("prelu<");
        else
            return write("prelu<", Sharing);
    }
};

template <shared Sharing = shared::none>
inline constexpr prelu_layer<Sharing> prelu{};

} // namespace strata::bedrock::inline STRATA_SETTING

namespace strata {
using bedrock::prelu;
} // namespace strata
