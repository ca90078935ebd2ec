// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/setting.hpp>

#include <bit>
#include <concepts>
#include <cstdint>

namespace strata::bedrock::inline STRATA_SETTING::detail {

// Of losses, data and options, whether they are numbers is asked here and nowhere else, and asked of their
// bits: with -ffast-math a compiler takes std::isfinite for always true.

/// The bits of a number's size: its exponent and digits.
[[nodiscard]] constexpr std::uint64_t size_bits(double value) noexcept {
    return std::bit_cast<std::uint64_t>(value) & ~(std::uint64_t{1} << 63);
}
[[nodiscard]] constexpr std::uint32_t size_bits(float value) noexcept {
    return std::bit_cast<std::uint32_t>(value) & ~(std::uint32_t{1} << 31);
}

/// The exponent that infinities and NaN have.
template <std::floating_point T>
inline constexpr auto last_exponent = [] {
    if constexpr (std::same_as<T, float>)
        return std::uint32_t{0xff} << 23;
    else
        return std::uint64_t{0x7ff} << 52;
}();

/// Neither infinite nor NaN.
template <std::floating_point T>
[[nodiscard]] constexpr bool is_finite(T value) noexcept {
    return size_bits(value) < last_exponent<T>;
}

template <std::floating_point T>
[[nodiscard]] constexpr bool is_not_a_number(T value) noexcept {
    return size_bits(value) > last_exponent<T>;
}

/// An infinity and a NaN by their bits: with -ffast-math compilers warn of those of the standard library.
template <std::floating_point T>
inline constexpr T infinity = std::bit_cast<T>(last_exponent<T>);
template <std::floating_point T>
inline constexpr T nan = std::bit_cast<T>(last_exponent<T> | last_exponent<T> >> 1);

} // namespace strata::bedrock::inline STRATA_SETTING::detail
