// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/product/outer_products.hpp>
#include <strata/kernels/rows_view.hpp>
#include <strata/kernels/threads/team.hpp>
#include <strata/kernels/windows/weight_gradient_block.hpp>
#include <strata/kernels/windows/weight_gradient_shape.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <type_traits>

namespace strata::bedrock::inline STRATA_SETTING {

/// The gradient of a convolution's weights: for each tap, channel and filter the sum over places of x times
/// delta. The window `Geometry` slides over the larger image: x, or delta where the convolution is
/// transposed.
///
/// The gradients of a tile, some channels of one tap times some panels of filters, stay in registers over a
/// block of places that fits the cache; between blocks they rest in `partial`, and after the last go to
/// `use`: where that does nothing but store, and says where by `stored_at`, straight there. A tile reads a
/// line or two of memory of each place, which the caches bear badly where places are far apart: then those of
/// a block are gathered first, side by side.
template <window Geometry, bool Transposed, std::size_t Channels, std::size_t PitchX, std::size_t Filters,
          std::size_t PitchDelta, class T>
class convolution_weight_gradient {
    using shape = weight_gradient_shape<Geometry, Transposed, Channels, PitchX, Filters, PitchDelta, T>;
    using layout = typename shape::layout;
    using places = typename shape::places;
    using V = typename shape::V;
    using block = weight_gradient_block<shape>;
    using images = gradient_images<T>;
    static constexpr std::size_t lanes = shape::lanes;
    static constexpr std::size_t taps = shape::taps;
    static constexpr std::size_t factors = shape::factors;
    static constexpr std::size_t rows = shape::rows;
    static constexpr std::size_t strips = shape::strips;
    static constexpr std::size_t wide = shape::wide;
    static constexpr std::size_t most_parts = shape::most_parts;

public:
    static constexpr std::size_t scratch_size = shape::scratch_size;
    static constexpr std::size_t shared_size = shape::shared_size;
    struct nothing {}; ///< instead of a use: sums stay in `partial`, or are not wanted

    /// Whether the sums of delta, a bias's gradient, are taken on the way, while a block of it is in the
    /// cache.
    static constexpr bool sums_delta = shape::sums_delta;

    /// `shared` has to hold `shared_size` numbers, the same for all threads. `use_bias` gets the sums of
    /// delta over all places, in their order.
    template <class Use, class UseBias>
    static void run(rows_view<const T> x, rows_view<const T> delta, std::size_t samples, T* shared,
                    T* scratch, const team& threads, const Use& use, const UseBias& use_bias) noexcept {
        const images all_images{x, delta, samples, scratch};
        const team::range all{0, samples * places::lines * places::segments};
        if constexpr (most_parts > 1)
            if (all.end >= most_parts * shape::least_blocks * places::block_segments) {
                using bias = std::conditional_t<std::is_same_v<UseBias, nothing>, nothing, resting>;
                add_parts(all_images, all.end, shared, threads, bias{});
                sum_parts(shared, layout::kernel_size / lanes, threads, use);
                if constexpr (sums_delta && !std::is_same_v<UseBias, nothing>)
                    sum_parts(shared + layout::kernel_size, layout::panels, threads, use_bias);
                return;
            }
        // All threads read the whole of one image, which should be the smaller.
        const bool by_tiles = Channels > Filters && taps * strips >= 8 * threads.size;
        const bool by_panels = !by_tiles && layout::panels >= wide * threads.size;
        add_blocks(all_images, all, shared, by_panels ? threads.share(layout::panels, wide) : all_panels,
                   by_panels ? all_tiles : threads.share(taps * strips), use, use_bias);
    }

private:
    static constexpr team::range all_panels{0, layout::panels};
    static constexpr team::range all_tiles{0, taps* strips};

    struct resting { ///< instead of a use of delta's sums: they stay where they rest between blocks
        void operator()(std::size_t, V) const noexcept {}
    };

    template <class UseBias>
    static void add_parts(const images& all_images, std::size_t segments, T* shared, const team& threads,
                          const UseBias& use_bias) noexcept {
        const std::size_t blocks = (segments + places::block_segments - 1) / places::block_segments;
        const team::range mine = threads.share(most_parts);
        for (std::size_t part = mine.begin; part < mine.end; ++part) {
            const std::size_t begin = blocks * part / most_parts * places::block_segments;
            const std::size_t end = blocks * (part + 1) / most_parts * places::block_segments;
            add_blocks(all_images, {begin, std::min(end, segments)}, shared + part * shape::part_size,
                       all_panels, all_tiles, nothing{}, use_bias);
        }
        threads.barrier();
    }
    template <class Use>
    static void sum_parts(const T* parts, std::size_t count, const team& threads, const Use& use) noexcept {
        const team::range registers = threads.share(count);
        for (std::size_t row = registers.begin; row < registers.end; ++row) {
            V sum = V::load_aligned(parts + row * lanes);
            for (std::size_t part = 1; part < most_parts; ++part)
                sum += V::load_aligned(parts + part * shape::part_size + row * lanes);
            use(row * lanes, sum);
        }
    }

    /// The sums of some tiles over some segments.
    template <class Use, class UseBias>
    static void add_blocks(const images& all_images, team::range all, T* partial, team::range panels,
                           team::range tiles, const Use& use, const UseBias& use_bias) noexcept {
        const team::range some = taps == 1 ? tiles : team::range{0, strips};
        const std::size_t step = shape::block_segments;
        for (std::size_t strip = some.begin; strip < some.end; strip += shape::some_strips)
            for (std::size_t first = all.begin; first < all.end; first += step) {
                const std::size_t end = std::min(first + step, all.end);
                const block current{
                    all_images, {first, end},       {strip, std::min(strip + shape::some_strips, some.end)},
                    partial,    first == all.begin, end == all.end && !std::is_same_v<Use, nothing>};
                if constexpr (shape::gathers_x)
                    current.gather_x();
                line_schedule<T> schedule((panels.end - panels.begin + wide - 1) / wide *
                                              count_tiles(tiles, current.strips),
                                          step * places::segment);
                current.add_next_rows(schedule);
                visit_runs<wide, layout::panels % wide>(
                    panels.begin, panels.end, [&](auto run, std::size_t panel) {
                        if constexpr (shape::fetches_columns)
                            current.add_next_columns(schedule, panel + decltype(run)::value, panels);
                        add_panels<decltype(run)::value>(current, panel, tiles, schedule, use, use_bias);
                    });
            }
    }

    /// Whether sums may be written to where `use` stores them, and where that is.
    template <class Use>
    static bool is_direct(const Use& use) noexcept {
        if constexpr (requires { use.is_direct(); })
            return use.is_direct();
        else
            return requires { use.stored_at(0); };
    }
    template <class Use>
    static T* stored_place(const Use& use, std::size_t place) noexcept {
        if constexpr (requires { use.stored_at(0); })
            return use.stored_at(place);
        else
            return nullptr;
    }

    /// How many of the tiles belong to these strips, of any tap.
    static std::size_t count_tiles(team::range tiles, team::range some) noexcept {
        std::size_t count = 0;
        for (std::size_t tap = 0; tap < taps; ++tap) {
            const std::size_t begin = std::max(tap * strips + some.begin, tiles.begin);
            count += std::max(std::min(tap * strips + some.end, tiles.end), begin) - begin;
        }
        return count;
    }

    /// Adds the deltas of a block to their sums, which rest behind the weights' between blocks.
    template <std::size_t Panels, class UseBias>
    static void add_delta(const block& current, const T* delta, std::size_t pitch, std::size_t panel,
                          const UseBias& use_bias) noexcept {
        T* const rest = current.partial + layout::kernel_size + panel * lanes;
        V sums[Panels];
        for (std::size_t q = 0; q < Panels; ++q)
            sums[q] = current.is_first ? V(T(0)) : V::load_aligned(rest + q * lanes);
        const std::size_t count = current.last_small() - current.first_small();
        for (std::size_t t = 0; t < count; ++t, delta += pitch)
            for (std::size_t q = 0; q < Panels; ++q)
                sums[q] += V::load_unaligned(delta + q * lanes);
        for (std::size_t q = 0; q < Panels; ++q)
            if (current.is_last)
                use_bias((panel + q) * lanes, sums[q]);
            else
                sums[q].store_aligned(rest + q * lanes);
    }

    template <std::size_t Panels, class Use, class UseBias>
    static void add_panels(const block& current, std::size_t panel, team::range tiles,
                           line_schedule<T>& schedule, const Use& use, const UseBias& use_bias) noexcept {
        constexpr std::size_t panel_step = taps * factors * lanes;
        internal::outer_terms<T> terms{};
        terms.x_pitch = shape::gathers_x ? rows : current.x.pitch;
        terms.delta_pitch = shape::gathers_delta ? Panels * lanes : current.delta.pitch;
        terms.large_step = places::is_single && shape::gathers_large ? 1 : places::width.read_step;
        terms.delta = current.delta.data + panel * lanes;
        if constexpr (shape::gathers_delta) {
            terms.delta = current.scratch + shape::gathered_x;
            current.template gather_delta<Panels * lanes>(panel, current.scratch + shape::gathered_x);
        }
        if constexpr (sums_delta && !std::is_same_v<UseBias, nothing>)
            if (tiles.begin == 0 && tiles.end > 0 && current.strips.begin == 0)
                add_delta<Panels>(current,
                                  shape::gathers_delta
                                      ? terms.delta
                                      : terms.delta + current.first_small() * terms.delta_pitch,
                                  terms.delta_pitch, panel, use_bias);
        // Sums over few places are written so often that their memory has to be asked for, too.
        constexpr std::size_t few_places = 64;
        const bool fetches_sums =
            Panels == 2 && shape::reads_lines && current.last_small() - current.first_small() <= few_places;
        typename block::run_list runs;
        alignas(alignment) T last_sums[Panels * rows * lanes];
        for (std::size_t tap = 0; tap < taps; ++tap) {
            const std::size_t begin = std::max(tap * strips + current.strips.begin, tiles.begin);
            const std::size_t end = std::min(tap * strips + current.strips.end, tiles.end);
            if (begin >= end)
                continue;
            const std::size_t count = current.find_runs(tap, runs);
            for (std::size_t i = begin; i < end; ++i) {
                const std::size_t strip = i - tap * strips;
                const std::size_t row = shape::first_row(strip);
                const std::size_t place = panel * panel_step + (tap * factors + row) * lanes;
                terms.x = shape::gathers_x
                              ? current.scratch + (strip - current.strips.begin) * shape::x_places * rows
                              : current.x.data + row;
                terms.row = row;
                terms.start = current.is_first ? nullptr : current.partial + place;
                terms.start_panel = panel_step;
                terms.sums = current.partial + place;
                terms.sums_panel = panel_step;
                if (current.is_last) {
                    if (is_direct(use))
                        terms.sums = stored_place(use, place);
                    else {
                        terms.sums = last_sums;
                        terms.sums_panel = rows * lanes;
                    }
                }
                terms.fetching = schedule.next_tile(terms.delta);
                if (fetches_sums && terms.fetching.step == 0)
                    terms.fetching = {terms.sums + strip % 2 * terms.sums_panel + 2 * rows * lanes,
                                      line_size<T>};
                const std::size_t tile_rows = shape::first_row(strip + 1) - row;
                add_tile<Panels>(terms, tile_rows, runs, count);
                if constexpr (!std::is_same_v<Use, nothing>)
                    for (std::size_t q = 0; current.is_last && !is_direct(use) && q < Panels; ++q)
                        for (std::size_t k = 0; k < tile_rows; ++k)
                            use(place + q * panel_step + k * lanes,
                                V::load_aligned(last_sums + (q * rows + k) * lanes));
            }
        }
    }

    template <std::size_t Panels>
    static void add_tile(const internal::outer_terms<T>& terms, std::size_t tile_rows,
                         const typename block::run_list& runs, std::size_t count) noexcept {
        if constexpr (shape::has_short_strips)
            if (tile_rows < rows) {
                internal::add_outer_products<V, rows - 1, Panels, Transposed, shape::joins_taps>(
                    terms, runs.data(), count);
                return;
            }
        internal::add_outer_products<V, rows, Panels, Transposed, shape::joins_taps>(terms, runs.data(),
                                                                                     count);
    }
};

} // namespace strata::bedrock::inline STRATA_SETTING
