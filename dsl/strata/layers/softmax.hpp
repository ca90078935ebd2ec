// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/setting.hpp>
STRATA_HEADER_BEGIN

#include <strata/layers/layer.hpp>

namespace strata::bedrock::inline STRATA_SETTING {

/// y_i = e^(x_i - m) / sum_j e^(x_j - m) over the last axis, m the row's largest x, so that nothing
/// overflows. Gradient: dx_i = y_i (dy_i - sum_j dy_j y_j). Shape in = shape out. Rejects a single number.
struct softmax_layer : layer_base {
    using role = role::normalization;
    static constexpr auto label = text("softmax");
    static constexpr auto spelling(auto&& write) { return write("softmax"); }

    template <class Shape>
    static constexpr bool accepts = Shape::rank > 0;
    template <class>
    static constexpr auto wants = text("a shape with a last axis");
    template <class Shape>
    using output = Shape;
};

inline constexpr softmax_layer softmax{};

} // namespace strata::bedrock::inline STRATA_SETTING

namespace strata {
using bedrock::softmax;
} // namespace strata

STRATA_HEADER_END
