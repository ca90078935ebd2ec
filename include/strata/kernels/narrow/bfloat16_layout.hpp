// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/alignment.hpp>
#include <strata/kernels/narrow/bfloat16_products.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <cstddef>

namespace strata::bedrock::inline STRATA_SETTING {

/// How a row of K numbers becomes pairs, on every machine the same: of each 32 number j and number 16 + j are
/// pair j, so that registers of any width make pairs without moving a lane. What remains of fewer than 32 is
/// cut in two in the same way. A row of inputs is filled with zeros to whole lines of 16 pairs.
template <std::size_t K>
struct bfloat16_row {
    static constexpr std::size_t line = 16;
    static constexpr std::size_t pairs = (K + 1) / 2;
    /// Pairs from one row of inputs to the next.
    static constexpr std::size_t stride = round_up(pairs, line);

    /// Where number k is: in which pair, and whether as its first.
    struct place {
        std::size_t pair;
        bool first;
    };
    [[nodiscard]] static constexpr place of_number(std::size_t k) noexcept {
        const std::size_t begin = k / (2 * line) * (2 * line);
        const std::size_t half = (std::min(K - begin, 2 * line) + 1) / 2, j = k - begin;
        return j < half ? place{begin / 2 + j, true} : place{begin / 2 + j - half, false};
    }

    /// x [rows][K] -> pairs [rows][stride], as `narrow_factor` says.
    static void narrow(const float* x, std::size_t rows, bfloat16_pair* result) noexcept {
        using V = simd<float, lanes_of<float, line>>;
        using words = internal::words_of<V>;
        const auto narrow_line = [](const float* first, const float* second, bfloat16_pair* there) {
            for (std::size_t j = 0; j < line; j += V::size) {
                const words upper = internal::narrow_factors(V::load_unaligned(first + j));
                const words lower = internal::narrow_factors(V::load_unaligned(second + j));
                words(upper | (lower >> 16)).store_aligned(there + j);
            }
        };
        constexpr std::size_t whole = K / (2 * line), rest = K % (2 * line), half = (rest + 1) / 2;
        for (std::size_t i = 0; i < rows; ++i, x += K, result += stride) {
            for (std::size_t l = 0; l < whole; ++l)
                narrow_line(x + 2 * line * l, x + 2 * line * l + line, result + line * l);
            if constexpr (rest > 0) {
                alignas(alignment) float last[2][line]{};
                std::copy_n(x + 2 * line * whole, half, last[0]);
                std::copy_n(x + 2 * line * whole + half, rest - half, last[1]);
                narrow_line(last[0], last[1], result + line * whole);
            }
        }
    }
};

/// How the weights of a K x N product rest as pairs: panels [N / lanes][pairs of inputs][lanes], and of one
/// output a row of inputs.
template <std::size_t K, std::size_t N>
struct bfloat16_layout {
    using row = bfloat16_row<K>;
    static constexpr bool is_dot = N == 1;
    static constexpr std::size_t lanes = is_dot ? lanes_of<float, row::line> : lanes_of<float, N>;
    using vector = simd<float, lanes>;
    static constexpr std::size_t panels = is_dot ? 1 : (N + lanes - 1) / lanes;
    /// Columns in the last panel that are not filling.
    static constexpr std::size_t last = is_dot ? 1 : (N - 1) % lanes + 1;
    static constexpr std::size_t kernel_size = is_dot ? row::stride : panels * row::pairs * lanes;
    static constexpr std::size_t bias_size = is_dot ? 1 : panels * lanes;

    /// Where the pair of the weight from input k to output n is.
    [[nodiscard]] static constexpr std::size_t index(std::size_t k, std::size_t n) noexcept {
        const std::size_t pair = row::of_number(k).pair;
        return is_dot ? pair : (n / lanes * row::pairs + pair) * lanes + n % lanes;
    }
    static void write(bfloat16_pair* pairs, std::size_t k, std::size_t n, std::uint16_t weight) noexcept {
        const unsigned shift = row::of_number(k).first ? 16 : 0;
        bfloat16_pair& pair = pairs[index(k, n)];
        pair = (pair & ~(0xffffu << shift)) | std::uint32_t{weight} << shift;
    }
    [[nodiscard]] static std::uint16_t read(const bfloat16_pair* pairs, std::size_t k,
                                            std::size_t n) noexcept {
        return static_cast<std::uint16_t>(pairs[index(k, n)] >> (row::of_number(k).first ? 16 : 0));
    }
};

} // namespace strata::bedrock::inline STRATA_SETTING
