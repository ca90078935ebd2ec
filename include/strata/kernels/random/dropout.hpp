// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/plan/tail.hpp>
#include <strata/random/philox.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <type_traits>

namespace strata::bedrock::inline STRATA_SETTING {

/// What dropout depends on besides the element: the seed, the number of the update, and which dropout it is.
struct dropout_key {
    std::uint64_t seed = 0;
    std::uint32_t step = 0;
    std::uint32_t layer = 0;
};

namespace internal {
constexpr std::uint32_t dropout_threshold(double rate) { return static_cast<std::uint32_t>(rate * 0x1p32); }

/// What decides the factors of one dropout.
template <class T>
struct dropout_choice {
    dropout_key key;
    std::uint32_t dropout;
    std::uint32_t threshold;
    T scale;

    dropout_choice(const dropout_key& stream_key, std::uint32_t number, double rate) noexcept
        : key(stream_key),
          dropout(number),
          threshold(dropout_threshold(rate)),
          scale(static_cast<T>(1 / (1 - rate))) {}
};
/// The factors that one draw gives: [samples][elements].
template <class T, std::size_t Width>
using dropout_factors = std::array<std::array<T, Width>, 4>;

// Draws the factors of `Width` elements of four samples. It is a function of its own, and no wider than a
// register, because compilers make scalar code of it otherwise.
template <std::size_t Width, class T>
[[gnu::noinline]] dropout_factors<T, Width>
draw_register(const dropout_choice<T>& choice, std::size_t element, std::size_t sample_group) noexcept {
    typename philox<Width>::words counter;
    for (std::size_t j = 0; j < Width; ++j) {
        counter[0][j] = static_cast<std::uint32_t>(element + j);
        counter[1][j] = static_cast<std::uint32_t>(sample_group);
        counter[2][j] = choice.key.step;
        counter[3][j] = static_cast<std::uint32_t>(draw_purpose::dropout) +
                        ((choice.key.layer * 8 + choice.dropout) << 4);
    }
    const auto words = philox<Width>::draw(counter, choice.key.seed);
    // The factors are chosen as whole numbers, by their bits, which needs no branch.
    using bits = std::conditional_t<sizeof(T) == 4, std::uint32_t, std::uint64_t>;
    const std::uint32_t threshold = choice.threshold;
    const auto scale = std::bit_cast<bits>(choice.scale);
    std::array<std::array<bits, Width>, 4> factors;
    for (std::size_t w = 0; w < 4; ++w)
        for (std::size_t j = 0; j < Width; ++j)
            factors[w][j] = scale & (bits{0} - static_cast<bits>(words[w][j] >= threshold));
    return std::bit_cast<dropout_factors<T, Width>>(factors);
}

template <std::size_t Width, class T>
dropout_factors<T, Width> draw_factors(const dropout_choice<T>& choice, std::size_t element,
                                       std::size_t sample_group) noexcept {
    constexpr std::size_t piece = 16;
    if constexpr (Width <= piece || Width % piece != 0)
        return draw_register<Width>(choice, element, sample_group);
    else {
        dropout_factors<T, Width> result;
        for (std::size_t j = 0; j < Width; j += piece) {
            const auto drawn = draw_register<piece>(choice, element + j, sample_group);
            for (std::size_t w = 0; w < 4; ++w)
                std::copy(drawn[w].begin(), drawn[w].end(),
                          result[w].begin() + static_cast<std::ptrdiff_t>(j));
        }
        return result;
    }
}
} // namespace internal

/// The factors, 0 or 1 / (1 - rate), for a tile of `Tall` rows and `Wide` columns. A sample is
/// `RowsPerSample` rows of `width` columns; the choice for an element depends on the sample and on its place
/// in the sample, so a tile of any shape finds the same ones. Rows of the tile are `step` apart, where a
/// sample has several. One draw serves the same element of four samples.
template <std::size_t Tall, std::size_t Wide, std::size_t RowsPerSample, class T>
[[gnu::noinline]] void draw_dropout(T (&factors)[Tall][Wide], const dropout_key& key, std::uint32_t dropout,
                                    double rate, std::size_t row, std::size_t column, std::size_t width,
                                    std::size_t step = 1) noexcept {
    const internal::dropout_choice<T> choice(key, dropout, rate);
    // The same element of several samples.
    const auto draw_samples = [&](std::size_t first, std::size_t element) {
        for (std::size_t group = first / 4; group * 4 < first + Tall; ++group) {
            const auto drawn = internal::draw_factors<Wide>(choice, element, group);
            for (std::size_t w = 0; w < 4; ++w) {
                const std::size_t sample = group * 4 + w;
                if (sample >= first && sample < first + Tall)
                    std::copy(drawn[w].begin(), drawn[w].end(), factors[sample - first]);
            }
        }
    };
    if constexpr (RowsPerSample == 1)
        draw_samples(row, column);
    else if (step == RowsPerSample)
        draw_samples(row / RowsPerSample, row % RowsPerSample * width + column);
    else
        for (std::size_t i = 0; i < Tall; ++i) {
            const std::size_t sample = (row + i * step) / RowsPerSample;
            const std::size_t element = (row + i * step) % RowsPerSample * width + column;
            const auto drawn = internal::draw_factors<Wide>(choice, element, sample / 4);
            std::copy(drawn[sample % 4].begin(), drawn[sample % 4].end(), factors[i]);
        }
}

} // namespace strata::bedrock::inline STRATA_SETTING
