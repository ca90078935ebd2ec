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
inline constexpr std::size_t drawn_elements = 32;

#if defined(__SSE2__)
#    if defined(__AVX2__)
inline constexpr std::size_t wide_lanes = lanes_of<std::uint64_t, 8>;
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

/// The words of as many elements as so many registers have lanes, from the counter's on, each in the lower
/// half of a lane: [4][registers], where the elements of two neighbours take turns. What is in the upper
/// halves does not count.
template <std::size_t Registers>
[[gnu::always_inline]] inline void draw_wide_words(const element_counter& counter, std::uint64_t key,
                                                   wide_words (&words)[4][Registers]) noexcept {
    using numbers = philox<1>;
    const wide_words first(std::uint64_t{numbers::multipliers[0]});
    const wide_words second(std::uint64_t{numbers::multipliers[1]});
    const wide_words numbers_of_lanes = lane_numbers<wide_words>();
#    pragma GCC unroll 4
    for (std::size_t i = 0; i < Registers; ++i) {
        words[0][i] = numbers_of_lanes + numbers_of_lanes +
                      wide_words(std::uint64_t{counter.element} + i / 2 * 2 * wide_lanes + i % 2);
        for (std::size_t w = 1; w < 4; ++w)
            words[w][i] = wide_words(std::uint64_t{counter.rest[w - 1]});
    }
    auto key0 = static_cast<std::uint32_t>(key);
    auto key1 = static_cast<std::uint32_t>(key >> 32);
    for (int round = 0; round < numbers::rounds; ++round) {
#    pragma GCC unroll 4
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

/// Which of the lower halves of both registers' lanes are at least `least`, a bit for each in turn.
[[nodiscard, gnu::always_inline]] inline std::uint32_t compare_halves(wide_words even, wide_words odd,
                                                                      std::uint32_t least) noexcept {
    using data = typename wide_words::register_type;
    const auto words = static_cast<data>((even & wide_words(std::uint64_t{0xFFFFFFFF})) | (odd << 32));
#    if defined(__AVX512F__)
    return _mm512_cmp_epu32_mask(words, _mm512_set1_epi32(static_cast<int>(least)), _MM_CMPINT_NLT);
#    else
    // There are comparisons of numbers with signs alone.
    constexpr std::uint32_t sign = 0x80000000;
    const auto limit = static_cast<int>(least ^ sign);
    const auto shift = static_cast<int>(sign);
#        if defined(__AVX2__)
    const __m256i smaller =
        _mm256_cmpgt_epi32(_mm256_set1_epi32(limit), _mm256_xor_si256(words, _mm256_set1_epi32(shift)));
    return static_cast<std::uint32_t>(~_mm256_movemask_ps(_mm256_castsi256_ps(smaller)) & 0xFF);
#        else
    const __m128i smaller =
        _mm_cmpgt_epi32(_mm_set1_epi32(limit), _mm_xor_si128(words, _mm_set1_epi32(shift)));
    return static_cast<std::uint32_t>(~_mm_movemask_ps(_mm_castsi128_ps(smaller)) & 0xF);
#        endif
#    endif
}

/// What `draw_bits` tells of as many elements as so many registers have lanes, from element `first` on.
template <std::size_t Registers>
[[gnu::always_inline]] inline void draw_lane_bits(const element_counter& counter, std::uint64_t key,
                                                  std::uint32_t least, std::size_t first,
                                                  std::array<std::uint32_t, 4>& bits) noexcept {
    wide_words words[4][Registers];
    draw_wide_words({counter.element + static_cast<std::uint32_t>(first), counter.rest}, key, words);
#    pragma GCC unroll 4
    for (std::size_t w = 0; w < 4; ++w)
#    pragma GCC unroll 2
        for (std::size_t i = 0; i < Registers; i += 2)
            bits[w] |= compare_halves(words[w][i], words[w][i + 1], least) << (first + i * wide_lanes);
}
#endif

/// Of the words of so many elements from the counter's on, 32 at most: which are at least `least`. Bit j of
/// number w tells of word w of element j; bits of elements behind the last do not count.
[[nodiscard, gnu::noinline]] inline std::array<std::uint32_t, 4> draw_bits(const element_counter& counter,
                                                                           std::uint64_t key,
                                                                           std::uint32_t least,
                                                                           std::size_t count) noexcept {
    std::array<std::uint32_t, 4> result{};
#if defined(__SSE2__)
    // A round of Philox waits for the one before. Two pairs of registers go side by side where there are as
    // many.
    if (wide_lanes == 8 && count > 2 * wide_lanes)
        draw_lane_bits<4>(counter, key, least, 0, result);
    else
        for (std::size_t first = 0; first < count; first += 2 * wide_lanes)
            draw_lane_bits<2>(counter, key, least, first, result);
#else
    philox<drawn_elements>::words words;
    for (std::size_t j = 0; j < drawn_elements; ++j) {
        words[0][j] = counter.element + static_cast<std::uint32_t>(j);
        for (std::size_t w = 1; w < 4; ++w)
            words[w][j] = counter.rest[w - 1];
    }
    words = philox<drawn_elements>::draw(words, key);
    for (std::size_t w = 0; w < 4; ++w)
        for (std::size_t j = 0; j < count; ++j)
            result[w] |= std::uint32_t{words[w][j] >= least} << j;
#endif
    return result;
}
} // namespace internal

} // namespace strata::bedrock::inline STRATA_SETTING
