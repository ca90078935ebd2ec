// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/simd.hpp>
#include <strata/random/philox.hpp>
#include <strata/setting.hpp>

#include <array>
#include <cstddef>
#include <cstdint>

namespace strata::bedrock::inline STRATA_SETTING {

namespace internal {
/// Philox's counter where the first of its four words counts elements.
struct element_counter {
    std::uint32_t element;
    std::array<std::uint32_t, 3> rest;
};
inline constexpr std::size_t drawn_elements = 16;

#if defined(__SSE2__)
#    if defined(__AVX2__)
inline constexpr std::size_t wide_lanes = lanes_of<std::uint64_t, drawn_elements>;
#    else
inline constexpr std::size_t wide_lanes = 2;
#    endif
using wide_words = simd<std::uint64_t, wide_lanes>;

/// The products of the lower halves of lanes. xsimd has no name for that instruction, and compilers multiply
/// whole lanes, which takes several.
[[nodiscard, gnu::always_inline]] inline wide_words multiply_halves(wide_words a, wide_words b) noexcept {
    using data = typename wide_words::register_type;
#    if defined(__AVX512F__)
    // g++ 12 warns of the plain one, which leaves a register undefined on purpose (GCC bug 105593).
    return _mm512_maskz_mul_epu32(0xFF, static_cast<data>(a), static_cast<data>(b));
#    elif defined(__AVX2__)
    return _mm256_mul_epu32(static_cast<data>(a), static_cast<data>(b));
#    else
    return _mm_mul_epu32(static_cast<data>(a), static_cast<data>(b));
#    endif
}

/// The words of so many elements from the counter's on, each in the lower half of a lane: [4][registers].
/// What is in the upper halves does not count.
template <std::size_t Registers>
[[gnu::always_inline]] inline void draw_wide_words(const element_counter& counter, std::uint64_t key,
                                                   wide_words (&words)[4][Registers]) noexcept {
    using numbers = philox<1>;
    const wide_words first(std::uint64_t{numbers::multipliers[0]});
    const wide_words second(std::uint64_t{numbers::multipliers[1]});
#    pragma GCC unroll 8
    for (std::size_t i = 0; i < Registers; ++i) {
        words[0][i] =
            lane_numbers<wide_words>() + wide_words(std::uint64_t{counter.element} + i * wide_lanes);
        for (std::size_t w = 1; w < 4; ++w)
            words[w][i] = wide_words(std::uint64_t{counter.rest[w - 1]});
    }
    auto key0 = static_cast<std::uint32_t>(key);
    auto key1 = static_cast<std::uint32_t>(key >> 32);
    for (int round = 0; round < numbers::rounds; ++round) {
#    pragma GCC unroll 8
        for (std::size_t i = 0; i < Registers; ++i) {
            const wide_words product0 = multiply_halves(words[0][i], first);
            const wide_words product1 = multiply_halves(words[2][i], second);
            words[0][i] = (product1 >> 32) ^ words[1][i] ^ wide_words(std::uint64_t{key0});
            words[1][i] = product1;
            words[2][i] = (product0 >> 32) ^ words[3][i] ^ wide_words(std::uint64_t{key1});
            words[3][i] = product0;
        }
        key0 += numbers::key_steps[0];
        key1 += numbers::key_steps[1];
    }
}
#endif

/// Which of the words of 16 elements from the counter's on are at least `least`: bit 16 w + j tells of word w
/// of element j.
[[nodiscard, gnu::noinline]] inline std::uint64_t draw_bits(const element_counter& counter, std::uint64_t key,
                                                            std::uint32_t least) noexcept {
    std::uint64_t result = 0;
#if defined(__SSE2__)
    constexpr std::size_t registers = 2;
    const wide_words low(std::uint64_t{0xFFFFFFFF});
    const wide_words most(std::uint64_t{least} - 1);
    for (std::size_t first = 0; first < drawn_elements; first += registers * wide_lanes) {
        wide_words words[4][registers];
        draw_wide_words({counter.element + static_cast<std::uint32_t>(first), counter.rest}, key, words);
        // The difference from a smaller number is negative.
        wide_words chosen(std::uint64_t{0});
#    pragma GCC unroll 4
        for (std::size_t w = 0; w < 4; ++w)
#    pragma GCC unroll 8
            for (std::size_t i = 0; i < registers; ++i)
                chosen = chosen | ((most - (words[w][i] & low)) >> 63)
                                      << static_cast<int>(drawn_elements * w + wide_lanes * i);
        alignas(alignment) std::uint64_t lanes[wide_lanes];
        chosen.store_aligned(lanes);
        for (std::size_t j = 0; j < wide_lanes; ++j)
            result |= lanes[j] << (first + j);
    }
#else
    philox<drawn_elements>::words words;
    for (std::size_t j = 0; j < drawn_elements; ++j) {
        words[0][j] = counter.element + static_cast<std::uint32_t>(j);
        for (std::size_t w = 1; w < 4; ++w)
            words[w][j] = counter.rest[w - 1];
    }
    words = philox<drawn_elements>::draw(words, key);
    for (std::size_t w = 0; w < 4; ++w)
        for (std::size_t j = 0; j < drawn_elements; ++j)
            result |= std::uint64_t{words[w][j] >= least} << (drawn_elements * w + j);
#endif
    return result;
}
} // namespace internal

} // namespace strata::bedrock::inline STRATA_SETTING
