// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/layers/axis.hpp>
#include <strata/layers/head.hpp>
#include <strata/layers/layer.hpp>
#include <strata/setting.hpp>

namespace strata::bedrock::inline STRATA_SETTING {

/// What a softmax along any axis computes, for the plan: lines of `Count` numbers that lie `Inner` apart,
/// `Outer` times as many as `Inner`, by themselves. Training keeps two numbers of each line.
template <std::size_t Outer, std::size_t Count, std::size_t Inner, bool IsLogarithm>
struct line_softmax : head_base<Inner == 1 ? Outer : Outer * Count, Inner == 1 ? Count : Inner,
                                Inner == 1 ? Outer : Outer * Count, Inner == 1 ? Count : Inner> {
    static constexpr std::size_t kept_size = 2 * Outer * Inner;
};

/// The softmax along an axis, or its logarithm. With m the largest x of a line and s = sum_j e^(x_j - m):
/// y_i = e^(x_i - m) / s, or y_i = x_i - m - log s, which stays exact where the softmax is rounded to 0.
/// Gradients: dx_i = y_i (dy_i - sum_j dy_j y_j), or dx_i = dy_i - e^y_i sum_j dy_j. Shape in = shape out.
/// The axis is counted from 0 without the batch axis, or from the last one backwards. Rejects a shape without
/// it.
template <int Axis, bool IsLogarithm>
struct axis_softmax_layer : layer_base {
    using role = role::head;
    // Along another axis it may go over masked steps.
    static constexpr mask_rule masks = Axis == -1 ? mask_rule::passes : mask_rule::refused;
    static constexpr bool gives_probabilities = !IsLogarithm;
    static constexpr auto label = [] {
        constexpr auto axis = text("_softmax<") + detail::signed_text<Axis> + ">";
        if constexpr (IsLogarithm)
            return text("log") + axis;
        else
            return text("axis") + axis;
    }();
    static constexpr auto spelling(auto&& write) {
        return write(IsLogarithm ? "log_softmax<" : "axis_softmax<", Axis);
    }

    template <class Shape>
    static constexpr bool accepts = detail::has_axis<Shape, Axis>&& Shape::size > 0;
    template <class>
    static constexpr auto wants = detail::axis_text<Axis>;
    template <class Shape>
    using output = Shape;
    template <class Shape>
    static constexpr time_view view = detail::axis_number<Shape, Axis> == 0 ? whole_sequence : each_step;
    /// The same for one step.
    using step_layer = axis_softmax_layer<(Axis > 0 ? Axis - 1 : Axis), IsLogarithm>;
    template <class Shape>
    static constexpr auto lines() {
        constexpr std::size_t axis = detail::axis_number<Shape, Axis>;
        constexpr detail::axis_extents extents = detail::extents_around<Shape>(axis, axis);
        return line_softmax<extents.outer, extents.count, extents.inner, IsLogarithm>{};
    }
    template <class Shape>
    using head = decltype(lines<Shape>());
};

/// The softmax along another axis than the last, which `softmax` knows better.
template <int Axis>
inline constexpr axis_softmax_layer<Axis, false> axis_softmax{};
template <int Axis = -1>
inline constexpr axis_softmax_layer<Axis, true> log_softmax{};

} // namespace strata::bedrock::inline STRATA_SETTING

namespace strata {
using bedrock::axis_softmax;
using bedrock::log_softmax;
} // namespace strata
