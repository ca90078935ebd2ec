// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/product/transpose_weights.hpp>
#include <strata/kernels/product/weight_layout.hpp>
#include <strata/kernels/rows_view.hpp>
#include <strata/kernels/threads/team.hpp>
#include <strata/kernels/windows/convolution.hpp>
#include <strata/kernels/windows/few_channels_gradient.hpp>
#include <strata/kernels/windows/few_places_gradient.hpp>
#include <strata/kernels/windows/gradient_finish.hpp>
#include <strata/kernels/windows/input_gradient_shape.hpp>
#include <strata/kernels/windows/window_map.hpp>
#include <strata/kernels/windows/winograd.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <utility>

namespace strata::bedrock::inline STRATA_SETTING {

/// The gradient of a convolution's input: the sums over windows of delta, in the other direction, times the
/// transposed weights. Transposed are as many at a time as the second cache holds. `Direct`: never by
/// Winograd's products.
template <window Geometry, bool Transposed, std::size_t Channels, std::size_t Filters, std::size_t PitchDelta,
          bool Direct, class T>
struct convolution_input_gradient {
    using shape = input_gradient_shape<Geometry, Transposed, Channels, Filters, PitchDelta, Direct, T>;
    using layout = typename shape::layout;
    using by_winograd = typename shape::by_winograd;
    static constexpr bool uses_winograd = shape::uses_winograd;
    static constexpr std::size_t taps = shape::taps;
    static constexpr std::size_t lanes = shape::lanes;
    static constexpr std::size_t panels = shape::panels;
    static constexpr std::size_t places = shape::places;

private:
    using channel_gradient = few_channels_gradient<Geometry, Transposed, Channels, Filters, T>;
    static constexpr bool has_few_channels = !uses_winograd && channel_gradient::is_possible;
    using few_gradient = few_places_gradient<Channels, Filters, T>;
    static constexpr bool may_be_few = few_gradient::is_possible && places <= few_gradient::most_places &&
                                       taps == 1 &&
                                       internal::first_map<Geometry, !Transposed>.is_one_to_one();

public:
    static constexpr std::size_t scratch_size = [] {
        if constexpr (uses_winograd)
            return shape::strip_size + by_winograd::scratch_size;
        else if constexpr (has_few_channels)
            return std::size_t{0};
        else
            return std::max({shape::strip_size, shape::may_transpose_ahead ? 2 * shape::ahead_size : 0,
                             may_be_few ? few_gradient::scratch_size : 0});
    }();

    /// Hands the gradients to `finish`: a `gradient_finish`. `is_divisible`: the samples may be a part of a
    /// batch, and how many they are does not decide about the order of sums.
    template <class Finish>
    static void run(rows_view<const T> delta, const T* kernel, std::size_t samples, bool is_divisible,
                    T* scratch, const team& threads, const Finish& finish) noexcept {
        if constexpr (may_be_few)
            if (!is_divisible && few_gradient::is_worthwhile(samples * places)) {
                run_few(delta, kernel, samples, scratch, threads, finish);
                return;
            }
        if constexpr (uses_winograd)
            run_winograd(delta, kernel, samples, scratch, threads, finish);
        else if constexpr (has_few_channels) {
            put_zeros(samples, threads, finish);
            channel_gradient::run(delta, kernel, samples, threads, finish);
        } else {
            const bool in_parts = !is_divisible && samples * places <= shape::few_places;
            // What is added to comes from the caches.
            const bool adds_parts = in_parts && shape::part_filters < Filters;
            const Finish sized = adds_parts ? finish : finish.sized(samples * shape::result_places);
            put_zeros(samples, threads, sized);
            run_sums(delta, kernel, samples, in_parts, scratch, threads, sized);
            sized.complete();
        }
    }

private:
    // Puts the transposed weights of some panels of channels, for some filters, into scratch.
    static void transpose(const T* kernel, std::size_t panel, std::size_t count, std::size_t filter,
                          std::size_t filters, T* copy) noexcept {
        for (std::size_t p = 0; p < count; ++p)
            for (std::size_t tap = 0; tap < taps; ++tap)
                transpose_weights<layout, lanes>(kernel, tap * Channels + (panel + p) * lanes,
                                                 (tap + 1) * Channels, filter, filters,
                                                 copy + (p * taps + tap) * filters * lanes);
    }

    template <class Finish>
    static void run_winograd(rows_view<const T> delta, const T* kernel, std::size_t samples, T* scratch,
                             const team& threads, const Finish& finish) noexcept {
        constexpr winograd_shape products = by_winograd::shape;
        const auto [rows, mine] = share_winograd(products, threads, samples);
        const auto weights_of = [&](std::size_t panel, std::size_t count, std::size_t filter,
                                    std::size_t filters) {
            transpose(kernel, panel, count, filter, filters, scratch);
            const std::size_t tap_size = filters * lanes;
            constexpr std::size_t source_tap_size = Channels * layout::lanes;
            const std::size_t read_already = filter / layout::lanes * taps * source_tap_size;
            const std::size_t some = filters / layout::lanes * taps * source_tap_size;
            const bool is_last = filter + filters == Filters;
            return winograd_weights<T>{scratch,
                                       tap_size,
                                       taps * tap_size,
                                       kernel + read_already + panel * lanes * layout::lanes,
                                       source_tap_size,
                                       lanes * layout::lanes,
                                       taps * source_tap_size,
                                       is_last ? count * lanes * layout::lanes - read_already : some};
        };
        winograd<typename by_winograd::vector>(products, delta, weights_of, rows, mine,
                                               scratch + shape::strip_size, finish);
    }

    template <class Finish>
    static void run_sums(rows_view<const T> delta, const T* kernel, std::size_t samples, bool in_parts,
                         T* scratch, const team& threads, const Finish& finish) noexcept {
        // By panels, each thread transposes only its own weights, but reads all deltas, and writes a part of
        // each row beside the others', which makes both slower. So it pays for few places alone.
        const bool by_panels = threads.size > 1 && panels >= shape::tile_panels * threads.size &&
                               samples * places < taps * Channels;
        const team::range mine =
            by_panels ? threads.share(panels, shape::tile_panels) : team::range{0, panels};
        const team sharing = by_panels ? team{} : threads;
        if constexpr (shape::may_transpose_ahead)
            if (in_parts && (by_panels || threads.size == 1)) {
                run_ahead(delta, kernel, samples, scratch, mine, finish);
                return;
            }
        const std::size_t some_filters = in_parts ? std::min(shape::part_filters, Filters) : Filters;
        for (std::size_t panel = mine.begin; panel < mine.end; panel += shape::strip_panels) {
            const std::size_t end = std::min(panel + shape::strip_panels, mine.end);
            for (std::size_t filter = 0; filter < Filters; filter += some_filters) {
                const std::size_t filters = std::min(some_filters, Filters - filter);
                transpose(kernel, panel, end - panel, filter, filters, scratch);
                const convolution_operands<T> operands{delta.data + filter, delta.pitch, scratch, panel};
                const bool goes_on = filter + filters < Filters;
                const auto schedule = goes_on ? transposing(kernel, panel, mine.end, filter + filters)
                                              : transposing(kernel, end, mine.end, 0);
                Finish part_finish = finish;
                part_finish.adds = finish.adds || filter > 0;
                convolve_strip(operands, schedule, filters, {panel, end}, samples, sharing, part_finish);
            }
        }
    }

    // The sums of some panels for a few places. While those of a strip are computed, the weights of the next
    // one, or of its next filters, are transposed.
    template <class Finish>
    static void run_ahead(rows_view<const T> delta, const T* kernel, std::size_t samples, T* scratch,
                          team::range mine, const Finish& finish) noexcept {
        T* current = scratch;
        T* next = scratch + shape::ahead_size;
        if (mine.begin < mine.end)
            transpose(kernel, mine.begin, std::min(shape::ahead_panels, mine.end - mine.begin), 0,
                      shape::part_filters, current);
        for (std::size_t panel = mine.begin; panel < mine.end; panel += shape::ahead_panels) {
            const std::size_t end = std::min(panel + shape::ahead_panels, mine.end);
            for (std::size_t filter = 0; filter < Filters; filter += shape::part_filters) {
                const std::size_t next_filter = (filter + shape::part_filters) % Filters;
                const std::size_t next_panel = next_filter > 0 ? panel : end;
                const transposing_schedule<T> schedule{
                    kernel + layout::index(next_panel * lanes, next_filter),
                    std::min(next_filter > 0 ? end - panel : shape::ahead_panels, mine.end - next_panel),
                    Channels * layout::lanes, next, shape::part_filters * lanes};
                Finish part_finish = finish;
                part_finish.adds = finish.adds || filter > 0;
                convolve_strip({delta.data + filter, delta.pitch, current, panel}, schedule,
                               shape::part_filters, {panel, end}, samples, team{}, part_finish);
                std::swap(current, next);
            }
        }
    }

    // Fetches what will be transposed next: the weights of a strip from `panel` on, and from `filter` on.
    static scattered_schedule<T> transposing(const T* kernel, std::size_t panel, std::size_t last_panel,
                                             std::size_t filter) noexcept {
        constexpr std::size_t tap_step = Channels * layout::lanes;
        if constexpr (layout::lanes == scattered_fetching<T>::run)
            return {kernel + layout::index(panel * lanes, filter),
                    std::min(shape::strip_panels, last_panel - panel), taps * tap_step, tap_step};
        else
            return {};
    }

    // The map of the one tap, and zeros at the places between strides.
    template <class Finish>
    static void run_few(rows_view<const T> delta, const T* kernel, std::size_t samples, T* scratch,
                        const team& threads, const Finish& finish) noexcept {
        put_zeros(samples, threads, finish);
        constexpr window_map map = internal::first_map<Geometry, !Transposed>;
        few_gradient::run(
            delta, kernel, samples * places, scratch, threads.share(panels),
            [&](auto sum, std::size_t place, std::size_t channel) {
                finish.put_register(sum, map.result_row(place), channel);
            },
            [&](std::size_t place, std::size_t channel) { finish.fetch(map.result_row(place), channel); });
    }

    // The gradients that no window reaches. Whole rows, since memory takes these faster than the pieces that
    // strips of panels make of them.
    template <class Finish>
    static void put_zeros(std::size_t samples, const team& threads, const Finish& finish) noexcept {
        internal::for_each_map<Geometry, !Transposed>([&](auto map) {
            if constexpr (!map.value.has_taps()) {
                const team::range mine = threads.share(samples * map.value.results());
                for (std::size_t number = mine.begin; number < mine.end; ++number)
                    finish.template put_zeros<simd<T, lanes>, Channels>(map.value.result_row(number));
            }
        });
    }

    // The sums of a strip's panels over some filters: all maps of some samples, whose deltas stay in the
    // cache.
    template <class Schedule, class Finish>
    static void convolve_strip(const convolution_operands<T>& operands, const Schedule& schedule,
                               std::size_t filters, team::range strip, std::size_t samples,
                               const team& sharing, const Finish& finish) noexcept {
        for (std::size_t sample = 0; sample < samples; sample += shape::some_samples) {
            const std::size_t last_sample = std::min(sample + shape::some_samples, samples);
            internal::for_each_map<Geometry, !Transposed>([&](auto map) {
                if constexpr (map.value.has_taps()) {
                    using tiling = convolution_of<map.value, Filters, PitchDelta, Channels, T>;
                    convolution_lines lines = tiling::lines;
                    lines.channels = filters;
                    lines.panel_size = taps * filters * lanes;
                    constexpr std::size_t sample_tiles = tiling::lines.lines() * tiling::lines.tiles;
                    const team::range all = sharing.share(samples * sample_tiles);
                    const team::range work{std::max(all.begin, sample * sample_tiles),
                                           std::min(all.end, last_sample * sample_tiles)};
                    if (work.begin >= work.end)
                        return;
                    convolve<typename tiling::vector, tiling::shape>(lines, operands, work, strip, finish,
                                                                     schedule);
                }
            });
        }
    }
};

} // namespace strata::bedrock::inline STRATA_SETTING
