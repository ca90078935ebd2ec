// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/simd.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <cstddef>
#include <utility>

namespace strata::bedrock::inline STRATA_SETTING {

namespace internal {
// The first, or the last, halves of two registers shuffled into each other like cards. xsimd has this within
// 128-bit parts only.
template <std::size_t First, class V, std::size_t... I>
[[gnu::always_inline]] inline V interleave(V a, V b, std::index_sequence<I...>) noexcept {
#if defined(STRATA_NO_REGISTERS)
    return V(value_type_of<V>((I % 2 == 0 ? a : b).get(First + I / 2))...);
#else
    return V(__builtin_shufflevector(a.data, b.data, (First + I / 2 + I % 2 * V::size)...));
#endif
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
[[gnu::always_inline]] inline void copy_transposed(const T* from, std::size_t pitch, T* to,
                                                   std::size_t to_pitch) noexcept {
    using V = simd<T, Side>;
    V square[Side];
#pragma GCC unroll 16
    for (std::size_t j = 0; j < Side; ++j)
        square[j] = V::load_unaligned(from + j * pitch);
    transpose_square(square);
#pragma GCC unroll 16
    for (std::size_t j = 0; j < Side; ++j)
        square[j].store_aligned(to + j * to_pitch);
}

/// A block of weights, [Lanes inputs][lanes filters], transposed.
template <std::size_t Lanes, std::size_t LayoutLanes, class T>
[[gnu::always_inline]] inline void transpose_block(const T* from, T* to) noexcept {
    constexpr std::size_t side = std::min(Lanes, LayoutLanes);
    for (std::size_t c = 0; c < Lanes; c += side)
        for (std::size_t n = 0; n < LayoutLanes; n += side)
            copy_transposed<side>(from + c * LayoutLanes + n, LayoutLanes, to + n * Lanes + c, Lanes);
}
} // namespace internal

/// Writes the weights of inputs [first, first + Lanes) as a panel [filters][Lanes] for the transposed
/// product, of `filters` filters from `filter` on, with zeros from input `end` on. What is read of one panel
/// of the weights lies together, but the next panel is far away, so it is fetched ahead.
template <class Layout, std::size_t Lanes, class T>
void transpose_weights(const T* kernel, std::size_t first, std::size_t end, std::size_t filter,
                       std::size_t filters, T* panel) noexcept {
    constexpr std::size_t lanes = Layout::lanes;
    constexpr std::size_t ahead = 3;
    const std::size_t inputs = end > first ? std::min(end - first, Lanes) : 0;
    for (std::size_t n = 0; n < filters; n += lanes) {
        const T* const from = kernel + Layout::index(first, filter + n);
        T* const to = panel + n * Lanes;
        if (inputs == Lanes && n + lanes <= filters) {
            const std::size_t next = std::min(n + ahead * lanes, filters - lanes);
            const T* const later = kernel + Layout::index(first, filter + next);
#pragma GCC unroll 16
            for (std::size_t i = 0; i < Lanes * lanes; i += line_size<T>)
                __builtin_prefetch(later + i, 0, 3);
            internal::transpose_block<Lanes, lanes>(from, to);
        } else
            for (std::size_t k = 0; k < std::min(lanes, filters - n); ++k)
                for (std::size_t c = 0; c < Lanes; ++c)
                    to[k * Lanes + c] = c < inputs ? from[c * lanes + k] : T(0);
    }
}

} // namespace strata::bedrock::inline STRATA_SETTING
