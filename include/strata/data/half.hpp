// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/setting.hpp>

#include <bit>
#include <cstdint>

namespace strata::bedrock::inline STRATA_SETTING::internal {

/// The number of IEEE 754's binary16: a sign, 5 bits of exponent and 10 of fraction. float holds all of them.
inline float half_number(std::uint16_t bits) noexcept {
    const std::uint32_t sign = (bits & 0x8000u) << 16, exponent = bits >> 10 & 0x1fu,
                        fraction = bits & 0x3ffu;
    if (exponent == 0) { // in units of the least number, 2^-24
        const float size = static_cast<float>(fraction) * 0x1p-24f;
        return sign == 0 ? size : -size;
    }
    const std::uint32_t wide = exponent == 0x1f ? 0xff : exponent + (127 - 15);
    return std::bit_cast<float>(sign | wide << 23 | fraction << 13);
}

/// The number of bfloat16: the upper half of a float.
inline float bfloat16_number(std::uint16_t bits) noexcept {
    return std::bit_cast<float>(std::uint32_t{bits} << 16);
}

} // namespace strata::bedrock::inline STRATA_SETTING::internal
