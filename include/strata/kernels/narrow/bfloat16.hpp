// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/setting.hpp>

#include <bit>
#include <cstdint>

namespace strata::bedrock::inline STRATA_SETTING {

/// The upper half of a float: its sign, its 8 bits of exponent and the first 7 of its fraction. Two or three
/// decimal digits in the range of float.
class bfloat16 {
public:
    bfloat16() = default;
    /// Rounds to the nearest, of two equally near ones to the one whose last bit is 0. What is beyond the
    /// largest becomes infinity; infinities and zeros keep their signs, and NaN stays NaN.
    explicit constexpr bfloat16(float number) noexcept
        : bits_(rounded(std::bit_cast<std::uint32_t>(number))) {}

    /// Exact.
    explicit constexpr operator float() const noexcept {
        return std::bit_cast<float>(std::uint32_t{bits_} << 16);
    }
    [[nodiscard]] constexpr std::uint16_t bits() const noexcept { return bits_; }

private:
    static constexpr std::uint16_t rounded(std::uint32_t bits) noexcept {
        constexpr std::uint32_t infinity = 0x7f800000, quiet = 0x400000;
        if ((bits & 0x7fffffff) > infinity) // rounding could carry a NaN's fraction away
            return static_cast<std::uint16_t>((bits | quiet) >> 16);
        return static_cast<std::uint16_t>((bits + 0x7fff + (bits >> 16 & 1)) >> 16);
    }

    std::uint16_t bits_ = 0;
};

} // namespace strata::bedrock::inline STRATA_SETTING

namespace strata {
using bedrock::bfloat16;
} // namespace strata
