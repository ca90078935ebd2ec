// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/rows_view.hpp>
#include <strata/kernels/windows/window_map.hpp>
#include <strata/setting.hpp>

#include <cstddef>
#include <utility>

namespace strata::bedrock::inline STRATA_SETTING {

namespace internal {
/// The window of one result of a sample, for kernels whose registers hold channels and that go from place to
/// place: poolings and depthwise convolutions. It knows the first row that is inside and how many taps are
/// inside along each axis; from there it goes in steps that the map knows at compile time.
template <window_map Map>
class result_window {
public:
    result_window() = default;
    /// Of result `number` of a sample, counted by lines.
    explicit result_window(std::size_t number) noexcept {
        const std::size_t line = number / width.results;
        enter_line(line / height.results, line % height.results);
        enter_column(number % width.results);
    }

    /// Moves to a line of results. `enter_column` has to follow.
    void enter_line(std::size_t slice, std::size_t line) noexcept {
        const auto [first_slice, last_slice] = taps_of_result(depth, slice);
        const auto [first_line, last_line] = taps_of_result(height, line);
        slices_ = last_slice - first_slice;
        lines_ = last_line - first_line;
        line_row_ =
            Map.read_row<std::ptrdiff_t>(depth.read(slice, first_slice), height.read(line, first_line), 0);
        line_tap_ = Map.weight_tap(first_slice, first_line, 0);
    }
    /// Moves along the line.
    void enter_column(std::size_t column) noexcept {
        const auto [first, last] = taps_of_result(width, column);
        columns_ = last - first;
        row_ = line_row_ + width.read(column, first);
        tap_ = line_tap_ + first * width.weight_step;
    }

    /// Whether all taps across the line are inside.
    [[nodiscard]] bool is_whole_line() const noexcept {
        return is_inside || (slices_ == depth.taps && lines_ == height.taps);
    }
    /// The rows of the lines that the line's results read: [first, second), with what lies between them.
    [[nodiscard]] std::pair<std::size_t, std::size_t> lines_read() const noexcept {
        if (slices_ == 0 || lines_ == 0)
            return {0, 0};
        const auto first = static_cast<std::size_t>(line_row_);
        return {first, first +
                           Map.read_row<std::size_t>((slices_ - 1) * depth.offset_step,
                                                     (lines_ - 1) * height.offset_step, 0) +
                           width.read_extent};
    }
    /// How many taps are inside.
    [[nodiscard]] std::size_t taps() const noexcept { return slices_ * lines_ * columns_; }

    /// Calls use(row, tap) for each tap that is inside: the row of the sample that it reads, and its number
    /// among the kernel's taps.
    template <class Use>
    [[gnu::always_inline]] void visit(Use use) const noexcept {
        constexpr std::ptrdiff_t slice_step = Map.read_row<std::ptrdiff_t>(depth.offset_step, 0, 0);
        constexpr std::ptrdiff_t line_step = Map.read_row<std::ptrdiff_t>(0, height.offset_step, 0);
        constexpr std::ptrdiff_t column_step = width.offset_step;
        // Where all windows lie inside, the counts are known at compile time.
        for (std::size_t d = 0; d < (is_inside ? depth.taps : slices_); ++d)
            for (std::size_t h = 0; h < (is_inside ? height.taps : lines_); ++h)
                for (std::size_t w = 0; w < (is_inside ? width.taps : columns_); ++w)
                    use(static_cast<std::size_t>(row_ + static_cast<std::ptrdiff_t>(d) * slice_step +
                                                 static_cast<std::ptrdiff_t>(h) * line_step +
                                                 static_cast<std::ptrdiff_t>(w) * column_step),
                        tap_ + d * Map.weight_step(0) + h * Map.weight_step(1) + w * Map.weight_step(2));
    }

    /// Calls use(numbers, places) for each line of taps that is inside: the first row of a sample that it
    /// reads, and how many.
    template <bool IsWhole, class T, class Use>
    [[gnu::always_inline]] void visit_lines(rows_view<const T> sample, Use use) const noexcept {
        constexpr std::size_t slice_step = Map.read_row<std::size_t>(depth.offset_step, 0, 0);
        constexpr std::size_t line_step = Map.read_row<std::size_t>(0, height.offset_step, 0);
        if (!IsWhole && taps() == 0)
            return;
        const T* const corner = sample.row(static_cast<std::size_t>(row_));
        // Bounds known at compile time come first, so that loops over few taps are unrolled.
        for (std::size_t d = 0; d < depth.taps && (IsWhole || d < slices_); ++d)
            for (std::size_t h = 0; h < height.taps && (IsWhole || h < lines_); ++h)
                use(corner + (d * slice_step + h * line_step) * sample.pitch,
                    IsWhole ? width.taps : columns_);
    }

private:
    static constexpr map_axis depth = Map.axes[0];
    static constexpr map_axis height = Map.axes[1];
    static constexpr map_axis width = Map.axes[2];
    static constexpr bool is_inside = Map.is_inside();

    std::size_t slices_ = 0;
    std::size_t lines_ = 0;
    std::size_t columns_ = 0;
    std::ptrdiff_t line_row_ = 0;
    std::ptrdiff_t row_ = 0;
    std::size_t line_tap_ = 0;
    std::size_t tap_ = 0;
};
} // namespace internal

} // namespace strata::bedrock::inline STRATA_SETTING
