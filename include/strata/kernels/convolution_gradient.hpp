// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/outer_products.hpp>
#include <strata/kernels/rows_view.hpp>
#include <strata/kernels/team.hpp>
#include <strata/kernels/weight_layout.hpp>
#include <strata/kernels/window_map.hpp>

#include <algorithm>
#include <array>

namespace strata {

/// The gradient of a convolution's weights: for each tap, channel and filter the sum over places of x times
/// delta. `Over` slides over the larger image: x, or delta where the convolution is transposed.
///
/// The gradients of a tile, some channels of one tap times some panels of filters, stay in registers over a
/// block of places that fits the cache; between blocks they rest in `partial`, and after the last go to
/// `use`. A tile reads a line or two of memory of each place, which the caches bear badly where places are
/// far apart: then those of a block are gathered first, side by side.
template <window Over, bool Transposed, std::size_t Channels, std::size_t PitchX, std::size_t Filters,
          std::size_t PitchDelta, class T>
struct convolution_gradient {
    using layout = weight_layout<T, Over.taps() * Channels, Filters, false>;
    using V = typename layout::vector;
    static constexpr std::size_t lanes = layout::lanes;
    static constexpr window_map map = forward_map(Over);
    static constexpr map_axis depth = map.axes[0];
    static constexpr map_axis height = map.axes[1];
    static constexpr map_axis width = map.axes[2];
    static constexpr std::size_t lines = depth.results * height.results; ///< of the small image

    /// With few channels, all taps of a line are one row of factors.
    static constexpr bool joins_taps = !Transposed && Channels < 8 && Channels == PitchX &&
                                       Over.axes[2].dilation == 1 && width.taps * Channels <= 64;
    static constexpr std::size_t factors = joins_taps ? width.taps * Channels : Channels;
    static constexpr std::size_t taps = depth.taps * height.taps * (joins_taps ? 1 : width.taps);

    /// Places are those of the small image. Its lines are cut into segments, and a block is so many of them.
    static constexpr std::size_t block_places = 1024 / sizeof(T);
    static constexpr std::size_t segment = std::min(width.results, block_places);
    static constexpr std::size_t segments = (width.results + segment - 1) / segment;
    static constexpr std::size_t block_segments = std::max<std::size_t>(block_places / segment, 1);

    static constexpr std::size_t wide = std::min<std::size_t>(2, layout::panels);
    static constexpr std::size_t most_rows = sizeof(V) == 64 ? 14 : 6;
    /// Rows of a tile. The last tile overlaps with the one before, so that all are of one size; for many
    /// factors that is one with which few rows are computed twice, whatever their number.
    static constexpr std::size_t rows = [] {
        if (factors >= 64)
            return most_rows == 14 ? std::size_t{13} : most_rows;
        const std::size_t tiles = (factors + most_rows - 1) / most_rows;
        return (factors + tiles - 1) / tiles;
    }();
    static constexpr std::size_t strips = (factors + rows - 1) / rows;
    static constexpr std::size_t first_row(std::size_t strip) {
        return std::min(strip * rows, factors - rows);
    }

    static constexpr std::size_t long_pitch = 1024; ///< in bytes
    static constexpr bool is_flat = depth.results == 1 && depth.read_extent == 1;
    static constexpr bool gathers_x = is_flat && !joins_taps && PitchX * sizeof(T) >= long_pitch;
    static constexpr bool gathers_delta =
        (is_flat && PitchDelta * sizeof(T) >= long_pitch) || layout::last < lanes;

private:
    /// Where each place of the small image looks at one of the larger, those alone are gathered.
    static constexpr bool is_single =
        Over.taps() == 1 && is_flat && Over.axes[1].before == 0 && Over.axes[2].before == 0;
    static constexpr bool gathers_large = Transposed ? gathers_delta : gathers_x;
    static constexpr std::size_t small_places = block_segments * segment;
    // Places of the larger image that a block needs at most: whole lines of it.
    static constexpr std::size_t large_places = [] {
        if (is_single)
            return small_places;
        const std::size_t block_lines = block_segments / segments + 2;
        const std::size_t images = block_lines / lines + 2;
        const std::size_t halo = static_cast<std::size_t>(height.offset_step) * height.taps;
        const std::size_t all = images * depth.read_extent * height.read_extent;
        return (is_flat ? std::min(block_lines * height.read_step + images * halo, all) : all) *
               width.read_extent;
    }();
    static constexpr std::size_t x_places = Transposed ? small_places : large_places;
    static constexpr std::size_t delta_places = Transposed ? large_places : small_places;
    /// Strips of x that are gathered at a time.
    static constexpr std::size_t some_strips = [] {
        constexpr std::size_t numbers = 512 * 1024 / sizeof(T);
        return gathers_x ? std::clamp<std::size_t>(numbers / (x_places * rows), 1, strips) : strips;
    }();
    static constexpr std::size_t gathered_x =
        gathers_x ? (some_strips * x_places * rows + lanes - 1) / lanes * lanes : 0;

public:
    static constexpr std::size_t scratch_size =
        gathered_x + (gathers_delta ? delta_places * wide * lanes : 0);

    template <class Use>
    static void run(rows_view<const T> x, rows_view<const T> delta, std::size_t samples, T* partial,
                    T* scratch, const team& threads, const Use& use) noexcept {
        // All threads read the whole of one image, which should be the smaller.
        const bool by_tiles = Channels > Filters && taps * strips >= 8 * threads.size;
        const bool by_panels = !by_tiles && layout::panels >= wide * threads.size;
        const team::range panels =
            by_panels ? threads.share(layout::panels, wide) : team::range{0, layout::panels};
        const team::range tiles = by_panels ? team::range{0, taps * strips} : threads.share(taps * strips);
        const team::range mine = taps == 1 ? tiles : team::range{0, strips};
        const std::size_t all = samples * lines * segments;
        for (std::size_t strip = mine.begin; strip < mine.end; strip += some_strips)
            for (std::size_t first = 0; first < all; first += block_segments) {
                const block now{x,
                                delta,
                                {first, std::min(first + block_segments, all)},
                                {strip, std::min(strip + some_strips, mine.end)},
                                partial,
                                scratch,
                                first == 0,
                                first + block_segments >= all};
                if constexpr (gathers_x)
                    gather_x(now);
                fetch_list fetches = next_block(now, samples);
                visit_runs<wide, layout::panels % wide>(
                    panels.begin, panels.end, [&](auto run, std::size_t panel) {
                        add_panels<decltype(run)::value>(now, panel, tiles, fetches, use);
                    });
            }
    }

private:
    struct block {
        rows_view<const T> x;
        rows_view<const T> delta;
        team::range segments;
        team::range strips;
        T* partial;
        T* scratch;
        bool is_first;
        bool is_last;
    };

    struct place {
        std::size_t sample, d, h, begin, end;
    };
    static constexpr place place_of(std::size_t number) {
        const std::size_t line = number / segments % lines;
        const std::size_t begin = number % segments * segment;
        return {number / segments / lines, line / height.results, line % height.results, begin,
                std::min(begin + segment, width.results)};
    }
    static constexpr std::size_t small_place(const place& at) {
        return ((at.sample * depth.results + at.d) * height.results + at.h) * width.results + at.begin;
    }

    /// The lines of one large image that a block reads, and how many of others are before them.
    struct large_lines {
        std::size_t sample, begin, end, slot;
    };
    static constexpr std::size_t clamped(std::ptrdiff_t line) {
        return static_cast<std::size_t>(
            std::clamp<std::ptrdiff_t>(line, 0, static_cast<std::ptrdiff_t>(height.read_extent)));
    }
    /// Those of the sample of segment `number`, as far as the block goes.
    static constexpr large_lines lines_of_sample(const block& now, std::size_t number, std::size_t slot) {
        const place first = place_of(number);
        const std::size_t end = std::min(now.segments.end, (first.sample + 1) * lines * segments);
        if constexpr (!is_flat)
            return {first.sample, 0, depth.read_extent * height.read_extent, slot};
        return {first.sample, clamped(height.read(first.h, 0)),
                clamped(height.read(place_of(end - 1).h, height.taps - 1) + 1), slot};
    }

    // Visits what is gathered of an image, some places at a time: visit(first, step, count, where it goes).
    static constexpr std::size_t chunk = 16;
    template <class Visit>
    static void visit_chunks(std::size_t from, std::size_t step, std::size_t count, std::size_t to,
                             const Visit& visit) noexcept {
        for (std::size_t i = 0; i < count; i += chunk)
            visit(from + i * step, step, std::min(chunk, count - i), to + i);
    }
    template <class Visit>
    static void visit_small(const block& now, const Visit& visit) noexcept {
        const std::size_t first = small_place(place_of(now.segments.begin));
        const place last = place_of(now.segments.end - 1);
        visit_chunks(first, 1, small_place(last) + last.end - last.begin - first, 0, visit);
    }
    template <class Visit>
    static void visit_large(const block& now, const Visit& visit) noexcept {
        std::size_t to = 0;
        if constexpr (is_single)
            for (std::size_t number = now.segments.begin; number < now.segments.end; ++number) {
                const place at = place_of(number);
                const std::size_t first =
                    (at.sample * height.read_extent + at.h * height.read_step) * width.read_extent +
                    at.begin * width.read_step;
                visit_chunks(first, width.read_step, at.end - at.begin, to, visit);
                to += at.end - at.begin;
            }
        else
            for (std::size_t number = now.segments.begin; number < now.segments.end;) {
                const large_lines here = lines_of_sample(now, number, 0);
                const std::size_t count =
                    (here.end > here.begin ? here.end - here.begin : 0) * width.read_extent;
                visit_chunks((here.sample * depth.read_extent * height.read_extent + here.begin) *
                                 width.read_extent,
                             1, count, to, visit);
                to += count;
                number = (here.sample + 1) * lines * segments;
            }
    }
    static void gather_x(const block& now) noexcept {
        const auto visit = [&](std::size_t from, std::size_t pitch, std::size_t count, std::size_t to) {
            for (std::size_t strip = now.strips.begin; strip < now.strips.end; ++strip)
                detail::gather_places<rows>(
                    now.x.data + from * now.x.pitch + first_row(strip), pitch * now.x.pitch, count, rows,
                    now.scratch + ((strip - now.strips.begin) * x_places + to) * rows);
        };
        if constexpr (Transposed)
            visit_small(now, visit);
        else
            visit_large(now, visit);
    }
    template <std::size_t Width>
    static void gather_delta(const block& now, std::size_t panel, T* to_begin) noexcept {
        const std::size_t there = std::min(Width, Filters - panel * lanes);
        const auto visit = [&](std::size_t from, std::size_t step, std::size_t count, std::size_t to) {
            detail::gather_places<Width>(now.delta.row(from) + panel * lanes, step * now.delta.pitch, count,
                                         there, to_begin + to * Width);
        };
        if constexpr (Transposed)
            visit_large(now, visit);
        else
            visit_small(now, visit);
    }

    /// Memory of the next block, which a block's tiles fetch line by line.
    struct fetch_list {
        struct part {
            const T* begin;
            const T* end;
        };
        std::array<part, 2> parts;
        std::size_t current = 0;

        void next(detail::outer_terms<T>& terms, std::size_t lines_wanted) noexcept {
            constexpr std::size_t line = alignment / sizeof(T);
            while (current < parts.size() && parts[current].begin >= parts[current].end)
                ++current;
            const bool is_done = current == parts.size();
            terms.ahead = is_done ? terms.delta : parts[current].begin;
            terms.ahead_step = is_done ? 0 : line;
            if (!is_done)
                parts[current].begin += lines_wanted * line;
        }
    };
    // As far as it lies together: what windows that lie apart read of the larger image does not.
    static fetch_list next_block(const block& now, std::size_t samples) noexcept {
        fetch_list result{};
        const std::size_t all = samples * lines * segments;
        const std::size_t first = now.segments.end;
        if (first >= all)
            return result;
        const place begin = place_of(first);
        const place last = place_of(std::min(first + block_segments, all) - 1);
        const std::size_t small = small_place(begin);
        const std::size_t small_count = small_place(last) + last.end - last.begin - small;
        const auto part = [](rows_view<const T> image, std::size_t from, std::size_t count) {
            return typename fetch_list::part{image.row(from), image.row(from + count)};
        };
        result.parts[0] = part(Transposed ? now.x : now.delta, small, small_count);
        if constexpr (is_flat && height.taps >= height.read_step && width.taps >= width.read_step) {
            // The lines that the block before has not read.
            const std::size_t line = clamped(height.read(begin.h, 0) +
                                             static_cast<std::ptrdiff_t>(height.taps - height.read_step));
            const std::size_t large = (begin.sample * height.read_extent + line) * width.read_extent +
                                      begin.begin * width.read_step;
            const std::size_t end = samples * height.read_extent * width.read_extent;
            result.parts[1] =
                part(Transposed ? now.delta : now.x, large,
                     std::min(small_count * height.read_step * width.read_step, end - std::min(large, end)));
        }
        return result;
    }

    // The places of a line that tap j has an input for.
    static constexpr auto places_of = [] {
        std::array<team::range, width.taps> result{};
        for (std::size_t j = 0; j < width.taps; ++j) {
            std::size_t t = 0;
            while (t < width.results && !width.inside(t, j))
                ++t;
            result[j].begin = t;
            t = width.results;
            while (t > result[j].begin && !width.inside(t - 1, j))
                --t;
            result[j].end = t;
        }
        return result;
    }();
    static constexpr std::pair<std::size_t, std::size_t> interior = width.interior();
    static constexpr std::size_t most_runs =
        block_segments * (joins_taps ? 1 + interior.first + width.results - interior.second : 1);

    using run_list = std::array<detail::place_run, most_runs>;
    // The runs of places of a block that a tap has an input for.
    static std::size_t find_runs(const block& now, std::size_t tap, run_list& runs) noexcept {
        constexpr bool gathers_small = Transposed ? gathers_x : gathers_delta;
        const std::size_t first_small = gathers_small ? small_place(place_of(now.segments.begin)) : 0;
        if constexpr (is_single && (gathers_large || Over.is_pointwise())) {
            const std::size_t first = small_place(place_of(now.segments.begin));
            const place last = place_of(now.segments.end - 1);
            runs[0] = {static_cast<std::ptrdiff_t>(first - first_small),
                       static_cast<std::ptrdiff_t>(gathers_large ? 0 : first),
                       small_place(last) + last.end - last.begin - first, 0, factors};
            return 1;
        }
        constexpr std::size_t line_taps = joins_taps ? 1 : width.taps;
        const std::size_t jw = tap % line_taps;
        const std::size_t jh = tap / line_taps % height.taps;
        const std::size_t jd = tap / line_taps / height.taps;
        std::size_t count = 0;
        large_lines here{0, 0, 0, 0};
        std::size_t next_sample = now.segments.begin; // where it begins
        for (std::size_t number = now.segments.begin; number < now.segments.end; ++number) {
            const place at = place_of(number);
            if (gathers_large && number == next_sample) {
                here = lines_of_sample(now, number, here.slot + here.end - here.begin);
                next_sample = (here.sample + 1) * lines * segments;
            }
            if (!depth.inside(at.d, jd) || !height.inside(at.h, jh))
                continue;
            const auto line = static_cast<std::size_t>(depth.read(at.d, jd)) * height.read_extent +
                              static_cast<std::size_t>(height.read(at.h, jh));
            const std::size_t large =
                (gathers_large ? here.slot + line - here.begin
                               : at.sample * depth.read_extent * height.read_extent + line) *
                width.read_extent;
            const std::size_t small = small_place(at) - at.begin - first_small;
            const auto add_places = [&](std::size_t begin, std::size_t end, std::size_t j, std::size_t low,
                                        std::size_t high) {
                if (begin < end)
                    runs[count++] = {static_cast<std::ptrdiff_t>(small + begin),
                                     static_cast<std::ptrdiff_t>(large) + width.read(begin, j), end - begin,
                                     low, high};
            };
            if constexpr (joins_taps) {
                const std::size_t left = std::clamp(interior.first, at.begin, at.end);
                const std::size_t right = std::clamp(interior.second, left, at.end);
                for (std::size_t t = at.begin; t < left; ++t)
                    add_border(add_places, t);
                add_places(left, right, 0, 0, factors);
                for (std::size_t t = right; t < at.end; ++t)
                    add_border(add_places, t);
            } else
                add_places(std::max(at.begin, places_of[jw].begin), std::min(at.end, places_of[jw].end), jw,
                           0, factors);
        }
        return count;
    }
    // A place that some taps have no input for. Its run begins where the first tap would read, which may be
    // outside.
    template <class Add>
    static void add_border(const Add& add_places, std::size_t t) noexcept {
        std::size_t first = 0;
        while (first < width.taps && !width.inside(t, first))
            ++first;
        std::size_t last = first;
        while (last < width.taps && width.inside(t, last))
            ++last;
        if (first < last)
            add_places(t, t + 1, 0, first * Channels, last * Channels);
    }

    template <std::size_t Panels, class Use>
    static void add_panels(const block& now, std::size_t panel, team::range tiles, fetch_list& fetches,
                           const Use& use) noexcept {
        constexpr std::size_t panel_step = taps * factors * lanes;
        detail::outer_terms<T> terms{};
        terms.x_pitch = gathers_x ? rows : now.x.pitch;
        terms.delta_pitch = gathers_delta ? Panels * lanes : now.delta.pitch;
        terms.large_step = is_single && gathers_large ? 1 : width.read_step;
        terms.delta = now.delta.data + panel * lanes;
        if constexpr (gathers_delta) {
            terms.delta = now.scratch + gathered_x;
            gather_delta<Panels * lanes>(now, panel, now.scratch + gathered_x);
        }
        run_list runs;
        alignas(alignment) T last_sums[Panels * rows * lanes];
        for (std::size_t tap = 0; tap < taps; ++tap) {
            const std::size_t begin = std::max(tap * strips + now.strips.begin, tiles.begin);
            const std::size_t end = std::min(tap * strips + now.strips.end, tiles.end);
            if (begin >= end)
                continue;
            const std::size_t count = find_runs(now, tap, runs);
            for (std::size_t i = begin; i < end; ++i) {
                const std::size_t strip = i - tap * strips;
                const std::size_t row = first_row(strip);
                const std::size_t place = panel * panel_step + (tap * factors + row) * lanes;
                terms.x =
                    gathers_x ? now.scratch + (strip - now.strips.begin) * x_places * rows : now.x.data + row;
                terms.row = row;
                terms.skipped = strip * rows - row;
                terms.before = now.is_first ? nullptr : now.partial + place;
                terms.before_panel = panel_step;
                terms.sums = now.is_last ? last_sums : now.partial + place;
                terms.sums_panel = now.is_last ? rows * lanes : panel_step;
                fetches.next(terms, block_places);
                detail::add_outer_products<V, rows, Panels, Transposed, joins_taps>(terms, runs.data(),
                                                                                    count);
                if (now.is_last)
                    for (std::size_t q = 0; q < Panels; ++q)
                        for (std::size_t k = terms.skipped; k < rows; ++k)
                            use(place + q * panel_step + k * lanes,
                                V::load_aligned(last_sums + (q * rows + k) * lanes));
            }
        }
    }
};

} // namespace strata
