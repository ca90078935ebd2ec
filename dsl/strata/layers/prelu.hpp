// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/layers/head.hpp>
#include <strata/layers/layer.hpp>

namespace strata::bedrock {

/// What a parametric rectifier computes, for the plan: rows of `Width` numbers, a slope for each.
template <std::size_t Rows, class Slopes>
struct parametric_rectifier : head_base<Rows, Slopes::size, Rows, Slopes::size> {
    struct alpha : parameter<"alpha", Slopes> {};
    using parameters = type_list<alpha>;
};

/// Which numbers of a sample share a slope.
enum class shared { none, places };

/// x above 0, alpha x below, with alpha learnt (He et al. 2015), zero at first. Each element of a sample has
/// a slope of its own, as in Keras; with `prelu<shared::places>` each channel has (Keras's shared axes,
/// PyTorch's default). Gradients: dx = dy (x > 0 ? 1 : alpha), dalpha = the sum of dy min(x, 0).
template <shared Sharing = shared::none>
struct prelu_layer : layer_base {
    using role = role::head;
    static constexpr auto label = text("prelu");

    template <class Shape>
    static constexpr bool accepts = Shape::size > 0;
    template <class>
    static constexpr auto wants = text("at least one number");
    template <class Shape>
    using output = Shape;
    template <class...>
    static constexpr time_view view = Sharing == shared::places ? each_step : whole_sequence;
    template <class Shape>
    using head = parametric_rectifier<Sharing == shared::none ? 1 : Shape::size / Shape::last,
                                      std::conditional_t<Sharing == shared::none, Shape, shape<Shape::last>>>;
};

template <shared Sharing = shared::none>
inline constexpr prelu_layer<Sharing> prelu{};

} // namespace strata::bedrock

namespace strata {
using bedrock::prelu;
using bedrock::shared;
} // namespace strata
