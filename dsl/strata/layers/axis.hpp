// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/setting.hpp>
#include <strata/topology/shape.hpp>

#include <cstddef>

namespace strata::bedrock::inline STRATA_SETTING::detail {

/// Whether a shape has an axis, which is counted from 0 without the batch axis, or from the last one
/// backwards: -1 is the last.
template <class Shape, int Axis>
inline constexpr bool has_axis =
    Axis<0 ? static_cast<int>(Shape::rank) >= -Axis : static_cast<int>(Shape::rank)> Axis;

/// Its number from 0 on.
template <class Shape, int Axis>
inline constexpr std::size_t
    axis_number = static_cast<std::size_t>(Axis < 0 ? static_cast<int>(Shape::rank) + Axis : Axis);

/// A shape as three extents: all axes before some neighbouring ones, those, and all behind them.
struct axis_extents {
    std::size_t outer;
    std::size_t count;
    std::size_t inner;
};
template <class Shape>
constexpr axis_extents extents_around(std::size_t first, std::size_t last) {
    axis_extents result{1, 1, 1};
    for (std::size_t axis = 0; axis < Shape::rank; ++axis)
        (axis < first ? result.outer : axis <= last ? result.count : result.inner) *= Shape::extents[axis];
    return result;
}

/// The number of an axis as it was given.
template <int Axis>
inline constexpr auto signed_text = [] {
    if constexpr (Axis < 0)
        return text("-") + number_text<static_cast<std::size_t>(-Axis)>;
    else
        return number_text<static_cast<std::size_t>(Axis)>;
}();

/// What layers say of a shape without their axis.
template <int Axis>
inline constexpr auto axis_text = [] {
    if constexpr (Axis < 0)
        return text("a shape of at least ") + number_text<static_cast<std::size_t>(-Axis)> + " axes";
    else
        return text("a shape with an axis ") + number_text<static_cast<std::size_t>(Axis)> +
               ", counted from 0";
}();

} // namespace strata::bedrock::inline STRATA_SETTING::detail
