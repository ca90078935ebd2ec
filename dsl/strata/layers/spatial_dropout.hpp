// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/expression/real.hpp>
#include <strata/layers/elementwise_head.hpp>
#include <strata/layers/layer.hpp>
#include <strata/layers/window_text.hpp>
#include <strata/setting.hpp>

namespace strata::bedrock::inline STRATA_SETTING {

/// What a dropout of whole channels computes, for the plan.
template <real Rate, std::size_t Rows, std::size_t Channels>
struct channel_dropping : detail::elementwise_head<Rows, Channels> {
    static constexpr double rate = Rate.value();
};

/// Dropout of whole channels (Keras's SpatialDropout1D to 3D; Tompson et al. 2015): in training, each channel
/// of a sample is 0 at all places with the probability Rate, and x / (1 - Rate) otherwise; in prediction it
/// is x. Neighbouring places tell the same, so that plain dropout would hide little. Shape [I..., C] in =
/// shape out; the gradient is scaled alike. Rejects rates outside [0, 1) and inputs without spatial axes.
template <real Rate>
struct spatial_dropout_layer : layer_base {
    using role = role::training_head;
    static constexpr auto label = text("spatial_dropout");
    static constexpr auto spelling(auto&& write) { return write("spatial_dropout<", Rate); }
    static constexpr double rate = Rate.value();

    template <class Shape>
    static constexpr bool accepts = rate >= 0 && rate < 1 && detail::has_spatial_axes<Shape>;
    template <class>
    static constexpr auto wants = [] {
        if constexpr (rate >= 0 && rate < 1)
            return detail::spatial_axes_text;
        else
            return text("a rate in [0, 1)");
    }();
    template <class Shape>
    using output = Shape;
    template <class Shape>
    using head = channel_dropping<Rate, Shape::size / Shape::last, Shape::last>;
};

template <real Rate>
inline constexpr spatial_dropout_layer<Rate> spatial_dropout{};

} // namespace strata::bedrock::inline STRATA_SETTING

namespace strata {
using bedrock::spatial_dropout;
} // namespace strata
