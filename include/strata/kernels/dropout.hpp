// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/philox.hpp>
#include <strata/plan/tail.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace strata {

/// What dropout depends on besides the element: the seed, the number of the update, and which dropout it is.
struct dropout_key {
    std::uint64_t seed = 0;
    std::uint32_t step = 0;
    std::uint32_t layer = 0;
};

namespace detail {
constexpr std::uint32_t dropout_threshold(double rate) { return static_cast<std::uint32_t>(rate * 0x1p32); }

// A function of its own and of one register's width: inlined, or wider, compilers make scalar code of it.
template <std::size_t Width>
[[gnu::noinline]] typename philox<Width>::words draw_register(const dropout_key& key, std::uint32_t dropout,
                                                              std::size_t element,
                                                              std::size_t sample_group) noexcept {
    typename philox<Width>::words counter;
    for (std::size_t j = 0; j < Width; ++j) {
        counter[0][j] = static_cast<std::uint32_t>(element + j);
        counter[1][j] = static_cast<std::uint32_t>(sample_group);
        counter[2][j] = key.step;
        counter[3][j] = static_cast<std::uint32_t>(stream::dropout) + ((key.layer * 8 + dropout) << 4);
    }
    return philox<Width>::draw(counter, key.seed);
}

template <std::size_t Width>
typename philox<Width>::words draw_choices(const dropout_key& key, std::uint32_t dropout, std::size_t element,
                                           std::size_t sample_group) noexcept {
    constexpr std::size_t part = 16;
    if constexpr (Width <= part || Width % part != 0)
        return draw_register<Width>(key, dropout, element, sample_group);
    else {
        typename philox<Width>::words result;
        for (std::size_t j = 0; j < Width; j += part) {
            const auto drawn = draw_register<part>(key, dropout, element + j, sample_group);
            for (std::size_t word = 0; word < 4; ++word)
                std::copy(drawn[word].begin(), drawn[word].end(),
                          result[word].begin() + static_cast<std::ptrdiff_t>(j));
        }
        return result;
    }
}
} // namespace detail

/// The factors, 0 or 1 / (1 - rate), for a tile of `Tall` rows and `Wide` columns. A sample is
/// `RowsPerSample` rows of `width` columns; the choice for an element depends on the sample and on its place
/// in the sample, so a tile of any shape finds the same ones. Rows of the tile are `step` apart, where a
/// sample has several. One draw serves the same element of four samples.
template <std::size_t Tall, std::size_t Wide, std::size_t RowsPerSample, class T>
void draw_dropout(T (&factors)[Tall][Wide], const dropout_key& key, std::uint32_t dropout, double rate,
                  std::size_t row, std::size_t column, std::size_t width, std::size_t step = 1) noexcept {
    const std::uint32_t threshold = detail::dropout_threshold(rate);
    const T scale = static_cast<T>(1 / (1 - rate));
    // The same element of several samples.
    const auto draw_samples = [&](std::size_t first, std::size_t element) {
        for (std::size_t group = first / 4; group * 4 < first + Tall; ++group) {
            const auto words = detail::draw_choices<Wide>(key, dropout, element, group);
            for (std::size_t w = 0; w < 4; ++w) {
                const std::size_t sample = group * 4 + w;
                if (sample < first || sample >= first + Tall)
                    continue;
                for (std::size_t j = 0; j < Wide; ++j)
                    factors[sample - first][j] = words[w][j] < threshold ? T(0) : scale;
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
            const auto words = detail::draw_choices<Wide>(key, dropout, element, sample / 4);
            for (std::size_t j = 0; j < Wide; ++j)
                factors[i][j] = words[sample % 4][j] < threshold ? T(0) : scale;
        }
}

} // namespace strata
