// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/product/outer_products.hpp>
#include <strata/kernels/rows_view.hpp>
#include <strata/kernels/threads/team.hpp>
#include <strata/kernels/windows/fetch_schedule.hpp>
#include <strata/kernels/windows/weight_gradient_shape.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <array>
#include <cstddef>

namespace strata::bedrock::inline STRATA_SETTING {

/// What the gradient of a convolution's weights is summed over, and a thread's memory for what it gathers.
template <class T>
struct gradient_images {
    rows_view<const T> x;
    rows_view<const T> delta;
    std::size_t samples;
    T* scratch;
};

/// Some segments of places and some strips of factors, whose sums are taken together: what is gathered for
/// them, which runs of places each tap has an input for, and what the next block will read. `Shape` is a
/// `weight_gradient_shape`.
template <class Shape>
struct weight_gradient_block : gradient_images<typename Shape::value_type> {
    using T = typename Shape::value_type;
    using places = typename Shape::places;
    using place = typename places::place;

    team::range segments;
    team::range strips;
    T* partial; ///< where sums rest between blocks
    bool is_first;
    bool is_last;

private:
    static constexpr map_axis depth = places::depth;
    static constexpr map_axis height = places::height;
    static constexpr map_axis width = places::width;
    static constexpr std::size_t most_runs =
        places::block_segments *
        (Shape::joins_taps ? 1 + places::interior.first + width.results - places::interior.second : 1);

public:
    /// Room for the runs of all segments; in a joined row of taps each place at a border is a run of its own.
    using run_list = std::array<internal::place_run, most_runs>;

    /// Puts the strips of x side by side, place by place.
    void gather_x() const noexcept {
        const auto visit = [&](std::size_t first, std::size_t step, std::size_t count, std::size_t gathered) {
            for (std::size_t strip = strips.begin; strip < strips.end; ++strip)
                internal::gather_places<Shape::rows>(
                    this->x.row(first) + Shape::first_row(strip), step * this->x.pitch, count, Shape::rows,
                    this->scratch + ((strip - strips.begin) * Shape::x_places + gathered) * Shape::rows);
        };
        if constexpr (Shape::is_transposed)
            places::visit_small(segments, visit);
        else
            places::visit_large(segments, visit);
    }

    /// The same of some panels of delta: `Width` numbers a place, with zeros where there are fewer filters.
    template <std::size_t Width>
    void gather_delta(std::size_t panel, T* copy) const noexcept {
        const std::size_t first_filter = panel * Shape::lanes;
        const std::size_t filters = std::min(Width, Shape::filters - first_filter);
        const auto visit = [&](std::size_t first, std::size_t step, std::size_t count, std::size_t gathered) {
            internal::gather_places<Width>(this->delta.row(first) + first_filter, step * this->delta.pitch,
                                           count, filters, copy + gathered * Width);
        };
        if constexpr (Shape::is_transposed)
            places::visit_large(segments, visit);
        else
            places::visit_small(segments, visit);
    }

    /// Where the block begins and ends in the small image.
    [[nodiscard]] std::size_t first_small() const noexcept {
        return places::small_place(places::place_of(segments.begin));
    }
    [[nodiscard]] std::size_t last_small() const noexcept {
        const place last = places::place_of(segments.end - 1);
        return places::small_place(last) + last.end - last.begin;
    }

    /// Finds the runs of places that a tap has an input for, and returns how many they are. Places are
    /// counted in what was gathered, or else in the images.
    std::size_t find_runs(std::size_t tap, run_list& runs) const noexcept {
        const std::size_t origin = Shape::gathers_small ? first_small() : 0;
        if constexpr (places::is_single && (Shape::gathers_large || Shape::is_pointwise)) {
            runs[0] = {static_cast<std::ptrdiff_t>(first_small() - origin),
                       static_cast<std::ptrdiff_t>(Shape::gathers_large ? 0 : first_small()),
                       last_small() - first_small(), 0, Shape::factors};
            return 1;
        }
        constexpr std::size_t line_taps = Shape::joins_taps ? 1 : width.taps;
        const std::size_t column_tap = tap % line_taps;
        const std::size_t line_tap = tap / line_taps % height.taps;
        const std::size_t slice_tap = tap / line_taps / height.taps;
        std::size_t count = 0;
        typename places::large_lines image{0, 0, 0, 0};
        std::size_t next_sample = segments.begin; // the segment that it begins with
        for (std::size_t number = segments.begin; number < segments.end; ++number) {
            const place segment = places::place_of(number);
            if (Shape::gathers_large && number == next_sample) {
                image = places::lines_of_sample(segments, number, image.slot + image.end - image.begin);
                next_sample = (image.sample + 1) * places::lines * places::segments;
            }
            if (!depth.inside(segment.d, slice_tap) || !height.inside(segment.h, line_tap))
                continue;
            const auto slice = static_cast<std::size_t>(depth.read(segment.d, slice_tap));
            const auto line = static_cast<std::size_t>(height.read(segment.h, line_tap));
            const std::size_t large =
                Shape::gathers_large
                    ? (image.slot + slice * height.read_extent + line - image.begin) * width.read_extent
                    : places::map.read_row(segment.sample * depth.read_extent + slice, line, std::size_t{0});
            const std::size_t small = places::small_place(segment) - segment.begin - origin;
            const auto add_run = [&](std::size_t begin, std::size_t end, std::size_t column, std::size_t low,
                                     std::size_t high) {
                if (begin < end)
                    runs[count++] = {static_cast<std::ptrdiff_t>(small + begin),
                                     static_cast<std::ptrdiff_t>(large) + width.read(begin, column),
                                     end - begin, low, high};
            };
            if constexpr (Shape::joins_taps)
                add_joined(segment, add_run);
            else
                add_run(std::max(segment.begin, column_places[column_tap].low),
                        std::min(segment.end, column_places[column_tap].high), column_tap, 0, Shape::factors);
        }
        return count;
    }

    /// Has rows of the next block fetched, as far as they lie together: what windows that lie apart read of
    /// the larger image does not. Of delta these are all rows, if it is not fetched by columns.
    void add_next_rows(line_schedule<T>& schedule) const noexcept {
        const auto [small, small_count] = small_rows(segments.end);
        if (small_count == 0)
            return;
        if constexpr (Shape::is_transposed || !Shape::fetches_columns)
            schedule.add_rows(Shape::is_transposed ? this->x : this->delta, small, small_count);
        if constexpr (Shape::is_pointwise && !Shape::is_transposed)
            // A thread's share, or those that are gathered together.
            if (strips.end - strips.begin < Shape::strips) {
                schedule.add_row_parts(this->x, small,
                                       Shape::first_row(strips.begin) / line_size<T> * line_size<T>,
                                       Shape::first_row(strips.end));
                return;
            }
        if constexpr (places::is_flat && height.taps >= height.read_step && width.taps >= width.read_step) {
            // The lines that the block before has not read.
            const place begin = places::place_of(segments.end);
            const std::size_t line = places::clamped(
                height.read(begin.h, 0) + static_cast<std::ptrdiff_t>(height.taps - height.read_step));
            const std::size_t large = places::map.read_row(begin.sample, line, begin.begin * width.read_step);
            const std::size_t end = this->samples * places::map.read_rows();
            schedule.add_rows(
                Shape::is_transposed ? this->delta : this->x, large,
                std::min(small_count * height.read_step * width.read_step, end - std::min(large, end)));
        }
    }

    /// Has the columns of delta fetched that the run of panels from `panel` on reads: of this block, or,
    /// behind the last of these panels, those of the next block's first run.
    void add_next_columns(line_schedule<T>& schedule, std::size_t panel, team::range panels) const noexcept {
        const bool goes_on = panel < panels.end;
        const auto [row, count] = small_rows(goes_on ? segments.begin : segments.end);
        const std::size_t first = goes_on ? panel : panels.begin;
        if (count > 0)
            schedule.add_columns(this->delta, row, first * Shape::lanes,
                                 std::min(Shape::wide, panels.end - first));
    }

private:
    struct row_range {
        std::size_t first;
        std::size_t count;
    };
    /// The rows of the small image that a block as large as this one reads from a segment on: none behind the
    /// last.
    [[nodiscard]] row_range small_rows(std::size_t first) const noexcept {
        const std::size_t all = this->samples * places::lines * places::segments;
        if (first >= all)
            return {0, 0};
        const std::size_t end = std::min(first + segments.end - segments.begin, all);
        const place last = places::place_of(end - 1);
        const std::size_t row = places::small_place(places::place_of(first));
        return {row, places::small_place(last) + last.end - last.begin - row};
    }

    /// The places of a line that each tap has an input for.
    static constexpr auto column_places = [] {
        std::array<internal::places_inside, width.taps> result{};
        for (std::size_t tap = 0; tap < width.taps; ++tap)
            result[tap] = internal::find_inside(width, 0, width.results, tap);
        return result;
    }();

    /// The runs of a segment where all taps of a line are one row of factors: those places in the middle that
    /// have all of them are one run.
    template <class Add>
    static void add_joined(const place& segment, const Add& add_run) noexcept {
        const std::size_t left = std::clamp(places::interior.first, segment.begin, segment.end);
        const std::size_t right = std::clamp(places::interior.second, left, segment.end);
        for (std::size_t t = segment.begin; t < left; ++t)
            add_border(t, add_run);
        add_run(left, right, 0, 0, Shape::factors);
        for (std::size_t t = right; t < segment.end; ++t)
            add_border(t, add_run);
    }
    /// A place that some taps have no input for. Its run begins where the first tap would read, which may be
    /// outside.
    template <class Add>
    static void add_border(std::size_t t, const Add& add_run) noexcept {
        const auto [first, last] = internal::taps_of_result(width, t);
        if (first < last)
            add_run(t, t + 1, 0, first * Shape::channels, last * Shape::channels);
    }
};

} // namespace strata::bedrock::inline STRATA_SETTING
