// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/simd.hpp>
#include <strata/setting.hpp>

#include <cstdint>

namespace strata::bedrock::inline STRATA_SETTING {

/// Four numbers of 8 bits, the first in the lowest: what is multiplied and added in one lane.
using byte_word = std::uint32_t;

namespace internal {
/// sum + the products of four unsigned bytes and four signed ones in each lane, modulo 2^32, by what all
/// processors have.
template <class V>
[[nodiscard, gnu::always_inline]] inline V portable_dot_products(V sum, V bytes, V weights) noexcept {
    using integers = xsimd::batch<std::int32_t, typename V::arch_type>;
    // Shifted to the top and back a byte is widened with its sign, or without one.
    const auto product = [&](int to_top) __attribute__((always_inline)) {
        const integers weight = same_bits<integers>(V(weights << to_top)) >> 24;
        return V(V(bytes << to_top) >> 24) * same_bits<V>(weight);
    };
    return sum + (product(24) + product(16)) + (product(8) + product(0));
}

#if defined(__SSE2__)
// The same by products of 16 bits that are added in pairs. An instruction for pairs of bytes, which SSSE3
// has, cuts sums off at 16 bits: 255 * 127 * 2 is more.
#    define STRATA_PAIRS(REGISTER, NAME, WHOLE)                                                              \
        [[nodiscard, gnu::always_inline]] inline REGISTER multiply_pairs(REGISTER sum, REGISTER bytes,       \
                                                                         REGISTER weights) noexcept {        \
            const REGISTER even = NAME##_and_##WHOLE(bytes, NAME##_set1_epi16(255));                         \
            const REGISTER odd = NAME##_srli_epi16(bytes, 8);                                                \
            const REGISTER even_weights = NAME##_srai_epi16(NAME##_slli_epi16(weights, 8), 8);               \
            const REGISTER odd_weights = NAME##_srai_epi16(weights, 8);                                      \
            return NAME##_add_epi32(sum, NAME##_add_epi32(NAME##_madd_epi16(even, even_weights),             \
                                                          NAME##_madd_epi16(odd, odd_weights)));             \
        }
STRATA_PAIRS(__m128i, _mm, si128)
#    if defined(__AVX2__)
STRATA_PAIRS(__m256i, _mm256, si256)
#    endif
#    if defined(__AVX512BW__)
STRATA_PAIRS(__m512i, _mm512, si512)
#    endif
#    undef STRATA_PAIRS
#endif

// The same by the one instruction that does it.
#if defined(__AVX512VNNI__)
[[nodiscard, gnu::always_inline]] inline __m512i multiply_fours(__m512i sum, __m512i bytes,
                                                                __m512i weights) noexcept {
    return _mm512_dpbusd_epi32(sum, bytes, weights);
}
#endif
#if defined(__AVX512VNNI__) && defined(__AVX512VL__)
[[nodiscard, gnu::always_inline]] inline __m256i multiply_fours(__m256i sum, __m256i bytes,
                                                                __m256i weights) noexcept {
    return _mm256_dpbusd_epi32(sum, bytes, weights);
}
[[nodiscard, gnu::always_inline]] inline __m128i multiply_fours(__m128i sum, __m128i bytes,
                                                                __m128i weights) noexcept {
    return _mm_dpbusd_epi32(sum, bytes, weights);
}
#elif defined(__AVXVNNI__)
[[nodiscard, gnu::always_inline]] inline __m256i multiply_fours(__m256i sum, __m256i bytes,
                                                                __m256i weights) noexcept {
    return _mm256_dpbusd_avx_epi32(sum, bytes, weights);
}
[[nodiscard, gnu::always_inline]] inline __m128i multiply_fours(__m128i sum, __m128i bytes,
                                                                __m128i weights) noexcept {
    return _mm_dpbusd_avx_epi32(sum, bytes, weights);
}
#endif

/// How the dot products of a register's lanes are computed: all ways give the same bits.
enum class dot_way { portable, pairs, instruction };

template <class V>
inline constexpr dot_way best_dot_way = [] {
#if defined(__AVX512VNNI__) && defined(__AVX512VL__)
    return dot_way::instruction;
#elif defined(__AVX512BW__)
    return dot_way::pairs;
#elif defined(__AVXVNNI__)
    return dot_way::instruction;
#elif defined(__AVX2__)
    return sizeof(V) <= 32 ? dot_way::pairs : dot_way::portable;
#elif defined(__SSE2__)
    return sizeof(V) <= 16 ? dot_way::pairs : dot_way::portable;
#else
    return dot_way::portable;
#endif
}();

/// sum + the four products in each lane of unsigned bytes and signed ones, modulo 2^32. The same bits on
/// every processor.
template <class V, dot_way Way = best_dot_way<V>>
[[nodiscard, gnu::always_inline]] inline V add_dot_products(V sum, V bytes, V weights) noexcept {
    if constexpr (Way == dot_way::portable)
        return portable_dot_products(sum, bytes, weights);
    else {
        using data = typename V::register_type;
        const data start = sum, left = bytes, right = weights;
        if constexpr (Way == dot_way::pairs)
            return V(multiply_pairs(start, left, right));
        else
            return V(multiply_fours(start, left, right));
    }
}

} // namespace internal

} // namespace strata::bedrock::inline STRATA_SETTING
