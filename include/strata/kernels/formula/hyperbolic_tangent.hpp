// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/formula/exponential.hpp>
#include <strata/kernels/formula/tangent_pieces.hpp>
#include <strata/setting.hpp>

#include <cstdint>

namespace strata::bedrock::inline STRATA_SETTING {

namespace internal {
/// The whole number n nearest to a small x, and 2^n. A float that is so large that its last bit counts ones
/// rounds the sum, and that bit and those before it are n, beside the bias of an exponent.
template <class V>
struct rounded_exponent {
    V n;
    V power;

    /// Of x = a b.
    [[gnu::always_inline]] rounded_exponent(V a, V b) noexcept {
#if defined(__FAST_MATH__)
        n = xsimd::nearbyint(a * b); // a compiler would take back what is added
        power = power_of_two<V>(xsimd::to_int(n));
#else
        const V large(0x1.8p23f + 127.0f);
        const V sum = xsimd::fma(a, b, large);
        n = sum - large;
        power = same_bits<V>(same_bits<xsimd::batch<std::int32_t, typename V::arch_type>>(sum) << 23);
#endif
    }
};
} // namespace internal

/// tanh(x), for floats exact to 1.8 units in the last place: by `tangent_pieces` where a register's numbers
/// can choose among eight by one instruction, or else h / (h + 1) where h = (e^2|x| - 1) / 2, and x + x^3
/// P(x^2) where |x| < 0.625 (Cephes). Both are computed side by side, since a branch on numbers that differ
/// from lane to lane and from sample to sample is guessed wrong, and networks that answer one sample wait for
/// it.
///
/// With 2|x| = n log 2 + 2r, h = 2^n (e^2r - 1) / 2 + (2^n - 1) / 2, where the first polynomial's largest
/// error is 1e-7 of e^2r. Where n is large, h need not be exact.
template <class V>
[[nodiscard, gnu::always_inline]] inline V hyperbolic_tangent_of(V x) noexcept {
    if constexpr (internal::is_float_register<V> && internal::has_entries)
        return internal::tangent_pieces::value(x);
    else if constexpr (internal::is_float_register<V>) {
        const V magnitude = internal::cap(xsimd::abs(x), V(10.0f)); // beyond 9.1 it is 1
        const internal::rounded_exponent<V> rounded(magnitude, V(2 * 1.44269504f));
        const V r = xsimd::fma(rounded.n, V(-0.5f * 0.693147182f), magnitude);
        const V r2 = r * r;
        const V low = xsimd::fma(V(0.666658223f), r, V(0.999982834f));
        const V high = xsimd::fma(V(0.133996815f), r, V(0.335193485f));
        const V fraction = xsimd::fma(r2, xsimd::fma(r2, high, low), r);
        const V h = xsimd::fma(fraction, rounded.power, xsimd::fma(rounded.power, V(0.5f), V(-0.5f)));
        const V square = magnitude * magnitude;
        V p = xsimd::fma(square, V(-5.70498873e-3f), V(2.06390888e-2f));
        p = xsimd::fma(p, square, V(-5.37397156e-2f));
        p = xsimd::fma(p, square, V(1.33314422e-1f));
        p = xsimd::fma(p, square, V(-3.33332819e-1f));
        const V inner = xsimd::fma(magnitude * square, p, magnitude);
        return xsimd::copysign(xsimd::select(magnitude < V(0.625f), inner, h / (h + V(1.0f))), x);
    } else
        return xsimd::tanh(x);
}

} // namespace strata::bedrock::inline STRATA_SETTING
