// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/simd.hpp>
#include <strata/setting.hpp>

#include <cmath>
#include <type_traits>

namespace strata::bedrock::inline STRATA_SETTING::internal {

// A product and a sum of registers or plain numbers, rounded once where the processor has an instruction for
// both, and twice where it has none. Compilers make such instructions of products and sums as they like, g++
// of either product in a b + c d, and then the same formula has other bits in another kernel; they leave
// alone what is one already.
#if defined(__FMA__) || defined(__aarch64__)
inline constexpr bool multiplies_and_adds = true;
#else
inline constexpr bool multiplies_and_adds = false;
#endif

/// a b + c
template <class V>
[[nodiscard, gnu::always_inline]] inline V multiply_add(V a, V b, V c) noexcept {
    if constexpr (!multiplies_and_adds)
        return a * b + c;
    else if constexpr (std::is_arithmetic_v<V>)
#if defined(__wasm__) // A browser has such an instruction for registers alone.
        return multiply_add(simd<V, 16 / sizeof(V)>(a), simd<V, 16 / sizeof(V)>(b),
                            simd<V, 16 / sizeof(V)>(c))
            .get(0);
#else
        return std::fma(a, b, c);
#endif
    else
        return xsimd::fma(a, b, c);
}

// Where registers have instructions for these as well; xsimd makes two elsewhere, which round twice.
#if defined(__FMA__)
template <class V>
inline constexpr bool multiplies_and_subtracts = !std::is_arithmetic_v<V>;
#else
template <class V>
inline constexpr bool multiplies_and_subtracts = false;
#endif

/// a b - c
template <class V>
[[nodiscard, gnu::always_inline]] inline V multiply_subtract(V a, V b, V c) noexcept {
    if constexpr (multiplies_and_subtracts<V>)
        return xsimd::fms(a, b, c);
    else
        return multiply_add(a, b, V(-c));
}

/// c - a b
template <class V>
[[nodiscard, gnu::always_inline]] inline V subtract_product(V c, V a, V b) noexcept {
    if constexpr (multiplies_and_subtracts<V>)
        return xsimd::fnma(a, b, c);
    else
        return multiply_add(V(-a), b, c);
}

} // namespace strata::bedrock::inline STRATA_SETTING::internal
