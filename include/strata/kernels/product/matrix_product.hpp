// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/product/contract.hpp>
#include <strata/kernels/product/transpose.hpp>
#include <strata/kernels/rows_view.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <cstddef>

namespace strata::bedrock::inline STRATA_SETTING {

/// A product of two small matrices: the sum over k of left(row, k) right(k, column). `right` is
/// [Depth][Columns], or [Columns][Depth] if `Transposed`.
template <std::size_t Rows, std::size_t Depth, std::size_t Columns, bool Transposed, class T>
struct matrix_product {
    static constexpr std::size_t lanes = lanes_of<T, Columns>;
    using V = simd<T, lanes>;
    static constexpr std::size_t panels = (Columns + lanes - 1) / lanes;
    static constexpr std::size_t last = Columns - (panels - 1) * lanes;
    /// Where in the last panel its own columns begin: it overlaps the one before rather than be copied.
    static constexpr std::size_t overlap = Transposed || Columns < lanes ? 0 : lanes - last;
    static constexpr std::size_t tall = std::min(tile_rows<V>, Rows);
    static constexpr std::size_t wide = std::min(Rows == 1 ? single_row_panels : tile_panels, panels);
    /// Room for the panels of a tile, [Depth][lanes] each.
    static constexpr std::size_t strip_size = wide * Depth * lanes;

    /// finish(count, register, row, column) gets the results.
    template <class Left, class Finish>
    static void run(const Left& left, const T* right, T* strip, const Finish& finish) noexcept {
        visit_runs<wide, panels % wide>(0, panels, [&](auto panel_run, std::size_t first) {
            constexpr std::size_t broad = decltype(panel_run)::value;
            rows_view<const T> columns[broad];
            for (std::size_t q = 0; q < broad; ++q)
                columns[q] = panel_of(right, (first + q) * lanes, strip + q * Depth * lanes);
            visit_runs<tall, Rows % tall>(0, Rows, [&](auto row_run, std::size_t row) {
                constexpr std::size_t high = decltype(row_run)::value;
                tile_sums<V, high, broad> sums;
#pragma GCC unroll 16
                for (std::size_t i = 0; i < high; ++i)
#pragma GCC unroll 4
                    for (std::size_t q = 0; q < broad; ++q)
                        sums.registers[i][q] = V(T(0));
                contract<high, broad>(
                    sums, Depth, [&](std::size_t i, std::size_t k) { return left(row + i, k); },
                    [&](std::size_t q, std::size_t k) { return V::load_unaligned(columns[q].row(k)); });
                // Through memory, so that what follows need not be unrolled.
                alignas(alignment) T results[high][broad * lanes];
#pragma GCC unroll 16
                for (std::size_t i = 0; i < high; ++i)
#pragma GCC unroll 4
                    for (std::size_t q = 0; q < broad; ++q)
                        sums.registers[i][q].store_unaligned(results[i] + q * lanes);
                for (std::size_t i = 0; i < high; ++i)
                    for (std::size_t q = 0; q < broad; ++q) {
                        const T* const sum = results[i] + q * lanes;
                        const std::size_t column = (first + q) * lanes;
                        if (last == lanes || column + lanes <= Columns)
                            finish(internal::constant_size<lanes>{}, V::load_unaligned(sum), row + i, column);
                        else
                            finish(internal::constant_size<last>{}, load_first<last, V>(sum + overlap),
                                   row + i, column);
                    }
            });
        });
    }

private:
    // A panel where it is, or, if it is none yet, in the strip.
    static rows_view<const T> panel_of(const T* right, std::size_t column, T* strip) noexcept {
        if constexpr (Transposed)
            transpose(right, column, strip);
        else if (Columns >= lanes)
            return {right + std::min(column, Columns - lanes), Columns};
        else
            for (std::size_t k = 0; k < Depth; ++k)
                load_first<last, V>(right + k * Columns + column).store_unaligned(strip + k * lanes);
        return {strip, lanes};
    }
    static void transpose(const T* right, std::size_t column, T* strip) noexcept {
        const std::size_t count = std::min(lanes, Columns - column);
        const T* const rows = right + column * Depth;
        if constexpr (Depth < lanes) {
            for (std::size_t k = 0; k < Depth; ++k)
                for (std::size_t j = 0; j < lanes; ++j)
                    strip[k * lanes + j] = j < count ? rows[j * Depth + k] : T(0);
        } else
            for (std::size_t next = 0; next < Depth; next += lanes) {
                const std::size_t k = std::min(next, Depth - lanes); // the last square overlaps another
                internal::copy_transposed<lanes>(rows + k, Depth, count, strip + k * lanes, lanes, lanes);
            }
    }
};

} // namespace strata::bedrock::inline STRATA_SETTING
