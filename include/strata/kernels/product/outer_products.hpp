// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/product/contract.hpp>
#include <strata/kernels/product/fetching.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <utility>

namespace strata::bedrock::inline STRATA_SETTING {

namespace internal {
/// Neighbouring places whose products are added: where they begin in both images, and how many they are. For
/// those at a border only the factors [low, high) of a line of taps are there.
struct place_run {
    std::ptrdiff_t small;
    std::ptrdiff_t large;
    std::size_t count;
    std::size_t low;
    std::size_t high;
};

/// The sums of a tile over runs of places: some numbers of x, which are broadcast, times registers of delta.
template <class T>
struct outer_terms {
    const T* x;
    const T* delta;
    std::size_t x_pitch; ///< from place to place of its image
    std::size_t delta_pitch;
    std::size_t large_step; ///< places of the larger image from one of a run to the next
    const T* start;         ///< sums to begin with, or none: [panels][..][rows][lanes]
    std::size_t start_panel;
    T* sums;
    std::size_t sums_panel;
    line_fetching<T> fetching; ///< for each place a line
    std::size_t row;           ///< of the first row among a line's factors
};

// All shapes share these, so their numbers are known at run time only. `Joins`: borders have factors missing.
template <class V, std::size_t Rows, std::size_t Panels, bool Transposed, bool Joins>
[[gnu::noinline]] void add_outer_products(const outer_terms<value_type_of<V>>& terms, const place_run* runs,
                                          std::size_t count) noexcept {
    using T = value_type_of<V>;
    tile_sums<V, Rows, Panels> sums;
#pragma GCC unroll 32
    for (std::size_t i = 0; i < Rows; ++i)
#pragma GCC unroll 4
        for (std::size_t q = 0; q < Panels; ++q)
            sums.registers[i][q] = V(T(0));
    if (terms.start != nullptr)
#pragma GCC unroll 32
        for (std::size_t i = 0; i < Rows; ++i)
#pragma GCC unroll 4
            for (std::size_t q = 0; q < Panels; ++q)
                sums.registers[i][q] = V::load_aligned(terms.start + q * terms.start_panel + i * V::size);
    const std::size_t x_step = terms.x_pitch * (Transposed ? 1 : terms.large_step);
    const std::size_t delta_step = terms.delta_pitch * (Transposed ? terms.large_step : 1);
    line_fetching<T> fetching = terms.fetching;
    // The products of rows [Begin, End) at neighbouring places.
    const auto add_places = [&]<std::size_t Begin, std::size_t End>(
        std::index_sequence<Begin, End>, const T* x, const T* delta, std::size_t places, const auto& is_there)
        __attribute__((always_inline)) {
        for (std::size_t t = 0; t < places; ++t, x += x_step, delta += delta_step) {
            V columns[Panels];
#pragma GCC unroll 4
            for (std::size_t q = 0; q < Panels; ++q)
                columns[q] = V::load_unaligned(delta + q * V::size);
            if constexpr (Begin == 0)
                fetching.fetch();
#pragma GCC unroll 32
            for (std::size_t i = Begin; i < End; ++i)
                if (is_there(i)) {
                    const V row(x[i]);
#pragma GCC unroll 4
                    for (std::size_t q = 0; q < Panels; ++q)
                        sums.registers[i][q] = xsimd::fma(row, columns[q], sums.registers[i][q]);
                }
        }
    };
    const auto all_there = [](std::size_t) { return true; };
    constexpr std::index_sequence<0, Rows> all_rows;
    // More stores at a time than these would keep the next tile's products waiting. So the last places are
    // left for the halves of the rows: one half's sums are stored while the other's products are added.
    constexpr std::size_t few_stores = 16;
    constexpr bool has_halves = !Joins && Rows * Panels > few_stores;
    constexpr std::size_t last_places = 4;
    const std::size_t left = has_halves && count > 0 ? std::min(runs[count - 1].count, last_places) : 0;
    const auto x_of = [&](const place_run& run) {
        return terms.x + (Transposed ? run.small : run.large) * static_cast<std::ptrdiff_t>(terms.x_pitch);
    };
    const auto delta_of = [&](const place_run& run) {
        return terms.delta +
               (Transposed ? run.large : run.small) * static_cast<std::ptrdiff_t>(terms.delta_pitch);
    };
    for (std::size_t r = 0; r < count; ++r) {
        const place_run& run = runs[r];
        const std::size_t high = Joins ? run.high - terms.row : Rows;
        const std::size_t low = Joins && run.low > terms.row ? run.low - terms.row : 0;
        if (!Joins || (low == 0 && run.high >= terms.row + Rows))
            add_places(all_rows, x_of(run), delta_of(run), run.count - (r + 1 == count ? left : 0),
                       all_there);
        else if (run.high > terms.row)
            add_places(all_rows, x_of(run), delta_of(run), run.count,
                       [=](std::size_t i) { return i >= low && i < high; });
    }
    const auto store_rows = [&]<std::size_t Begin, std::size_t End>(std::index_sequence<Begin, End>)
        __attribute__((always_inline)) {
#pragma GCC unroll 32
        for (std::size_t i = Begin; i < End; ++i)
#pragma GCC unroll 4
            for (std::size_t q = 0; q < Panels; ++q)
                sums.registers[i][q].store_aligned(terms.sums + q * terms.sums_panel + i * V::size);
    };
    if constexpr (has_halves) {
        constexpr std::size_t half = (Rows + 1) / 2;
        const T* x = nullptr;
        const T* delta = nullptr;
        if (count > 0) {
            const place_run& last = runs[count - 1];
            x = x_of(last) + (last.count - left) * x_step;
            delta = delta_of(last) + (last.count - left) * delta_step;
        }
        add_places(std::index_sequence<0, half>{}, x, delta, left, all_there);
        store_rows(std::index_sequence<0, half>{});
        add_places(std::index_sequence<half, Rows>{}, x, delta, left, all_there);
        store_rows(std::index_sequence<half, Rows>{});
    } else
        store_rows(all_rows);
}

/// Puts `Width` numbers of each of some places side by side; of those only `width` are there, the others are
/// 0.
template <std::size_t Width, class T>
void gather_places(const T* places, std::size_t pitch, std::size_t count, std::size_t width,
                   T* copy) noexcept {
    if (width == Width)
        for (std::size_t i = 0; i < count; ++i)
            std::memcpy(copy + i * Width, places + i * pitch, Width * sizeof(T));
    else
        for (std::size_t i = 0; i < count; ++i) {
            std::memcpy(copy + i * Width, places + i * pitch, width * sizeof(T));
            std::fill(copy + i * Width + width, copy + (i + 1) * Width, T(0));
        }
}
} // namespace internal

} // namespace strata::bedrock::inline STRATA_SETTING
