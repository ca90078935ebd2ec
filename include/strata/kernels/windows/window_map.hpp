// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/expression/type_list.hpp>
#include <strata/layers/window.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <numeric>
#include <utility>

namespace strata::bedrock::inline STRATA_SETTING {

/// One axis of a sum over windows, seen from what is computed: result number t lies at begin + t step and is
/// the sum over taps j of what lies at t read_step + offset + j offset_step, as far as that is inside, times
/// the weights of tap weight + j weight_step. A convolution, its input gradient and a transposed convolution
/// are all of this kind.
struct map_axis {
    // Without initializers: g++ 12 forgets them in objects that are template arguments.
    std::size_t results;
    std::size_t begin;
    std::size_t step;
    std::size_t result_extent;
    std::size_t read_extent;
    std::size_t read_step;
    std::size_t taps;
    std::ptrdiff_t offset;
    std::ptrdiff_t offset_step;
    std::size_t weight;
    std::size_t weight_step;
    std::size_t weight_extent;

    /// Where tap j of result t reads, which may be outside.
    [[nodiscard]] constexpr std::ptrdiff_t read(std::size_t t, std::size_t j) const {
        return static_cast<std::ptrdiff_t>(t * read_step) + offset +
               static_cast<std::ptrdiff_t>(j) * offset_step;
    }
    [[nodiscard]] constexpr bool inside(std::size_t t, std::size_t j) const {
        return static_cast<std::size_t>(read(t, j)) < read_extent;
    }
    [[nodiscard]] constexpr std::size_t tap(std::size_t j) const { return weight + j * weight_step; }

    /// The results whose taps are all inside: [first, second).
    [[nodiscard]] constexpr std::pair<std::size_t, std::size_t> interior() const {
        const auto all_inside = [&](std::size_t t) {
            return taps == 0 || (inside(t, 0) && inside(t, taps - 1));
        };
        std::size_t first = 0;
        while (first < results && !all_inside(first))
            ++first;
        std::size_t last = results;
        while (last > first && !all_inside(last - 1))
            --last;
        return {first, last};
    }
};

/// Depth, height and width.
struct window_map {
    std::array<map_axis, 3> axes;

    [[nodiscard]] constexpr std::size_t results() const {
        return axes[0].results * axes[1].results * axes[2].results;
    }
    [[nodiscard]] constexpr std::size_t result_rows() const {
        return axes[0].result_extent * axes[1].result_extent * axes[2].result_extent;
    }
    /// The row of a result of one sample.
    [[nodiscard]] constexpr std::size_t result_row(std::size_t d, std::size_t h, std::size_t w) const {
        const auto& [depth, height, width] = axes;
        return ((depth.begin + d * depth.step) * height.result_extent + height.begin + h * height.step) *
                   width.result_extent +
               width.begin + w * width.step;
    }
    /// The same of result `number` of all samples, counted by lines.
    [[nodiscard]] constexpr std::size_t result_row(std::size_t number) const {
        const std::size_t line = number / axes[2].results;
        const std::size_t slice = line / axes[1].results;
        return slice / axes[0].results * result_rows() +
               result_row(slice % axes[0].results, line % axes[1].results, number % axes[2].results);
    }
    /// The row that is read at a place of what the window slides over, with slices counted over all samples
    /// or in one. Numbers are signed where the place may be outside of its line: that row belongs to another
    /// line, or there is none.
    template <class Number>
    [[nodiscard]] constexpr Number read_row(Number slice, Number line, Number column) const {
        return (slice * static_cast<Number>(axes[1].read_extent) + line) *
                   static_cast<Number>(axes[2].read_extent) +
               column;
    }
    /// Which of the kernel's taps it is that has these numbers along the axes.
    [[nodiscard]] constexpr std::size_t weight_tap(std::size_t slice, std::size_t line,
                                                   std::size_t column) const {
        const auto& [depth, height, width] = axes;
        return (depth.tap(slice) * height.weight_extent + height.tap(line)) * width.weight_extent +
               width.tap(column);
    }
    /// How many taps of the kernel further the next along an axis is.
    [[nodiscard]] constexpr std::size_t weight_step(std::size_t axis) const {
        std::size_t step = axes[axis].weight_step;
        for (std::size_t inner = axis + 1; inner < axes.size(); ++inner)
            step *= axes[inner].weight_extent;
        return step;
    }
    [[nodiscard]] constexpr std::size_t read_rows() const {
        return axes[0].read_extent * axes[1].read_extent * axes[2].read_extent;
    }
    [[nodiscard]] constexpr std::size_t weight_taps() const {
        return axes[0].weight_extent * axes[1].weight_extent * axes[2].weight_extent;
    }
    [[nodiscard]] constexpr bool has_taps() const {
        return axes[0].taps > 0 && axes[1].taps > 0 && axes[2].taps > 0;
    }
    /// Whether all windows lie wholly inside.
    [[nodiscard]] constexpr bool is_inside() const {
        return std::all_of(axes.begin(), axes.end(), [](const map_axis& axis) {
            return axis.interior() == std::pair<std::size_t, std::size_t>{0, axis.results};
        });
    }
    /// Whether each result reads one place, in order, and all places are read.
    [[nodiscard]] constexpr bool is_one_to_one() const {
        return std::all_of(axes.begin(), axes.end(), [](const map_axis& axis) {
            return axis.taps == 1 && axis.read_step == 1 && axis.offset == 0 &&
                   axis.results == axis.read_extent;
        });
    }
    /// Whether results that follow each other in a line do so in memory.
    [[nodiscard]] constexpr bool is_dense() const { return axes[2].step == 1; }
};

namespace internal {
constexpr map_axis forward_axis(const window_axis& axis) {
    return {axis.output,
            0,
            1,
            axis.output,
            axis.input,
            axis.stride,
            axis.taps,
            -static_cast<std::ptrdiff_t>(axis.padding_begin),
            static_cast<std::ptrdiff_t>(axis.dilation),
            0,
            1,
            axis.taps};
}

/// The other direction: what lies at i gets from o wherever i = o stride + k dilation - before. Those i whose
/// remainder by the stride is `phase` share their taps.
constexpr map_axis adjoint_axis(const window_axis& axis, std::size_t phase) {
    const std::size_t results = phase < axis.input ? (axis.input - phase + axis.stride - 1) / axis.stride : 0;
    const std::size_t weight_step = axis.stride / std::gcd(axis.stride, axis.dilation);
    const auto stride = static_cast<std::ptrdiff_t>(axis.stride);
    const auto dilation = static_cast<std::ptrdiff_t>(axis.dilation);
    const auto place = static_cast<std::ptrdiff_t>(phase + axis.padding_begin);
    std::size_t tap = 0;
    while (tap < axis.taps && (place - static_cast<std::ptrdiff_t>(tap) * dilation) % stride != 0)
        ++tap;
    const std::size_t taps = tap < axis.taps ? (axis.taps - tap + weight_step - 1) / weight_step : 0;
    return {results,
            phase,
            axis.stride,
            axis.input,
            axis.output,
            1,
            taps,
            (place - static_cast<std::ptrdiff_t>(tap) * dilation) / stride,
            -static_cast<std::ptrdiff_t>(weight_step) * dilation / stride,
            tap,
            weight_step,
            axis.taps};
}

/// Where every place reads itself alone, lines may be as long as the image.
constexpr window_map merged(const window_map& map, bool is_pointwise) {
    if (!is_pointwise)
        return map;
    const std::size_t all = map.results();
    constexpr map_axis one{1, 0, 1, 1, 1, 1, 1, 0, 1, 0, 1, 1};
    return {{one, one, map_axis{all, 0, 1, all, all, 1, 1, 0, 1, 0, 1, 1}}};
}
} // namespace internal

constexpr window_map forward_map(const window& sliding) {
    return internal::merged(
        {{internal::forward_axis(sliding.axes[0]), internal::forward_axis(sliding.axes[1]),
          internal::forward_axis(sliding.axes[2])}},
        sliding.is_pointwise());
}

/// How many maps the other direction takes: one for each remainder by the strides.
constexpr std::size_t adjoint_phases(const window& sliding) {
    return sliding.axes[0].stride * sliding.axes[1].stride * sliding.axes[2].stride;
}
constexpr window_map adjoint_map(const window& sliding, std::size_t phase) {
    const std::size_t columns = sliding.axes[2].stride;
    const std::size_t lines = sliding.axes[1].stride;
    return internal::merged({{internal::adjoint_axis(sliding.axes[0], phase / columns / lines),
                              internal::adjoint_axis(sliding.axes[1], phase / columns % lines),
                              internal::adjoint_axis(sliding.axes[2], phase % columns)}},
                            sliding.is_pointwise());
}

namespace internal {
/// The taps of an axis that are inside for a result: [first, second).
constexpr std::pair<std::size_t, std::size_t> taps_of_result(const map_axis& axis, std::size_t t) noexcept {
    std::size_t first = 0;
    while (first < axis.taps && !axis.inside(t, first))
        ++first;
    std::size_t last = axis.taps;
    while (last > first && !axis.inside(t, last - 1))
        --last;
    return {first, last};
}

/// The places [low, high) of a tile that a tap has an input for.
struct places_inside {
    std::size_t low;
    std::size_t high;
};
constexpr places_inside find_inside(const map_axis& axis, std::size_t begin, std::size_t places,
                                    std::size_t tap) {
    std::size_t low = 0;
    while (low < places && !axis.inside(begin + low, tap))
        ++low;
    std::size_t high = low;
    while (high < places && axis.inside(begin + high, tap))
        ++high;
    return {low, high};
}

/// Calls visit(map) with the maps that make up one direction of a convolution.
template <window Geometry, bool Adjoint, class Visit>
constexpr void for_each_map(Visit visit) noexcept {
    if constexpr (!Adjoint)
        visit(std::integral_constant<window_map, forward_map(Geometry)>{});
    else
        for_each_index<adjoint_phases(Geometry)>([&](auto phase) {
            constexpr window_map map = adjoint_map(Geometry, phase);
            if constexpr (map.results() > 0)
                visit(std::integral_constant<window_map, map>{});
        });
}
template <window Geometry, bool Adjoint>
inline constexpr window_map first_map = Adjoint ? adjoint_map(Geometry, 0) : forward_map(Geometry);
} // namespace internal

} // namespace strata::bedrock::inline STRATA_SETTING
