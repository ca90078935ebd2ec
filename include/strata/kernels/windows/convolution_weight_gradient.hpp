// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/product/outer_products.hpp>
#include <strata/kernels/product/weight_layout.hpp>
#include <strata/kernels/rows_view.hpp>
#include <strata/kernels/threads/team.hpp>
#include <strata/kernels/windows/gradient_blocks.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <array>
#include <type_traits>

namespace strata::bedrock::inline STRATA_SETTING {

/// The gradient of a convolution's weights: for each tap, channel and filter the sum over places of x times
/// delta. `Over` slides over the larger image: x, or delta where the convolution is transposed.
///
/// The gradients of a tile, some channels of one tap times some panels of filters, stay in registers over a
/// block of places that fits the cache; between blocks they rest in `partial`, and after the last go to
/// `use`: where that does nothing but store, and says where by `stored_at`, straight there. A tile reads a
/// line or two of memory of each place, which the caches bear badly where places are far apart: then those of
/// a block are gathered first, side by side.
template <window Over, bool Transposed, std::size_t Channels, std::size_t PitchX, std::size_t Filters,
          std::size_t PitchDelta, class T>
struct convolution_weight_gradient {
    using layout = weight_layout<T, Over.taps() * Channels, Filters, false>;
    using V = typename layout::vector;
    static constexpr std::size_t lanes = layout::lanes;
    /// A whole small image, or as much of a larger one as leaves the first cache room for both images.
    static constexpr std::size_t block_places =
        (forward_map(Over).results() * sizeof(T) <= 1024 ? 1024 : 512) / sizeof(T);
    using places = gradient_blocks<Over, block_places>;
    static constexpr map_axis depth = places::depth;
    static constexpr map_axis height = places::height;
    static constexpr map_axis width = places::width;

    /// With few channels, all taps of a line are one row of factors.
    static constexpr bool joins_taps = !Transposed && Channels < 8 && Channels == PitchX &&
                                       Over.axes[2].dilation == 1 && width.taps * Channels <= 64;
    static constexpr std::size_t factors = joins_taps ? width.taps * Channels : Channels;
    static constexpr std::size_t taps = depth.taps * height.taps * (joins_taps ? 1 : width.taps);

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
    static constexpr bool gathers_x = places::is_flat && !joins_taps && PitchX * sizeof(T) >= long_pitch;
    static constexpr bool gathers_delta =
        (places::is_flat && PitchDelta * sizeof(T) >= long_pitch) || layout::last < lanes;

private:
    static constexpr bool gathers_large = Transposed ? gathers_delta : gathers_x;
    static constexpr std::size_t x_places = Transposed ? places::small_places : places::large_places;
    static constexpr std::size_t delta_places = Transposed ? places::large_places : places::small_places;
    /// Strips of x that are gathered at a time.
    static constexpr std::size_t some_strips = [] {
        constexpr std::size_t numbers = 512 * 1024 / sizeof(T);
        return gathers_x ? std::clamp<std::size_t>(numbers / (x_places * rows), 1, strips) : strips;
    }();
    static constexpr std::size_t gathered_x = gathers_x ? round_up(some_strips * x_places * rows, lanes) : 0;

public:
    static constexpr std::size_t scratch_size =
        gathered_x + (gathers_delta ? delta_places * wide * lanes : 0);

    /// Few weights are summed over so many parts of the places, each by one thread, and then over the parts.
    static constexpr std::size_t most_parts = layout::kernel_size * sizeof(T) <= 16 * 1024 ? 8 : 1;
    static constexpr std::size_t shared_size = most_parts * layout::kernel_size;

    /// `shared` has to hold `shared_size` numbers, the same for all threads.
    template <class Use>
    static void run(rows_view<const T> x, rows_view<const T> delta, std::size_t samples, T* shared,
                    T* scratch, const team& threads, const Use& use) noexcept {
        const images of{x, delta, samples, scratch};
        const team::range all{0, samples * places::lines * places::segments};
        if constexpr (most_parts > 1)
            if (all.end >= most_parts * places::block_segments) {
                add_parts(of, all.end, shared, threads);
                sum_parts(shared, threads, use);
                return;
            }
        // All threads read the whole of one image, which should be the smaller.
        const bool by_tiles = Channels > Filters && taps * strips >= 8 * threads.size;
        const bool by_panels = !by_tiles && layout::panels >= wide * threads.size;
        add_blocks(of, all, shared, by_panels ? threads.share(layout::panels, wide) : all_panels,
                   by_panels ? all_tiles : threads.share(taps * strips), use);
    }

private:
    static constexpr team::range all_panels{0, layout::panels};
    static constexpr team::range all_tiles{0, taps* strips};

    struct images {
        rows_view<const T> x;
        rows_view<const T> delta;
        std::size_t samples;
        T* scratch;
    };
    struct nothing {}; ///< Sums stay in `partial`.

    static void add_parts(const images& of, std::size_t segments, T* shared, const team& threads) noexcept {
        const std::size_t blocks = (segments + places::block_segments - 1) / places::block_segments;
        const team::range mine = threads.share(most_parts);
        for (std::size_t part = mine.begin; part < mine.end; ++part) {
            const std::size_t begin = blocks * part / most_parts * places::block_segments;
            const std::size_t end = blocks * (part + 1) / most_parts * places::block_segments;
            add_blocks(of, {begin, std::min(end, segments)}, shared + part * layout::kernel_size, all_panels,
                       all_tiles, nothing{});
        }
        threads.barrier();
    }
    template <class Use>
    static void sum_parts(const T* shared, const team& threads, const Use& use) noexcept {
        const team::range rows_of_kernel = threads.share(layout::kernel_size / lanes);
        for (std::size_t row = rows_of_kernel.begin; row < rows_of_kernel.end; ++row) {
            V sum = V::load_aligned(shared + row * lanes);
            for (std::size_t part = 1; part < most_parts; ++part)
                sum += V::load_aligned(shared + part * layout::kernel_size + row * lanes);
            use(row * lanes, sum);
        }
    }

    /// The sums of some tiles over some segments.
    template <class Use>
    static void add_blocks(const images& of, team::range all, T* partial, team::range panels,
                           team::range tiles, const Use& use) noexcept {
        const team::range some = taps == 1 ? tiles : team::range{0, strips};
        for (std::size_t strip = some.begin; strip < some.end; strip += some_strips)
            for (std::size_t first = all.begin; first < all.end; first += places::block_segments) {
                const std::size_t end = std::min(first + places::block_segments, all.end);
                const block now{of,      {first, end},       {strip, std::min(strip + some_strips, some.end)},
                                partial, first == all.begin, end == all.end && !std::is_same_v<Use, nothing>};
                if constexpr (gathers_x)
                    gather_x(now);
                fetch_list fetches = next_block(now);
                visit_runs<wide, layout::panels % wide>(
                    panels.begin, panels.end, [&](auto run, std::size_t panel) {
                        add_panels<decltype(run)::value>(now, panel, tiles, fetches, use);
                    });
            }
    }

    struct block : images {
        team::range segments;
        team::range strips;
        T* partial;
        bool is_first;
        bool is_last;
    };

    static void gather_x(const block& now) noexcept {
        const auto visit = [&](std::size_t from, std::size_t pitch, std::size_t count, std::size_t to) {
            for (std::size_t strip = now.strips.begin; strip < now.strips.end; ++strip)
                internal::gather_places<rows>(
                    now.x.data + from * now.x.pitch + first_row(strip), pitch * now.x.pitch, count, rows,
                    now.scratch + ((strip - now.strips.begin) * x_places + to) * rows);
        };
        if constexpr (Transposed)
            places::visit_small(now.segments, visit);
        else
            places::visit_large(now.segments, visit);
    }
    template <std::size_t Width>
    static void gather_delta(const block& now, std::size_t panel, T* to_begin) noexcept {
        const std::size_t there = std::min(Width, Filters - panel * lanes);
        const auto visit = [&](std::size_t from, std::size_t step, std::size_t count, std::size_t to) {
            internal::gather_places<Width>(now.delta.row(from) + panel * lanes, step * now.delta.pitch, count,
                                           there, to_begin + to * Width);
        };
        if constexpr (Transposed)
            places::visit_large(now.segments, visit);
        else
            places::visit_small(now.segments, visit);
    }

    /// Memory of the next block, which a block's tiles fetch line by line.
    struct fetch_list {
        struct part {
            const T* begin;
            const T* end;
        };
        std::array<part, 2> parts;
        std::size_t current = 0;

        void next(internal::outer_terms<T>& terms, std::size_t lines_wanted) noexcept {
            constexpr std::size_t line = line_size<T>;
            while (current < parts.size() && parts[current].begin >= parts[current].end)
                ++current;
            const bool is_done = current == parts.size();
            terms.fetching =
                is_done ? line_fetching<T>{terms.delta, 0} : line_fetching<T>{parts[current].begin, line};
            if (!is_done)
                parts[current].begin += lines_wanted * line;
        }
    };
    // As far as it lies together: what windows that lie apart read of the larger image does not.
    static fetch_list next_block(const block& now) noexcept {
        fetch_list result{};
        const std::size_t all = now.samples * places::lines * places::segments;
        const std::size_t first = now.segments.end;
        if (first >= all)
            return result;
        const auto begin = places::place_of(first);
        const auto last = places::place_of(std::min(first + places::block_segments, all) - 1);
        const std::size_t small = places::small_place(begin);
        const std::size_t small_count = places::small_place(last) + last.end - last.begin - small;
        const auto part = [](rows_view<const T> image, std::size_t from, std::size_t count) {
            return typename fetch_list::part{image.row(from), image.row(from + count)};
        };
        result.parts[0] = part(Transposed ? now.x : now.delta, small, small_count);
        if constexpr (places::is_flat && height.taps >= height.read_step && width.taps >= width.read_step) {
            // The lines that the block before has not read.
            const std::size_t line = places::clamped(
                height.read(begin.h, 0) + static_cast<std::ptrdiff_t>(height.taps - height.read_step));
            const std::size_t large = (begin.sample * height.read_extent + line) * width.read_extent +
                                      begin.begin * width.read_step;
            const std::size_t end = now.samples * height.read_extent * width.read_extent;
            result.parts[1] =
                part(Transposed ? now.delta : now.x, large,
                     std::min(small_count * height.read_step * width.read_step, end - std::min(large, end)));
        }
        return result;
    }

    // The places of a line that each tap has an input for.
    static constexpr auto places_of = [] {
        std::array<internal::places_inside, width.taps> result{};
        for (std::size_t j = 0; j < width.taps; ++j)
            result[j] = internal::find_inside(width, 0, width.results, j);
        return result;
    }();
    static constexpr std::size_t most_runs =
        places::block_segments *
        (joins_taps ? 1 + places::interior.first + width.results - places::interior.second : 1);

    using run_list = std::array<internal::place_run, most_runs>;
    // The runs of places of a block that a tap has an input for.
    static std::size_t find_runs(const block& now, std::size_t tap, run_list& runs) noexcept {
        constexpr bool gathers_small = Transposed ? gathers_x : gathers_delta;
        const std::size_t first_small =
            gathers_small ? places::small_place(places::place_of(now.segments.begin)) : 0;
        if constexpr (places::is_single && (gathers_large || Over.is_pointwise())) {
            const std::size_t first = places::small_place(places::place_of(now.segments.begin));
            const auto last = places::place_of(now.segments.end - 1);
            runs[0] = {static_cast<std::ptrdiff_t>(first - first_small),
                       static_cast<std::ptrdiff_t>(gathers_large ? 0 : first),
                       places::small_place(last) + last.end - last.begin - first, 0, factors};
            return 1;
        }
        constexpr std::size_t line_taps = joins_taps ? 1 : width.taps;
        const std::size_t jw = tap % line_taps;
        const std::size_t jh = tap / line_taps % height.taps;
        const std::size_t jd = tap / line_taps / height.taps;
        std::size_t count = 0;
        typename places::large_lines here{0, 0, 0, 0};
        std::size_t next_sample = now.segments.begin; // where it begins
        for (std::size_t number = now.segments.begin; number < now.segments.end; ++number) {
            const auto at = places::place_of(number);
            if (gathers_large && number == next_sample) {
                here = places::lines_of_sample(now.segments, number, here.slot + here.end - here.begin);
                next_sample = (here.sample + 1) * places::lines * places::segments;
            }
            if (!depth.inside(at.d, jd) || !height.inside(at.h, jh))
                continue;
            const auto line = static_cast<std::size_t>(depth.read(at.d, jd)) * height.read_extent +
                              static_cast<std::size_t>(height.read(at.h, jh));
            const std::size_t large =
                (gathers_large ? here.slot + line - here.begin
                               : at.sample * depth.read_extent * height.read_extent + line) *
                width.read_extent;
            const std::size_t small = places::small_place(at) - at.begin - first_small;
            const auto add_places = [&](std::size_t begin, std::size_t end, std::size_t j, std::size_t low,
                                        std::size_t high) {
                if (begin < end)
                    runs[count++] = {static_cast<std::ptrdiff_t>(small + begin),
                                     static_cast<std::ptrdiff_t>(large) + width.read(begin, j), end - begin,
                                     low, high};
            };
            if constexpr (joins_taps) {
                const std::size_t left = std::clamp(places::interior.first, at.begin, at.end);
                const std::size_t right = std::clamp(places::interior.second, left, at.end);
                for (std::size_t t = at.begin; t < left; ++t)
                    add_border(add_places, t);
                add_places(left, right, 0, 0, factors);
                for (std::size_t t = right; t < at.end; ++t)
                    add_border(add_places, t);
            } else
                add_places(std::max(at.begin, places_of[jw].low), std::min(at.end, places_of[jw].high), jw, 0,
                           factors);
        }
        return count;
    }
    // A place that some taps have no input for. Its run begins where the first tap would read, which may be
    // outside.
    template <class Add>
    static void add_border(const Add& add_places, std::size_t t) noexcept {
        const auto [first, last] = internal::taps_of_result(width, t);
        if (first < last)
            add_places(t, t + 1, 0, first * Channels, last * Channels);
    }

    template <std::size_t Panels, class Use>
    static void add_panels(const block& now, std::size_t panel, team::range tiles, fetch_list& fetches,
                           const Use& use) noexcept {
        constexpr std::size_t panel_step = taps * factors * lanes;
        internal::outer_terms<T> terms{};
        terms.x_pitch = gathers_x ? rows : now.x.pitch;
        terms.delta_pitch = gathers_delta ? Panels * lanes : now.delta.pitch;
        terms.large_step = places::is_single && gathers_large ? 1 : width.read_step;
        terms.delta = now.delta.data + panel * lanes;
        if constexpr (gathers_delta) {
            terms.delta = now.scratch + gathered_x;
            gather_delta<Panels * lanes>(now, panel, now.scratch + gathered_x);
        }
        run_list runs;
        constexpr bool is_stored = requires { use.stored_at(0); };
        alignas(alignment) T last_sums[is_stored ? 1 : Panels * rows * lanes];
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
                terms.sums = now.partial + place;
                terms.sums_panel = panel_step;
                if (now.is_last) {
                    if constexpr (is_stored)
                        terms.sums = use.stored_at(place);
                    else {
                        terms.sums = last_sums;
                        terms.sums_panel = rows * lanes;
                    }
                }
                fetches.next(terms, block_places);
                internal::add_outer_products<V, rows, Panels, Transposed, joins_taps>(terms, runs.data(),
                                                                                      count);
                if constexpr (!is_stored && !std::is_same_v<Use, nothing>)
                    for (std::size_t q = 0; now.is_last && q < Panels; ++q)
                        for (std::size_t k = terms.skipped; k < rows; ++k)
                            use(place + q * panel_step + k * lanes,
                                V::load_aligned(last_sums + (q * rows + k) * lanes));
            }
        }
    }
};

} // namespace strata::bedrock::inline STRATA_SETTING
