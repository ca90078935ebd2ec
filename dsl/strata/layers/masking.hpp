// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/layers/mask.hpp>
#include <strata/setting.hpp>

namespace strata::bedrock::inline STRATA_SETTING {

/// Masks the steps of which all numbers are equal to `Value` (Keras's Masking): what stands behind it leaves
/// them out, as far as it reads masks, and the layer itself makes them zero. NaN is equal to nothing. Shape
/// [..., features] -> the same; the mask has one number for all features of a step. Gradients: those of the
/// steps that are not masked. Rejects anything without steps. A mask that no layer and no loss reads is a
/// compile-time error of the model.
template <real Value>
struct masking_layer : layer_base {
    using role = role::merge;
    static constexpr auto label = text("masking");
    static constexpr auto spelling(auto&& write) { return write("masking<", Value); }
    using own_mask = step_mask_layer<Value>;
    static constexpr bool makes_mask = true;
    static constexpr bool reads_own_mask = true;
    template <class...>
    static constexpr time_view view = each_step;

    template <class Shape>
    static constexpr bool accepts = Shape::rank >= 2 && Shape::size > 0;
    template <class>
    static constexpr auto wants = text("steps of features");
    template <class Shape>
    using output = Shape;
    template <class Shape, class>
    using head_of = hiding<Shape::size / Shape::last, Shape::last>;
};

template <real Value = 0.0>
inline constexpr masking_layer<Value> masking{};

} // namespace strata::bedrock::inline STRATA_SETTING

namespace strata {
using bedrock::masking;
} // namespace strata
