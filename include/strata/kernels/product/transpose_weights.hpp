// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/product/fetching.hpp>
#include <strata/kernels/product/transpose.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <cstddef>

namespace strata::bedrock::inline STRATA_SETTING {

namespace internal {
/// The first `outputs` columns of a block of weights, [Lanes inputs][Count outputs], which fill registers
/// together. By parts of a register they would be read before the parts that were written have arrived.
template <std::size_t Lanes, std::size_t Count, class T>
[[gnu::always_inline]] inline void transpose_packed(const T* block, std::size_t outputs, T* copy) noexcept {
    using V = simd<T, Lanes>;
    V registers[Count];
#pragma GCC unroll 8
    for (std::size_t i = 0; i < Count; ++i)
        registers[i] = V::load_unaligned(block + i * Lanes);
    transpose_rows(registers);
#pragma GCC unroll 8
    for (std::size_t n = 0; n < Count; ++n)
        if (n < outputs)
            registers[n].store_aligned(copy + n * Lanes);
}

/// A block of weights, [Lanes inputs][LayoutLanes outputs], transposed.
template <std::size_t Lanes, std::size_t LayoutLanes, class T>
[[gnu::always_inline]] inline void transpose_block(const T* block, T* copy) noexcept {
    if constexpr (Lanes > LayoutLanes)
        transpose_packed<Lanes, LayoutLanes>(block, LayoutLanes, copy);
    else
        for (std::size_t n = 0; n < LayoutLanes; n += Lanes)
            copy_transposed<Lanes>(block + n, LayoutLanes, copy + n * Lanes, Lanes);
}

/// The same where so many inputs are there, and so many outputs are wanted.
template <std::size_t Lanes, std::size_t LayoutLanes, class T>
inline void transpose_part(const T* block, std::size_t inputs, std::size_t outputs, T* copy) noexcept {
    if constexpr (Lanes > LayoutLanes)
        if (inputs == Lanes)
            return transpose_packed<Lanes, LayoutLanes>(block, outputs, copy);
    constexpr std::size_t side = std::min(Lanes, LayoutLanes);
    for (std::size_t c = 0; c < Lanes; c += side)
        for (std::size_t n = 0; n < outputs; n += side)
            copy_transposed<side>(block + c * LayoutLanes + n, LayoutLanes, inputs > c ? inputs - c : 0,
                                  copy + n * Lanes + c, Lanes, outputs - n);
}
} // namespace internal

/// Writes the weights of inputs [first, first + Lanes) as a panel [outputs][Lanes] for the transposed
/// product, of `outputs` outputs from `output` on, with zeros from input `end` on. What is read of one panel
/// of the weights lies together, but the next panel is far away, so it is fetched ahead.
template <class Layout, std::size_t Lanes, class T>
void transpose_weights(const T* kernel, std::size_t first, std::size_t end, std::size_t output,
                       std::size_t outputs, T* panel) noexcept {
    const std::size_t inputs = end > first ? std::min(end - first, Lanes) : 0;
    if constexpr (Layout::is_dot)
        std::fill(std::copy_n(kernel + first, inputs, panel), panel + Lanes, T(0));
    else {
        constexpr std::size_t lanes = Layout::lanes;
        constexpr std::size_t lead = 3; // panels that are fetched before they are read
        for (std::size_t n = 0; n < outputs; n += lanes) {
            const T* const block = kernel + Layout::index(first, output + n);
            if (inputs == Lanes && n + lanes <= outputs) {
                const std::size_t next = std::min(n + lead * lanes, outputs - lanes);
                const T* const next_block = kernel + Layout::index(first, output + next);
#pragma GCC unroll 16
                for (std::size_t i = 0; i < Lanes * lanes; i += line_size<T>)
                    internal::fetch<cache::first>(next_block + i);
                internal::transpose_block<Lanes, lanes>(block, panel + n * Lanes);
            } else
                internal::transpose_part<Lanes, lanes>(block, inputs, std::min(lanes, outputs - n),
                                                       panel + n * Lanes);
        }
    }
}

} // namespace strata::bedrock::inline STRATA_SETTING
