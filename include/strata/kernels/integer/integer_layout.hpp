// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/alignment.hpp>
#include <strata/kernels/integer/dot_products.hpp>
#include <strata/setting.hpp>

#include <cstddef>
#include <cstdint>

namespace strata::bedrock::inline STRATA_SETTING {

/// How K numbers of a row of 8 bits rest in words: the row is cut into four quarters, of which word j has the
/// numbers j. So neighbouring words are made of neighbouring numbers, by shifts alone.
template <std::size_t K>
struct integer_row {
    static constexpr std::size_t words = (K + 3) / 4;
    /// With what fills a register behind them.
    static constexpr std::size_t size = round_up(words, line_size<byte_word>);
    /// Numbers that a quarter has: the last ones may be shorter.
    [[nodiscard]] static constexpr std::size_t length(std::size_t quarter) noexcept {
        const std::size_t begin = quarter * words;
        return begin >= K ? 0 : K - begin < words ? K - begin : words;
    }
};

/// How the weights of a K x N product of 8 bits rest in memory, as `weight_layout` has those of float: panels
/// [N / lanes][words][lanes], a lane holding the weights of a word's four inputs to one output. With one
/// output there are no panels but one row of words, as the inputs have it.
template <std::size_t K, std::size_t N>
struct integer_layout {
    using row = integer_row<K>;
    static constexpr bool is_dot = N == 1;
    static constexpr std::size_t lanes = lanes_of < float, is_dot ? row::words : N > ;
    using vector = simd<byte_word, lanes>;
    using floats = simd<float, lanes>;

    static constexpr std::size_t panels = is_dot ? 1 : (N + lanes - 1) / lanes;
    /// Columns in the last panel that are not filling.
    static constexpr std::size_t last = is_dot ? 1 : (N - 1) % lanes + 1;
    /// Words of the weights, and numbers that stand for the outputs.
    static constexpr std::size_t kernel_size = is_dot ? row::size : panels * row::words * lanes;
    static constexpr std::size_t output_size = panels * lanes;

    static void write(byte_word* kernel, std::size_t k, std::size_t n, std::int8_t weight) noexcept {
        byte_word& word = kernel[index(k, n)];
        word = (word & ~(byte_word{255} << shift(k))) | byte_word{static_cast<std::uint8_t>(weight)}
                                                            << shift(k);
    }
    [[nodiscard]] static std::int8_t read(const byte_word* kernel, std::size_t k, std::size_t n) noexcept {
        return static_cast<std::int8_t>(static_cast<std::uint8_t>(kernel[index(k, n)] >> shift(k)));
    }

private:
    static constexpr std::size_t index(std::size_t k, std::size_t n) noexcept {
        const std::size_t word = k % row::words;
        return is_dot ? word : (n / lanes * row::words + word) * lanes + n % lanes;
    }
    static constexpr unsigned shift(std::size_t k) noexcept {
        return static_cast<unsigned>(8 * (k / row::words));
    }
};

} // namespace strata::bedrock::inline STRATA_SETTING
