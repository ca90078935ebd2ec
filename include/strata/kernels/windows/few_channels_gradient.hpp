// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/product/contract.hpp>
#include <strata/kernels/product/weight_layout.hpp>
#include <strata/kernels/rows_view.hpp>
#include <strata/kernels/simd.hpp>
#include <strata/kernels/threads/team.hpp>
#include <strata/kernels/windows/convolution_tile.hpp>
#include <strata/kernels/windows/window_map.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <cstddef>

namespace strata::bedrock::inline STRATA_SETTING {

/// The input gradient of a convolution of a few channels, as images have: sums over taps and filters of delta
/// times weights.
///
/// A register of channels would hold three numbers. Here registers hold filters, as weights and delta rest:
/// each result is a dot product, whose lanes are added at the end, and nothing is transposed.
template <window Geometry, bool Transposed, std::size_t Channels, std::size_t Filters, class T>
struct few_channels_gradient {
    using layout = weight_layout<T, Geometry.taps() * Channels, Filters, false>;
    using V = typename layout::vector;
    using result = simd<T, lanes_of<T, Channels>>;
    static constexpr std::size_t lanes = layout::lanes;
    static constexpr std::size_t most_channels = 4;
    static constexpr bool is_possible =
        Channels <= most_channels && Filters % lanes == 0 && lanes > result::size;

    /// Computes this thread's share of the lines and hands the gradients to `finish`: a `gradient_finish`.
    /// Bits depend neither on the other samples nor on the threads.
    template <class Finish>
    static void run(rows_view<const T> delta, const T* kernel, std::size_t samples, const team& threads,
                    const Finish& finish) noexcept {
        internal::for_each_map<Geometry, !Transposed>([&](auto map) {
            if constexpr (map.value.has_taps()) {
                constexpr std::size_t lines = map.value.axes[0].results * map.value.axes[1].results;
                const team::range mine = threads.share(samples * lines);
                for (std::size_t number = mine.begin; number < mine.end; ++number)
                    add_line<map.value>(delta, kernel, number / lines, number % lines, finish);
            }
        });
    }

private:
    /// Places whose sums fill the registers.
    static constexpr std::size_t most_places = 8;
    static constexpr std::size_t places =
        std::min((sizeof(V) == 64 ? 24 : register_sums) / Channels, most_places);

    struct line_terms {
        const T* x;
        const T* weights;
        std::ptrdiff_t place_step;
        tap_steps slices;
        tap_steps lines;
        tap_steps columns;
    };

    template <window_map Map, class Finish>
    static void add_line(rows_view<const T> delta, const T* kernel, std::size_t sample, std::size_t line,
                         const Finish& finish) noexcept {
        constexpr auto interior = Map.axes[2].interior();
        const map_axis depth = Map.axes[0];
        const map_axis height = Map.axes[1];
        const map_axis width = Map.axes[2];
        const auto weight_step = [](std::size_t axis) {
            return static_cast<std::ptrdiff_t>(Map.weight_step(axis) * Channels * lanes);
        };
        const std::size_t d = line / height.results;
        const std::size_t h = line % height.results;
        // As pairs: clang before 16 takes no parts of them into a lambda.
        const auto slices = internal::taps_of_result(depth, d);
        const auto lines = internal::taps_of_result(height, h);
        const auto numbers = [&](std::ptrdiff_t slice, std::ptrdiff_t row, std::ptrdiff_t column) {
            return Map.template read_row<std::ptrdiff_t>(slice, row, column) *
                   static_cast<std::ptrdiff_t>(delta.pitch);
        };
        line_terms terms{nullptr,
                         nullptr,
                         numbers(0, 0, static_cast<std::ptrdiff_t>(width.read_step)),
                         {slices.second - slices.first, numbers(depth.offset_step, 0, 0), weight_step(0)},
                         {lines.second - lines.first, numbers(0, height.offset_step, 0), weight_step(1)},
                         {0, numbers(0, 0, width.offset_step), weight_step(2)}};
        const std::ptrdiff_t slice =
            static_cast<std::ptrdiff_t>(sample * depth.read_extent) + depth.read(d, slices.first);
        const std::size_t row = sample * Map.result_rows() + Map.result_row(d, h, 0);
        // Places from t on, which all have the same taps.
        const auto add_stretch = [&](auto count, std::size_t t) {
            const auto [first, last] = internal::taps_of_result(width, t);
            terms.x = delta.data + numbers(slice, height.read(h, lines.first), width.read(t, first));
            terms.weights = kernel + Map.weight_tap(slices.first, lines.first, first) * Channels * lanes;
            terms.columns.taps = last - first;
            alignas(alignment) T sums[decltype(count)::value * result::size];
            add_places<decltype(count)::value>(terms, sums);
            const auto writer = finish.template tile<decltype(count)::value, result::size>(
                row + t * width.step, 0, width.step);
            for (std::size_t i = 0; i < decltype(count)::value; ++i)
                writer.template put<Channels>(result::load_aligned(sums + i * result::size), i, 0);
        };
        for (std::size_t t = 0; t < width.results;) {
            const std::size_t left = t >= interior.first && t < interior.second ? interior.second - t : 1;
            if (left >= places) {
                add_stretch(internal::constant_size<places>{}, t);
                t += places;
            } else if (left >= places / 2) {
                add_stretch(internal::constant_size<places / 2>{}, t);
                t += places / 2;
            } else {
                add_stretch(internal::constant_size<1>{}, t);
                ++t;
            }
        }
    }

    // The sums of some places: `results` [places][channels].
    template <std::size_t Places>
    [[gnu::noinline]] static void add_places(const line_terms& terms, T* results) noexcept {
        constexpr std::size_t panel_step = Geometry.taps() * Channels * lanes;
        V sums[Places][Channels];
#pragma GCC unroll 8
        for (std::size_t i = 0; i < Places; ++i)
#pragma GCC unroll 4
            for (std::size_t c = 0; c < Channels; ++c)
                sums[i][c] = V(T(0));
        for (std::size_t slice = 0; slice < terms.slices.taps; ++slice)
            for (std::size_t line = 0; line < terms.lines.taps; ++line) {
                const auto s = static_cast<std::ptrdiff_t>(slice);
                const auto l = static_cast<std::ptrdiff_t>(line);
                const T* tap_x = terms.x + s * terms.slices.x + l * terms.lines.x;
                const T* tap_weights = terms.weights + s * terms.slices.weights + l * terms.lines.weights;
                for (std::size_t column = 0; column < terms.columns.taps; ++column) {
                    const T* x = tap_x;
                    const T* weights = tap_weights;
#pragma GCC unroll 1
                    for (std::size_t panel = 0; panel < Filters / lanes; ++panel) {
                        V factors[Channels];
#pragma GCC unroll 4
                        for (std::size_t c = 0; c < Channels; ++c)
                            factors[c] = V::load_aligned(weights + c * lanes);
#pragma GCC unroll 8
                        for (std::size_t i = 0; i < Places; ++i) {
                            V row = V::load_unaligned(x + static_cast<std::ptrdiff_t>(i) * terms.place_step);
#if defined(__AVX512F__)
                            __asm__("" : "+v"(row.data)); // or g++ loads it once more for each product
#endif
#pragma GCC unroll 4
                            for (std::size_t c = 0; c < Channels; ++c)
                                sums[i][c] = xsimd::fma(row, factors[c], sums[i][c]);
                        }
                        x += lanes;
                        weights += panel_step;
                    }
                    tap_x += terms.columns.x;
                    tap_weights += terms.columns.weights;
                }
            }
#pragma GCC unroll 8
        for (std::size_t i = 0; i < Places; ++i) {
            for (std::size_t c = Channels; c < result::size; ++c)
                results[i * result::size + c] = T(0);
#pragma GCC unroll 4
            for (std::size_t c = 0; c < Channels; ++c)
                results[i * result::size + c] = internal::add_lanes(sums[i][c]);
        }
    }
};

} // namespace strata::bedrock::inline STRATA_SETTING
