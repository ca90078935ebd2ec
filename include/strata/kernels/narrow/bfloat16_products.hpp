// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/narrow/bfloat16.hpp>
#include <strata/kernels/simd.hpp>
#include <strata/setting.hpp>

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>

namespace strata::bedrock::inline STRATA_SETTING {

/// Two factors of bfloat16 that are multiplied one after the other, the first in the upper half.
using bfloat16_pair = std::uint32_t;

/// What may be a factor of a product of narrow numbers: after rounding to bfloat16 a magnitude below `least`
/// counts as 0, and one from `most` on as infinite. Then a product is exact in float, and a multiple of
/// 2^-126 as all sums of such products are: none of them is too small for a normal number. So an instruction
/// that flushes small ones to zero, a multiply-add and a product with a sum behind it give the same bits.
struct narrow_factor {
    static constexpr float least = 0x1p-56f;
    static constexpr float most = 0x1p64f;
    /// What a sum may begin with: a multiple of 2^-126 again. Smaller ones count as 0.
    static constexpr float least_start = 0x1p-103f;

    [[nodiscard]] static bfloat16 of_number(float number) noexcept {
        const bfloat16 narrow(number);
        const float rounded = static_cast<float>(narrow), size = std::abs(rounded);
        if (size < least)
            return bfloat16(0.0f);
        return size >= most ? bfloat16(std::copysign(std::numeric_limits<float>::infinity(), rounded))
                            : narrow;
    }
    [[nodiscard]] static float start_of(float number) noexcept {
        return std::abs(number) < least_start ? 0.0f : number;
    }
};

namespace internal {
template <class V>
using words_of = xsimd::batch<std::uint32_t, typename V::arch_type>;

/// The factors of a register, as `narrow_factor` says: the bits of floats whose lower halves are zero.
template <class V>
[[nodiscard, gnu::always_inline]] inline words_of<V> narrow_factors(V numbers) noexcept {
    using words = words_of<V>;
    const words bits = same_bits<words>(numbers);
    const words nearest = (bits + words(0x7fffu) + ((bits >> 16) & words(1u))) & words(0xffff0000u);
    const V rounded = same_bits<V>(nearest), size = xsimd::abs(rounded);
    const V infinity = same_bits<V>((nearest & words(0x80000000u)) | words(0x7f800000u));
    const V not_a_number = same_bits<V>(words(0x7fc00000u));
    V factor = xsimd::select(size < V(narrow_factor::least), V(0.0f), rounded);
    factor = xsimd::select(size < V(narrow_factor::most), factor, infinity);
    return same_bits<words>(xsimd::select(numbers == numbers, factor, not_a_number));
}

/// sum + x.first * w.first, rounded, + x.second * w.second, rounded: with plain instructions.
template <class V>
[[nodiscard, gnu::always_inline]] inline V add_both_products(V sum, words_of<V> x, words_of<V> w) noexcept {
    using words = words_of<V>;
    const auto first = [](words pairs) { return same_bits<V>(words(pairs & words(0xffff0000u))); };
    const auto second = [](words pairs) { return same_bits<V>(words(pairs << 16)); };
    return xsimd::fma(second(x), second(w), xsimd::fma(first(x), first(w), sum));
}

/// The same by the instruction for it where there is one, which is in the manuals of its makers two
/// multiply-adds one after the other, the upper half's first, that round to the nearest even number and know
/// no numbers smaller than the normal ones.
template <class V>
[[nodiscard, gnu::always_inline]] inline V add_products(V sum, words_of<V> x, words_of<V> w) noexcept {
#if defined(__AVX512BF16__) && defined(__AVX512VL__)
    using data = typename words_of<V>::register_type;
    const data left = x, right = w;
    if constexpr (sizeof(V) == 64)
        return V(_mm512_dpbf16_ps(sum, std::bit_cast<__m512bh>(left), std::bit_cast<__m512bh>(right)));
    else if constexpr (sizeof(V) == 32)
        return V(_mm256_dpbf16_ps(sum, std::bit_cast<__m256bh>(left), std::bit_cast<__m256bh>(right)));
    else
        return V(_mm_dpbf16_ps(sum, std::bit_cast<__m128bh>(left), std::bit_cast<__m128bh>(right)));
#else
    return add_both_products(sum, x, w);
#endif
}
} // namespace internal

} // namespace strata::bedrock::inline STRATA_SETTING
