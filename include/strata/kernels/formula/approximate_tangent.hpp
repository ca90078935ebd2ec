// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/formula/exponential.hpp>
#include <strata/kernels/formula/hyperbolic_tangent.hpp>
#include <strata/setting.hpp>

namespace strata::bedrock::inline STRATA_SETTING {

/// tanh(x) to 2e-5, and to 8e-6 of the result where |x| < 6, for floats: x P(x^2) / Q(x^2) of the degrees 2
/// and 3, whose coefficients are the minimax ones of the relative error in [0, 6] (Remez), and its value at 6
/// beyond. Other numbers get the exact one.
template <class V>
[[nodiscard, gnu::always_inline]] inline V approximate_tangent_of(V x) noexcept {
    if constexpr (internal::is_float_register<V>) {
        const V near = internal::lift(internal::cap(x, V(6.0f)), V(-6.0f));
        const V square = near * near;
        const V p =
            xsimd::fma(xsimd::fma(square, V(1.51457929e-3f), V(0.11483077f)), square, V(0.999992669f));
        V q = xsimd::fma(square, V(5.62720052e-5f), V(1.76111683e-2f));
        q = xsimd::fma(q, square, V(0.448114008f));
        q = xsimd::fma(q, square, V(1.0f));
        return near * p / q;
    } else
        return hyperbolic_tangent_of(x);
}

/// 1 / (1 + e^-x) to 1e-5, for floats.
template <class V>
[[nodiscard, gnu::always_inline]] inline V approximate_logistic_of(V x) noexcept {
    if constexpr (internal::is_float_register<V>)
        return xsimd::fma(approximate_tangent_of(V(x * V(0.5f))), V(0.5f), V(0.5f));
    else
        return logistic_of(x);
}

} // namespace strata::bedrock::inline STRATA_SETTING
