// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/simd.hpp>
#include <strata/setting.hpp>

#include <cstddef>
#include <cstdint>

namespace strata::bedrock::inline STRATA_SETTING::internal {

/// Whether a register's lanes can each choose one of eight numbers by an instruction. It is AVX2's.
#if defined(__AVX2__) && defined(__FMA__)
inline constexpr bool has_entries = true;
#else
inline constexpr bool has_entries = false;
#endif

/// Eight numbers, twice, as the widest register takes them.
struct eight_entries {
    alignas(64) float numbers[16];

    constexpr eight_entries(float a, float b, float c, float d, float e, float f, float g, float h)
        : numbers{a, b, c, d, e, f, g, h, a, b, c, d, e, f, g, h} {}
};

/// Of each lane of the index the entry that its last three bits count.
template <class V, class Index>
[[nodiscard, gnu::always_inline]] inline V choose_entries([[maybe_unused]] const eight_entries& entries,
                                                          [[maybe_unused]] Index index) noexcept {
    static_assert(has_entries || V::size == 0, "no instruction does this");
#if defined(__AVX2__)
    const float* const numbers = entries.numbers;
    if constexpr (V::size == 8)
        return V(_mm256_permutevar8x32_ps(_mm256_load_ps(numbers), index.data));
    else if constexpr (V::size == 4)
        return V(_mm256_castps256_ps128(
            _mm256_permutevar8x32_ps(_mm256_load_ps(numbers), _mm256_castsi128_si256(index.data))));
#    if defined(__AVX512F__)
    else // with a mask of all lanes: without one g++ 12 warns of the intrinsic itself
        return V(_mm512_maskz_permutexvar_ps(0xffff, index.data, _mm512_load_ps(numbers)));
#    endif
#endif
}

/// tanh by eight polynomials of degree 7, without a division: a network that answers one sample after another
/// waits 30 cycles for it on a Zen 4, and 45 for a quotient of polynomials. The largest error over all floats
/// is 1.5 units in the last place.
///
/// The pieces of |x| end where |x| + 3/4 is 1, 3/2, 2, 3, 4, 6 or 8, so that the bits behind a float's first
/// count them: narrow where tanh bends, wide where it is almost 1. Each is a polynomial of t = |x| - center,
/// whose constant is the value at the center. Centers were chosen among those whose value is a float but for
/// a thousandth of a unit; the coefficients are minimax ones (Remez), rounded one after the other. In the
/// first piece the center is 0 and the polynomial is t - t^3 / 3 ..., so that small results are exact, too.
struct tangent_pieces {
    // Of each the first number is that of the piece [5/4, 9/4), whose count ends in three bits 0.
    static constexpr eight_entries center{1.75327766f, 2.73820353f, 4.22109652f,  6.23443127f,
                                          8.13800716f, 0.0f,        0.501504421f, 0.998934209f};
    static constexpr eight_entries coefficients[8]{
        {0.941747427f, 0.991666198f, 0.999568939f, 0.999992311f, 0.999999821f, 0.0f, 0.463299483f,
         0.761146188f},
        {0.113111846f, 0.0165981539f, 0.000861938985f, 1.53777182e-05f, 3.41567812e-07f, 1.0f, 0.785353601f,
         0.420656472f},
        {-0.106520317f, -0.0164598264f, -0.000862059882f, -1.53875844e-05f, -1.73238391e-07f, 0.0f,
         -0.363853633f, -0.32018137f},
        {0.0626105815f, 0.0107898535f, 0.000573867117f, 1.02550575e-05f, 2.13568839e-07f, -0.33333239f,
         -0.0932143107f, 0.103486888f},
        {-0.0235173535f, -0.0052134092f, -0.00028344171f, -5.06717424e-06f, -6.40283076e-07f, 0.0f,
         0.164438471f, 0.0279884823f},
        {0.0037693237f, 0.00194330828f, 0.000113976515f, 2.03658487e-06f, 1.35211707e-07f, 0.133241817f,
         -0.0275232494f, -0.0464711376f},
        {0.0023432672f, -0.000554116967f, -4.29479915e-05f, -7.82500649e-07f, 3.98948629e-07f, 0.0f,
         -0.0491739698f, 0.0180839021f},
        {-0.0020590662f, 0.000100696234f, 1.13724454e-05f, 2.16405979e-07f, -1.01084829e-07f, -0.0514239557f,
         0.026159348f, 0.00312977657f},
    };

    template <class V>
    [[nodiscard, gnu::always_inline]] static V value(V x) noexcept {
        const V magnitude = cap(xsimd::abs(x), V(9.1f)); // beyond 9.02 it is 1
        const auto piece =
            same_bits<xsimd::batch<std::int32_t, typename V::arch_type>>(magnitude + V(0.75f)) >> 22;
        const auto c = [&](std::size_t power) __attribute__((always_inline)) {
            return choose_entries<V>(coefficients[power], piece);
        };
        const V t = magnitude - choose_entries<V>(center, piece);
        // The largest coefficient comes last, so that what was rounded before is small beside the result.
        const V t2 = t * t;
        const V low = xsimd::fma(xsimd::fma(c(3), t, c(2)), t2, c(1) * t);
        const V high = xsimd::fma(xsimd::fma(c(7), t, c(6)), t2, xsimd::fma(c(5), t, c(4)));
        return xsimd::copysign(xsimd::fma(high, t2 * t2, low) + c(0), x);
    }
};

} // namespace strata::bedrock::inline STRATA_SETTING::internal
