// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/formula/constant_waves.hpp>
#include <strata/kernels/simd.hpp>
#include <strata/setting.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <type_traits>

namespace strata::bedrock::inline STRATA_SETTING {

namespace internal {
// Sine and cosine by functions of our own: those of xsimd reduce an angle by one of three ways, chosen by the
// largest angle in the register, so that a result would depend on its neighbours.

/// What the reduction of an angle and its series take. `parts` add up to pi / 2, and but for the last one the
/// product of each with up to `most` / (pi / 2) is exact. The polynomials in z = r^2 are those of least
/// error for sin(r) = r + r z P(z) and cos(r) = 1 - z / 2 + z^2 Q(z), |r| <= pi / 4; highest power first.
template <class T>
struct wave_numbers;
template <>
struct wave_numbers<float> { // errors 2^-28 and 2^-33
    using integer = std::int32_t;
    static constexpr float most = 12000;
    static constexpr float rounding = 0x1.8p23f; // the sum with it ends in the digits of a whole number
    static constexpr std::array<float, 4> parts{0x1.92p+0f, 0x1.fb4p-12f, 0x1.444p-24f, 0x1.68c234p-39f};
    static constexpr std::array<float, 3> sine{-1.9517138e-4f, 8.332177e-3f, -1.6666655e-1f};
    static constexpr std::array<float, 3> cosine{2.443827e-5f, -1.3887367e-3f, 4.1666646e-2f};
};
template <>
struct wave_numbers<double> { // errors 2^-58 and 2^-64
    using integer = std::int64_t;
    static constexpr double most = 1e6;
    static constexpr double rounding = 0x1.8p52;
    static constexpr std::array<double, 4> parts{0x1.921fb544p+0, 0x1.0b4611a6p-34, 0x1.3198a2ep-69,
                                                 0x1.b839a252049c1p-104};
    static constexpr std::array<double, 6> sine{0x1.5d92b973a6537p-33, -0x1.ae5e654b19836p-26,
                                                0x1.71de35768e57ap-19, -0x1.a01a019c104edp-13,
                                                0x1.111111110f870p-7,  -0x1.5555555555549p-3};
    static constexpr std::array<double, 6> cosine{-0x1.8fae4feabf916p-37, 0x1.1ee9eb5a9af65p-29,
                                                  -0x1.27e4f80927150p-22, 0x1.a01a019cb0b2dp-16,
                                                  -0x1.6c16c16c15173p-10, 0x1.555555555554cp-5};
};

/// Horner's rule.
template <class V, class Coefficients>
[[nodiscard]] inline V polynomial(V z, const Coefficients& coefficients) noexcept {
    V sum(coefficients[0]);
    for (std::size_t i = 1; i < coefficients.size(); ++i)
        sum = xsimd::fma(sum, z, V(coefficients[i]));
    return sum;
}

/// The lanes that `wave_of` has no digits for, one by one.
template <int Quarters, class V>
[[nodiscard]] inline V replace_large(V x, V result) noexcept {
    using T = value_type_of<V>;
    alignas(alignment) std::array<T, V::size> angles, waves;
    store(x, angles.data());
    store(result, waves.data());
    for (std::size_t i = 0; i < V::size; ++i)
        if (angles[i] > wave_numbers<T>::most || angles[i] < -wave_numbers<T>::most)
            waves[i] = static_cast<T>(constants::wave(static_cast<double>(angles[i]), Quarters));
    return load<V>(waves.data());
}

/// The sine of an angle that is `Quarters` quarters of a turn more. |x| = n pi / 2 + r (Cody and Waite,
/// "Software manual for the elementary functions", 1980); larger angles by Payne and Hanek's way.
template <int Quarters, class V>
[[nodiscard]] inline V wave_of(V x) noexcept {
    using T = value_type_of<V>;
    using numbers = wave_numbers<T>;
    using integers = xsimd::batch<typename numbers::integer, typename V::arch_type>;
    constexpr int places = std::is_same_v<T, float> ? 23 : 52;
    constexpr int sign_place = 8 * static_cast<int>(sizeof(T)) - 2; // of what is in the place of 2

    const V size = xsimd::abs(x);
    const V angle = cap(size, V(numbers::most));
    const V n = xsimd::nearbyint(angle * V(T(0.63661977236758134308)));
    // The first two differences are exact, as is the error of the third, and r + low has twice the digits.
    const V first = xsimd::fnma(n, V(numbers::parts[1]), xsimd::fnma(n, V(numbers::parts[0]), angle));
    const V part = n * V(numbers::parts[2]);
    const V second = first - part;
    const V rest = xsimd::fnma(n, V(numbers::parts[3]), (first - second) - part);
    const V r = second + rest;
    const V low = (second - r) + rest;
    const V z = r * r;
    const V sine = r + xsimd::fma(z * r, polynomial(z, numbers::sine), low);
    const V half = V(T(0.5)) * z;
    const V most = V(T(1)) - half;
    const V cosine = most + xsimd::fma(z * z, polynomial(z, numbers::cosine),
                                       xsimd::fnma(r, low, (V(T(1)) - most) - half));

    const integers quarters = same_bits<integers>(n + V(numbers::rounding)) + integers(Quarters);
    // As the exponent of a number the last digit makes it zero or not.
    const V odd = same_bits<V>((quarters & integers(1)) << places);
    integers sign = (quarters & integers(2)) << sign_place;
    if constexpr (Quarters == 0)
        sign = sign ^ (same_bits<integers>(x) ^ same_bits<integers>(size));
    const V result = same_bits<V>(same_bits<integers>(xsimd::select(odd > V(T(0)), cosine, sine)) ^ sign);
    return xsimd::any(size > V(numbers::most)) ? replace_large<Quarters>(x, result) : result;
}

/// The same of plain numbers, by the narrowest register, so that the bits are the same.
template <int Quarters, class T>
    requires std::is_arithmetic_v<T>
[[nodiscard]] inline T wave_of(T x) noexcept {
    if constexpr (has_register<T, 16 / sizeof(T)>) {
        using V = simd<T, 16 / sizeof(T)>;
        alignas(alignment) std::array<T, V::size> lanes;
        store(wave_of<Quarters>(V(x)), lanes.data());
        return lanes[0];
    } else
        return static_cast<T>(constants::wave(static_cast<double>(x), Quarters));
}
} // namespace internal

/// The sine and the cosine of an angle in radians, exact to 2 units in the last place; NaN of infinities.
template <class V>
[[nodiscard]] inline V sine_of(V x) noexcept {
    return internal::wave_of<0>(x);
}
template <class V>
[[nodiscard]] inline V cosine_of(V x) noexcept {
    return internal::wave_of<1>(x);
}

} // namespace strata::bedrock::inline STRATA_SETTING
