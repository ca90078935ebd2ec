// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/product/contract.hpp>
#include <strata/kernels/rows_view.hpp>
#include <strata/layers/dot_attention.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <cstddef>

namespace strata::bedrock::inline STRATA_SETTING {

/// How the kernels of an attention fill its rows to whole registers and tiles.
template <attention_shape Sizes, class T>
struct attention_layout {
    using V = simd<T, lanes_of<T, 16>>;
    static constexpr std::size_t lanes = V::size;
    static constexpr std::size_t high = tile_rows<V>;
    static constexpr std::size_t block = std::min(round_up(Sizes.queries, high), 8 * high);
    /// Keys as columns and as rows, and what a head's rows have.
    static constexpr std::size_t columns = round_up(Sizes.keys, lanes);
    static constexpr std::size_t rows = round_up(Sizes.keys, high);
    static constexpr std::size_t pitch = round_up(std::max(rows, columns), line_size<T>);
    static constexpr std::size_t key_width = round_up(Sizes.key_width, lanes);
    static constexpr std::size_t value_width = round_up(Sizes.value_width, lanes);
    static constexpr std::size_t width = std::max(key_width, value_width);
    static constexpr T scale = [] {
        // The root by Newton's method, which a constant needs.
        double root = static_cast<double>(Sizes.key_width);
        for (int i = 0; i < 60; ++i)
            root = (root + static_cast<double>(Sizes.key_width) / root) / 2;
        return static_cast<T>(1 / root);
    }();
};

namespace internal {
/// Copies `count` rows of `Width` numbers, times `scale`, to rows of `Stored`, and zeros to fill `stored`
/// rows.
template <std::size_t Width, std::size_t Stored, class T>
void gather_rows(rows_view<const T> x, std::size_t first, std::size_t column, std::size_t count,
                 std::size_t stored, T scale, T* copy) noexcept {
    for (std::size_t row = 0; row < stored; ++row, copy += Stored) {
        std::size_t place = 0;
        if (row < count) {
            const T* const numbers = x.row(first + row) + column;
            for (; place < Width; ++place)
                copy[place] = numbers[place] * scale;
        }
        std::fill(copy + place, copy + Stored, T(0));
    }
}
} // namespace internal

} // namespace strata::bedrock::inline STRATA_SETTING
