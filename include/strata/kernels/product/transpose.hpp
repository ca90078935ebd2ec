// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/simd.hpp>
#include <strata/setting.hpp>

#include <cstddef>
#include <utility>

namespace strata::bedrock::inline STRATA_SETTING {

namespace internal {
// The first, or the last, halves of two registers shuffled into each other like cards. xsimd has this within
// 128-bit parts only; narrow registers need not be vectors of the compiler's own.
template <std::size_t First, class V, std::size_t... I>
[[gnu::always_inline]] inline V interleave(V a, V b, std::index_sequence<I...>) noexcept {
    if constexpr (V::size * sizeof(typename V::value_type) > 16)
        return V(__builtin_shufflevector(a.data, b.data, (First + I / 2 + I % 2 * V::size)...));
    else if constexpr (First == 0)
        return xsimd::zip_lo(a, b);
    else
        return xsimd::zip_hi(a, b);
}

/// Transposes a square of as many registers as each has lanes, by rounds of interleaving: each shuffles the
/// first half of the registers and the second into each other.
template <class V>
[[gnu::always_inline]] inline void transpose_square(V (&square)[V::size]) noexcept {
    constexpr std::size_t side = V::size;
    constexpr std::make_index_sequence<side> all{};
    // Unrolled and without a library's copy: else the square goes through memory.
#pragma GCC unroll 4
    for (std::size_t round = 1; round < side; round *= 2) {
        V next[side];
#pragma GCC unroll 16
        for (std::size_t j = 0; j < side / 2; ++j) {
            next[2 * j] = interleave<0>(square[j], square[j + side / 2], all);
            next[2 * j + 1] = interleave<side / 2>(square[j], square[j + side / 2], all);
        }
#pragma GCC unroll 16
        for (std::size_t j = 0; j < side; ++j)
            square[j] = next[j];
    }
}

/// A square of numbers whose rows are `pitch` apart, transposed to aligned rows.
template <std::size_t Side, class T>
[[gnu::always_inline]] inline void copy_transposed(const T* rows, std::size_t pitch, T* copy,
                                                   std::size_t copy_pitch) noexcept {
    using V = simd<T, Side>;
    V square[Side];
#pragma GCC unroll 16
    for (std::size_t j = 0; j < Side; ++j)
        square[j] = V::load_unaligned(rows + j * pitch);
    transpose_square(square);
#pragma GCC unroll 16
    for (std::size_t j = 0; j < Side; ++j)
        square[j].store_aligned(copy + j * copy_pitch);
}

/// The same of a square that only has `row_count` rows, with zeros for the others, and of which only
/// `column_count` columns are wanted.
template <std::size_t Side, class T>
[[gnu::always_inline]] inline void copy_transposed(const T* rows, std::size_t pitch, std::size_t row_count,
                                                   T* copy, std::size_t copy_pitch,
                                                   std::size_t column_count) noexcept {
    using V = simd<T, Side>;
    V square[Side];
#pragma GCC unroll 16
    for (std::size_t j = 0; j < Side; ++j)
        square[j] = j < row_count ? V::load_unaligned(rows + j * pitch) : V(T(0));
    transpose_square(square);
#pragma GCC unroll 16
    for (std::size_t j = 0; j < Side; ++j)
        if (j < column_count)
            square[j].store_aligned(copy + j * copy_pitch);
}
} // namespace internal

} // namespace strata::bedrock::inline STRATA_SETTING
