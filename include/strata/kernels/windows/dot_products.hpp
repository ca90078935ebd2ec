// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/product/fetching.hpp>
#include <strata/kernels/product/transpose.hpp>
#include <strata/kernels/simd.hpp>
#include <strata/kernels/windows/convolution_tile.hpp>
#include <strata/setting.hpp>

#include <cstddef>
#include <cstdint>
#include <utility>

namespace strata::bedrock::inline STRATA_SETTING {

namespace internal {
/// Copies chunks of so many registers, which lie far apart, side by side: two registers at a time between
/// products, which go on meanwhile.
template <class V, std::size_t Rows>
struct chunk_copy {
    using T = value_type_of<V>;
    const T* source; ///< of the first chunk
    std::size_t chunk_step;
    T* copy;
    std::size_t chunks;
    std::size_t row = 0; ///< of the chunk

    [[gnu::always_inline]] void copy_two() noexcept {
        if (chunks == 0)
            return;
        V::load_aligned(source).store_aligned(copy);
        V::load_aligned(source + V::size).store_aligned(copy + V::size);
        fetch<cache::first>(source + chunk_step);
        fetch<cache::first>(source + chunk_step + V::size);
        source += 2 * V::size;
        copy += 2 * V::size;
        row += 2;
        if (row == Rows) {
            row = 0;
            source += chunk_step - Rows * V::size;
            --chunks;
        }
    }
    void copy_rest() noexcept {
        while (chunks > 0)
            copy_two();
    }
};

/// A tap that a line of places has an input for. All numbers are offsets.
struct dot_tap {
    std::ptrdiff_t x; ///< of the line's first place, which the tap may leave out
    std::size_t weights;
    std::uint8_t cut;
};

/// The sums of a line of places for some channels: dot products, whose terms are registers of filters.
template <class T>
struct dot_terms {
    const T* x; ///< [panels][places][lanes]
    std::size_t x_panel;
    const T* weights; ///< [panels][taps][channels of a part][lanes], of the first channel
    std::size_t weights_panel;
    std::size_t blocks;
    const dot_tap* taps;
    std::size_t tap_count;
    T* results; ///< [places][channels of a panel][lanes], of the first channel
    std::size_t result_step;
};

inline constexpr std::size_t dot_block = 4; ///< panels whose x stay in the first cache for all taps

/// Computes the sums of a line, and some of a copy meanwhile.
template <class V, std::size_t Places, std::size_t Channels, class Copy>
[[gnu::noinline]] void add_dot_products(const dot_terms<value_type_of<V>>& terms, Copy& copying) noexcept {
    using T = value_type_of<V>;
    V sums[Places][Channels];
#pragma GCC unroll 8
    for (std::size_t i = 0; i < Places; ++i)
#pragma GCC unroll 4
        for (std::size_t c = 0; c < Channels; ++c)
            sums[i][c] = V(T(0));
    const std::size_t x_panel = terms.x_panel;
    const std::size_t weights_panel = terms.weights_panel;
    for (std::size_t block = 0; block < terms.blocks; ++block)
        for (std::size_t number = 0; number < terms.tap_count; ++number) {
            const dot_tap& tap = terms.taps[number];
            const T* x = terms.x + block * dot_block * x_panel + tap.x;
            const T* weights = terms.weights + block * dot_block * weights_panel + tap.weights;
            copying.copy_two();
            const auto add_places = [&]<std::size_t Low, std::size_t High>(std::index_sequence<Low, High>)
                __attribute__((always_inline)) {
#pragma GCC unroll 1
                for (std::size_t panel = 0; panel < dot_block; ++panel) {
                    V columns[Channels];
#pragma GCC unroll 4
                    for (std::size_t c = 0; c < Channels; ++c)
                        columns[c] = V::load_aligned(weights + c * V::size);
#pragma GCC unroll 8
                    for (std::size_t i = Low; i < High; ++i) {
                        V row = V::load_aligned(x + i * V::size);
#if defined(__AVX512F__)
                        __asm__("" : "+v"(row.data)); // or g++ loads it once more for each product
#endif
#pragma GCC unroll 4
                        for (std::size_t c = 0; c < Channels; ++c)
                            sums[i][c] = xsimd::fma(row, columns[c], sums[i][c]);
                    }
                    x += x_panel;
                    weights += weights_panel;
                }
            };
            if (tap.cut == tile_cut::none)
                add_places(std::index_sequence<0, Places>{});
            else if (tap.cut == tile_cut::first(1))
                add_places(std::index_sequence<1, Places>{});
            else
                add_places(std::index_sequence<0, Places - 1>{});
        }
#pragma GCC unroll 8
    for (std::size_t i = 0; i < Places; ++i)
#pragma GCC unroll 4
        for (std::size_t c = 0; c < Channels; ++c)
            sums[i][c].store_aligned(terms.results + i * terms.result_step + c * V::size);
}

/// A register whose lanes are each the sum of all lanes of one of as many registers. Each step adds the
/// halves of two registers' lanes, so that one register goes on with the sums of both.
template <class V>
[[gnu::always_inline]] inline V sum_lanes(const value_type_of<V>* registers) noexcept {
    V sums[V::size];
#pragma GCC unroll 16
    for (std::size_t i = 0; i < V::size; ++i)
        sums[i] = V::load_aligned(registers + i * V::size);
#pragma GCC unroll 4
    for (std::size_t half = V::size / 2; half > 0; half /= 2)
#pragma GCC unroll 8
        for (std::size_t i = 0; i < half; ++i)
            sums[i] = interleave<0>(sums[i], sums[i + half], std::make_index_sequence<V::size>{}) +
                      interleave<V::size / 2>(sums[i], sums[i + half], std::make_index_sequence<V::size>{});
    return sums[0];
}
} // namespace internal

} // namespace strata::bedrock::inline STRATA_SETTING
