// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/formula/exponential.hpp>
#include <strata/kernels/simd.hpp>
#include <strata/setting.hpp>

#include <type_traits>

namespace strata::bedrock::inline STRATA_SETTING {

namespace internal {
/// a b + c, rounded once, where the processor has that for registers of floats: xsimd::fma need not be it.
template <class V>
inline constexpr bool has_fused_product = false;
#if defined(__AVX512F__)
template <class Architecture>
    requires std::is_same_v<typename xsimd::batch<float, Architecture>::register_type, __m512>
inline constexpr bool has_fused_product<xsimd::batch<float, Architecture>> = true;
[[nodiscard, gnu::always_inline]] inline __m512 fused_product(__m512 a, __m512 b, __m512 c) noexcept {
    return _mm512_fmadd_ps(a, b, c);
}
#endif
#if defined(__AVX__) && defined(__FMA__)
template <class Architecture>
    requires std::is_same_v<typename xsimd::batch<float, Architecture>::register_type, __m256>
inline constexpr bool has_fused_product<xsimd::batch<float, Architecture>> = true;
[[nodiscard, gnu::always_inline]] inline __m256 fused_product(__m256 a, __m256 b, __m256 c) noexcept {
    return _mm256_fmadd_ps(a, b, c);
}
#endif

/// e^x as 2^n (1 + fraction), where x = n log 2 + r. A recurrent layer waits for one gate before it can begin
/// with the next, so the terms of the polynomial, which is that of `reduced_exponent`, are added in pairs: as
/// many operations as one after the other, in half the time.
template <class V>
struct gate_exponential {
    V scale; ///< 2^n
    V fraction;

    /// The first term, which is added last, may be given more exactly than r.
    [[gnu::always_inline]] gate_exponential(V n, V r, V first) noexcept
        : scale(power_of_two<V>(xsimd::to_int(n))) {
        const V square = r * r;
        const V low = xsimd::fma(V(1.66665182e-1f), r, V(0.5f));
        const V high = xsimd::fma(V(8.36888980e-3f), r, V(4.16662060e-2f));
        fraction = xsimd::fma(square * square, xsimd::fma(V(1.39504892e-3f), square, high),
                              xsimd::fma(square, low, first));
    }

    /// Of -x.
    [[nodiscard, gnu::always_inline]] static gate_exponential negative(V x) noexcept {
        const V n = xsimd::nearbyint(x * V(-1.44269504f));
        if constexpr (has_fused_product<V>) {
            const V r = fused_product(n, V(-0.693147182f), -x);
            return {n, r, xsimd::fma(n, V(1.90465421e-9f), r)};
        } else {
            V r = xsimd::fma(n, V(-0.693359375f), -x); // exact: these are the first bits of log 2
            r = xsimd::fma(n, V(2.12194440e-4f), r);
            return {n, r, r};
        }
    }
};
} // namespace internal

/// 1 / (1 + e^-x) for registers of floats, exact to 2.6 units in the last place where |x| < 87; 0 or 1
/// beyond.
template <class V>
[[nodiscard, gnu::always_inline]] inline V gate_logistic(V x) noexcept {
    const auto e = internal::gate_exponential<V>::negative(x);
    const V sum = xsimd::fma(e.fraction, e.scale, V(1.0f) + e.scale);
    // Bounds at the end, by a choice that the division itself makes, cost no time on the way from x.
    const V bound = xsimd::select(x < V(0.0f), V(0.0f), V(1.0f));
    return xsimd::select(xsimd::abs(x) > V(87.0f), bound, V(1.0f) / sum);
}

} // namespace strata::bedrock::inline STRATA_SETTING
