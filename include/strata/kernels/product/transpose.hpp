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

// A register whose 128-bit parts have numbers P0 to P3 of the same parts of two registers, as of eight
// numbers.
template <int P0, int P1, int P2, int P3, class V>
[[gnu::always_inline]] inline V pick_numbers(V a, V b) noexcept {
    constexpr auto place = [](int part, int p) { return 4 * part + p % 4 + (p < 4 ? 0 : 16); };
    return V(__builtin_shufflevector(a.data, b.data, place(0, P0), place(0, P1), place(0, P2), place(0, P3),
                                     place(1, P0), place(1, P1), place(1, P2), place(1, P3), place(2, P0),
                                     place(2, P1), place(2, P2), place(2, P3), place(3, P0), place(3, P1),
                                     place(3, P2), place(3, P3)));
}

// The 128-bit parts First and First + 2 of two registers.
template <int First, class V>
[[gnu::always_inline]] inline V pick_parts(V a, V b) noexcept {
    constexpr int p = 4 * First;
    return V(__builtin_shufflevector(a.data, b.data, p, p + 1, p + 2, p + 3, p + 8, p + 9, p + 10, p + 11,
                                     p + 16, p + 17, p + 18, p + 19, p + 24, p + 25, p + 26, p + 27));
}

// A square of 16 registers of 16 numbers. Each of these shuffles is one instruction that destroys no operand
// and needs no register of places, unlike those that interleave across 128-bit parts.
template <class V>
[[gnu::always_inline]] inline void transpose_sixteen(V (&square)[16]) noexcept {
    V pairs[16];
    V fours[16];
#pragma GCC unroll 16
    for (int j = 0; j < 16; j += 2) {
        pairs[j] = pick_numbers<0, 4, 1, 5>(square[j], square[j + 1]);
        pairs[j + 1] = pick_numbers<2, 6, 3, 7>(square[j], square[j + 1]);
    }
#pragma GCC unroll 16
    for (int j = 0; j < 16; j += 4) {
        fours[j] = pick_numbers<0, 1, 4, 5>(pairs[j], pairs[j + 2]);
        fours[j + 1] = pick_numbers<2, 3, 6, 7>(pairs[j], pairs[j + 2]);
        fours[j + 2] = pick_numbers<0, 1, 4, 5>(pairs[j + 1], pairs[j + 3]);
        fours[j + 3] = pick_numbers<2, 3, 6, 7>(pairs[j + 1], pairs[j + 3]);
    }
    // Now the parts are transposed, as a square of 4 x 4.
#pragma GCC unroll 16
    for (int j = 0; j < 4; ++j) {
        const V upper_even = pick_parts<0>(fours[j], fours[4 + j]);
        const V upper_odd = pick_parts<1>(fours[j], fours[4 + j]);
        const V lower_even = pick_parts<0>(fours[8 + j], fours[12 + j]);
        const V lower_odd = pick_parts<1>(fours[8 + j], fours[12 + j]);
        square[j] = pick_parts<0>(upper_even, lower_even);
        square[4 + j] = pick_parts<0>(upper_odd, lower_odd);
        square[8 + j] = pick_parts<1>(upper_even, lower_even);
        square[12 + j] = pick_parts<1>(upper_odd, lower_odd);
    }
}

// A square of eight registers of eight numbers, by pairs, and then by 128-bit parts as a square of 4 x 4.
template <class V>
[[gnu::always_inline]] inline void transpose_eight(V (&square)[8]) noexcept {
    const auto even_parts = [](V a, V b) __attribute__((always_inline)) {
        return V(__builtin_shufflevector(a.data, b.data, 0, 1, 4, 5, 8, 9, 12, 13));
    };
    const auto odd_parts = [](V a, V b) __attribute__((always_inline)) {
        return V(__builtin_shufflevector(a.data, b.data, 2, 3, 6, 7, 10, 11, 14, 15));
    };
    V pairs[8];
#pragma GCC unroll 4
    for (int j = 0; j < 8; j += 2) {
        pairs[j] = V(__builtin_shufflevector(square[j].data, square[j + 1].data, 0, 8, 2, 10, 4, 12, 6, 14));
        pairs[j + 1] =
            V(__builtin_shufflevector(square[j].data, square[j + 1].data, 1, 9, 3, 11, 5, 13, 7, 15));
    }
#pragma GCC unroll 2
    for (int j = 0; j < 2; ++j) {
        const V upper_even = even_parts(pairs[j], pairs[2 + j]);
        const V upper_odd = odd_parts(pairs[j], pairs[2 + j]);
        const V lower_even = even_parts(pairs[4 + j], pairs[6 + j]);
        const V lower_odd = odd_parts(pairs[4 + j], pairs[6 + j]);
        square[j] = even_parts(upper_even, lower_even);
        square[2 + j] = even_parts(upper_odd, lower_odd);
        square[4 + j] = odd_parts(upper_even, lower_even);
        square[6 + j] = odd_parts(upper_odd, lower_odd);
    }
}

/// Transposes a square of as many registers as each has lanes, by rounds of interleaving: each shuffles the
/// first half of the registers and the second into each other.
template <class V>
[[gnu::always_inline]] inline void transpose_square(V (&square)[V::size]) noexcept {
    constexpr std::size_t side = V::size;
    if constexpr (side == 16 && sizeof(V) == 64) {
        transpose_sixteen(square);
        return;
    } else if constexpr (side == 8 && sizeof(V) == 64) {
        transpose_eight(square);
        return;
    }
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

// The even, or the odd, numbers of two registers.
template <std::size_t First, class V, std::size_t... I>
[[gnu::always_inline]] inline V every_second(V a, V b, std::index_sequence<I...>) noexcept {
    return V(std::bit_cast<decltype(a.data)>(
        __builtin_shufflevector(compiler_lanes(a), compiler_lanes(b), static_cast<int>(First + 2 * I)...)));
}

/// Transposes rows of `Count` numbers that fill as many registers: the first gets the first number of each
/// row, and so on.
template <std::size_t Count, class V>
[[gnu::always_inline]] inline void transpose_rows(V (&registers)[Count]) noexcept {
    if constexpr (Count > 1) {
        constexpr std::make_index_sequence<V::size> all{};
        V even[Count / 2];
        V odd[Count / 2];
#pragma GCC unroll 4
        for (std::size_t i = 0; i < Count / 2; ++i) {
            even[i] = every_second<0>(registers[2 * i], registers[2 * i + 1], all);
            odd[i] = every_second<1>(registers[2 * i], registers[2 * i + 1], all);
        }
        transpose_rows(even);
        transpose_rows(odd);
#pragma GCC unroll 4
        for (std::size_t i = 0; i < Count / 2; ++i) {
            registers[2 * i] = even[i];
            registers[2 * i + 1] = odd[i];
        }
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
