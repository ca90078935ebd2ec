// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/product/contract.hpp>
#include <strata/setting.hpp>

#include <cstddef>

namespace strata::bedrock::inline STRATA_SETTING {

namespace internal {
/// A product of two matrices in memory of the caller's own, where both are filled to whole tiles: sums over k
/// < depth of left(i, k), which is broadcast, times right(k, register q). `left` has the rows i or, where it
/// is read across, the columns i.
template <class T>
struct strided_product {
    const T* left;
    std::size_t left_step; ///< from row to row of its memory
    const T* right;
    std::size_t right_panel; ///< from register to register of one k
    std::size_t right_step;  ///< from k to k
    std::size_t depth;
    T* result;
    std::size_t result_step;
};

// All shapes share these, so their numbers are known at run time only.
template <class V, std::size_t High, std::size_t Panels, bool Across, bool Adds>
[[gnu::noinline]] void multiply_tiles(const strided_product<value_type_of<V>>& product,
                                      std::size_t rows) noexcept {
    using T = value_type_of<V>;
    for (std::size_t row = 0; row < rows; row += High) {
        tile_sums<V, High, Panels> sums;
        T* const result = product.result + row * product.result_step;
#pragma GCC unroll 8
        for (std::size_t i = 0; i < High; ++i)
#pragma GCC unroll 2
            for (std::size_t q = 0; q < Panels; ++q)
                sums.registers[i][q] =
                    Adds ? V::load_unaligned(result + i * product.result_step + q * V::size) : V(T(0));
        const auto right = [&](std::size_t q, std::size_t k) {
            return V::load_unaligned(product.right + q * product.right_panel + k * product.right_step);
        };
        if constexpr (Across) {
            const T* const left = product.left + row;
            contract<High, Panels>(
                sums, product.depth,
                [&](std::size_t i, std::size_t k) { return left[k * product.left_step + i]; }, right);
        } else {
            const T* lines[High];
#pragma GCC unroll 8
            for (std::size_t i = 0; i < High; ++i)
                lines[i] = product.left + (row + i) * product.left_step;
            contract<High, Panels>(
                sums, product.depth, [&](std::size_t i, std::size_t k) { return lines[i][k]; }, right);
        }
#pragma GCC unroll 8
        for (std::size_t i = 0; i < High; ++i)
#pragma GCC unroll 2
            for (std::size_t q = 0; q < Panels; ++q)
                sums.registers[i][q].store_unaligned(result + i * product.result_step + q * V::size);
    }
}

/// result(i, register q), or what is added to it, for `rows` rows, filled to whole tiles of `High` rows, and
/// `panels` registers.
template <class V, bool Across, bool Adds, std::size_t High = tile_rows<V>>
inline void multiply_strided(strided_product<value_type_of<V>> product, std::size_t rows,
                             std::size_t panels) noexcept {
    std::size_t panel = 0;
    const auto advance = [&](std::size_t count) {
        panel += count;
        product.right += count * product.right_panel;
        product.result += count * V::size;
    };
    for (; panel + tile_panels <= panels; advance(tile_panels))
        multiply_tiles<V, High, tile_panels, Across, Adds>(product, rows);
    if (panel < panels)
        multiply_tiles<V, High, 1, Across, Adds>(product, rows);
}
} // namespace internal

} // namespace strata::bedrock::inline STRATA_SETTING
