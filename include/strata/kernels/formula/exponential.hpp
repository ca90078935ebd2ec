// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/simd.hpp>
#include <strata/setting.hpp>

#include <cstdint>
#include <type_traits>

namespace strata::inline STRATA_SETTING {

namespace internal {
/// Whether V is a register of floats. For those there are functions of our own, which are exact to 2 units in
/// the last place over all floats; xsimd 8's end before the largest and the smallest results.
template <class V>
inline constexpr bool is_float_register = !std::is_arithmetic_v<V> && std::is_same_v<value_type_of<V>, float>;

/// x = n log 2 + r with |r| <= log(2) / 2 (Cody and Waite, "Software manual for the elementary functions",
/// 1980).
template <class V>
struct reduced_exponent {
    xsimd::batch<std::int32_t, typename V::arch_type> n;
    V r;

    explicit reduced_exponent(V x) noexcept {
        const V whole = xsimd::nearbyint(x * V(1.44269504f));
        n = xsimd::to_int(whole);
        r = xsimd::fnma(whole, V(0.693359375f), x); // exact: these are the first bits of log 2
        r = xsimd::fnma(whole, V(-2.12194440e-4f), r);
    }

    /// e^r - 1, by a polynomial whose largest error is 3e-9.
    [[nodiscard]] V minus_one() const noexcept {
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
    return xsimd::bitwise_cast<V>((n + Integers(127)) << 23);
}

/// The number within [low, high]; a NaN stays one.
template <class V>
[[nodiscard]] inline V within(V low, V x, V high) noexcept {
    return xsimd::max(low, xsimd::min(high, x));
}
} // namespace internal

/// e^x.
template <class V>
[[nodiscard]] inline V exponential_of(V x) noexcept {
    if constexpr (internal::is_float_register<V>) {
        const internal::reduced_exponent<V> at(internal::within(V(-104.0f), x, V(89.0f)));
        // In two steps, since 2^n may be no float where the result is one.
        const auto half = at.n >> 1;
        return (at.minus_one() + V(1.0f)) * internal::power_of_two<V>(half) *
               internal::power_of_two<V>(at.n - half);
    } else
        return xsimd::exp(x);
}

/// e^x - 1, exact for small x too.
template <class V>
[[nodiscard]] inline V exponential_minus_one_of(V x) noexcept {
    if constexpr (internal::is_float_register<V>) {
        const internal::reduced_exponent<V> at(internal::within(V(-30.0f), x, V(89.0f)));
        const V half = internal::power_of_two<V>(at.n - decltype(at.n)(1)); // 2^128 is no float
        return V(2.0f) * xsimd::fma(half, at.minus_one(), half - V(0.5f));
    } else
        return xsimd::expm1(x);
}

/// 1 / (1 + e^-x), exact for large negative x too, where it is e^x.
template <class V>
[[nodiscard]] inline V logistic_of(V x) noexcept {
    if constexpr (internal::is_float_register<V>) {
        const internal::reduced_exponent<V> at(xsimd::max(V(-104.0f), -xsimd::abs(x)));
        // 2^n in two steps, since it may be no float where the result is one.
        const V scale = internal::power_of_two<V>(at.n + decltype(at.n)(24));
        const V e = (at.minus_one() + V(1.0f)) * scale * V(0x1p-24f);
        const V sum = V(1.0f) + e;
        const V rounded_off = e - (sum - V(1.0f));
        const V y = xsimd::select(x < V(0.0f), e, V(1.0f)) / sum;
        return xsimd::fnma(y, rounded_off, y);
    } else
        return V(1) / (V(1) + xsimd::exp(-x));
}

/// erf(x): x + x P(x^2) for |x| < 1, else 1 - e^Q(|x|), where Q approximates log(1 - erf). The polynomials'
/// largest errors in erf are 1e-9 and 1e-9.
template <class V>
[[nodiscard]] inline V error_function_of(V x) noexcept {
    if constexpr (internal::is_float_register<V>) {
        const V size = xsimd::min(V(4.0f), xsimd::abs(x));
        const V square = x * x;
        V p = V(7.88911930e-5f);
        for (const float next : {-8.02084105e-4f, 5.18953521e-3f, -2.68544443e-2f, 1.12836003e-1f,
                                 -3.76126260e-1f, 1.28379166e-1f})
            p = xsimd::fma(p, square, V(next));
        V q = V(1.85574900e-4f);
        for (const float next : {-2.93961563e-3f, 2.18053516e-2f, -1.03037432e-1f, -6.38225615e-1f,
                                 -1.12704003f, -3.53708921e-4f})
            q = xsimd::fma(q, size, V(next));
        const V far = V(1.0f) - exponential_of(q);
        return xsimd::select(size < V(1.0f), xsimd::fma(x, p, x), xsimd::select(x < V(0.0f), -far, far));
    } else
        return xsimd::erf(x);
}

} // namespace strata::inline STRATA_SETTING
