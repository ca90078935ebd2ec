// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/simd.hpp>
#include <strata/setting.hpp>

#include <bit>
#include <cmath>
#include <cstdint>
#include <type_traits>

namespace strata::bedrock::inline STRATA_SETTING {

namespace internal {
/// Whether V is a register of floats. For those there are functions of our own, which are exact to 2 units in
/// the last place for all floats. Those of xsimd 8 return 0 or infinity for some results that are floats.
template <class V>
inline constexpr bool is_float_register = !std::is_arithmetic_v<V> && std::is_same_v<value_type_of<V>, float>;

/// x = n log 2 + r with |r| <= log(2) / 2 (Cody and Waite, "Software manual for the elementary functions",
/// 1980).
template <class V>
struct reduced_exponent {
    xsimd::batch<std::int32_t, typename V::arch_type> n;
    V rounded; ///< n
    V r;

    explicit reduced_exponent(V x) noexcept {
        rounded = xsimd::nearbyint(x * V(1.44269504f));
        n = xsimd::to_int(rounded);
        // With constants of the other sign: xsimd 8 subtracts from 0 first where a product is subtracted.
        r = xsimd::fma(rounded, V(-0.693359375f), x); // exact: these are the first bits of log 2
        r = xsimd::fma(rounded, V(2.12194440e-4f), r);
    }

    /// e^r - 1, by a polynomial whose largest error is 3e-9.
    [[nodiscard]] V expm1() const noexcept {
        V q = xsimd::fma(V(1.39504892e-3f), r, V(8.36888980e-3f));
        q = xsimd::fma(q, r, V(4.16662060e-2f));
        q = xsimd::fma(q, r, V(1.66665182e-1f));
        q = xsimd::fma(q, r, V(0.5f));
        return xsimd::fma(r * r, q, r);
    }
};

/// 2^n for n in [-126, 127].
template <class V, class Integers>
[[nodiscard]] inline V power_of_two(Integers n) noexcept {
    return same_bits<V>((n + Integers(127)) << 23);
}

/// value 2^n for a whole n, rounded once, also where 2^n is no float and value 2^n is one: by an instruction,
/// or by steps(value), which multiplies twice so that only the second product is rounded.
template <class V, class Steps>
[[nodiscard]] inline V scale_by_power(V value, [[maybe_unused]] V n, [[maybe_unused]] Steps steps) noexcept {
#if defined(__AVX512VL__)
    if constexpr (V::size == 4)
        return _mm_scalef_ps(value, n);
    else if constexpr (V::size == 8)
        return _mm256_scalef_ps(value, n);
    else // with a mask of all lanes: without one g++ 12 warns of the intrinsic itself
        return _mm512_maskz_scalef_ps(0xffff, value, n);
#else
    return steps(value);
#endif
}

/// The nearest number in [low, high]; NaN for NaN.
template <class V>
[[nodiscard]] inline V clamp(V x, V low, V high) noexcept {
    return lift(cap(x, high), low);
}
} // namespace internal

/// e^x.
template <class V>
[[nodiscard]] inline V exponential_of(V x) noexcept {
    if constexpr (internal::is_float_register<V>) {
        const internal::reduced_exponent<V> reduced(internal::clamp(x, V(-104.0f), V(89.0f)));
        return internal::scale_by_power(V(reduced.expm1() + V(1.0f)), reduced.rounded, [&](V value) {
            const auto half = reduced.n >> 1;
            return V(value * internal::power_of_two<V>(half) * internal::power_of_two<V>(reduced.n - half));
        });
    } else
        return xsimd::exp(x);
}

/// e^x - 1, exact for small x too.
template <class V>
[[nodiscard]] inline V exponential_minus_one_of(V x) noexcept {
    if constexpr (internal::is_float_register<V>) {
        const internal::reduced_exponent<V> reduced(internal::clamp(x, V(-30.0f), V(89.0f)));
        const V half = internal::power_of_two<V>(reduced.n - decltype(reduced.n)(1)); // 2^128 is no float
        return V(2.0f) * xsimd::fma(half, reduced.expm1(), half - V(0.5f));
    } else
        return xsimd::expm1(x);
}

// With -ffast-math a bound would take the place of NaN.
#if (defined(__FMA__) || defined(__ARM_FEATURE_FMA)) && !defined(__FAST_MATH__)
#    define STRATA_HAS_SCALAR_FMA 1
namespace internal {
/// 1 / (1 + e^-x) of one number that others wait for: without a call, which would send a step's weights
/// through memory, and with few operations that wait for each other. The largest error is 2.6 units in the
/// last place where |x| < 87, beyond which it stays as it is there; with an exact exponential it is 2.5.
///
/// -x = n log 2 + r as above, but for a first product that is exact by itself; what is left of log 2 is added
/// to r where nothing waits for it. The polynomial is that of `reduced_exponent`.
[[nodiscard, gnu::always_inline]] inline float lone_logistic(float x) noexcept {
    x = clamp(x, -87.0f, 87.0f);
    const float n = std::rint(x * -1.44269504f);
    const float r = std::fma(n, -0.693147182f, -x);
    // The last bits of so large a number count ones: they are n, beside the bias of an exponent.
    const float power = std::bit_cast<float>(std::bit_cast<std::uint32_t>(n + (0x1.8p23f + 127.0f)) << 23);
    const float r2 = r * r;
    const float low = std::fma(r2, std::fma(1.66665182e-1f, r, 0.5f), std::fma(n, 1.90465421e-9f, r));
    const float high = std::fma(r2, 1.39504892e-3f, std::fma(8.36888980e-3f, r, 4.16662060e-2f));
    return 1.0f / std::fma(power, std::fma(r2 * r2, high, low), power + 1.0f);
}
} // namespace internal
#endif

/// 1 / (1 + e^-x), exact for large negative x too, where it is e^x.
template <class V>
[[nodiscard, gnu::always_inline]] inline V logistic_of(V x) noexcept {
    if constexpr (internal::is_float_register<V>) {
        const internal::reduced_exponent<V> reduced(internal::lift(V(x | V(-0.0f)), V(-104.0f))); // -|x|
        const V e = internal::scale_by_power(V(reduced.expm1() + V(1.0f)), reduced.rounded, [&](V value) {
            return V(value * internal::power_of_two<V>(reduced.n + decltype(reduced.n)(24)) * V(0x1p-24f));
        });
        const V sum = V(1.0f) + e;
        const V excess = (sum - V(1.0f)) - e; // of the sum, by rounding
        const V y = xsimd::select(x < V(0.0f), e, V(1.0f)) / sum;
        return xsimd::fma(y, excess, y);
    }
#if defined(STRATA_HAS_SCALAR_FMA)
    else if constexpr (std::is_same_v<V, float>)
        return internal::lone_logistic(x);
#endif
    else
        return V(1) / (V(1) + xsimd::exp(-x));
}

/// erf(x): x + x P(x^2) for |x| < 1, else 1 - e^Q(|x|), where Q approximates log(1 - erf). The polynomials'
/// largest errors in erf are 1e-9 and 1e-9.
template <class V>
[[nodiscard]] inline V error_function_of(V x) noexcept {
    if constexpr (internal::is_float_register<V>) {
        const V magnitude = internal::cap(xsimd::abs(x), V(4.0f));
        const V square = x * x;
        V p = V(7.88911930e-5f);
        for (const float coefficient : {-8.02084105e-4f, 5.18953521e-3f, -2.68544443e-2f, 1.12836003e-1f,
                                        -3.76126260e-1f, 1.28379166e-1f})
            p = xsimd::fma(p, square, V(coefficient));
        V q = V(1.85574900e-4f);
        for (const float coefficient : {-2.93961563e-3f, 2.18053516e-2f, -1.03037432e-1f, -6.38225615e-1f,
                                        -1.12704003f, -3.53708921e-4f})
            q = xsimd::fma(q, magnitude, V(coefficient));
        const V outer_value = V(1.0f) - exponential_of(q);
        return xsimd::select(magnitude < V(1.0f), xsimd::fma(x, p, x),
                             xsimd::select(x < V(0.0f), -outer_value, outer_value));
    } else
        return xsimd::erf(x);
}

} // namespace strata::bedrock::inline STRATA_SETTING
