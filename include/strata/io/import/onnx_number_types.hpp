// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/expression/finite.hpp>
#include <strata/io/import/onnx_constant.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>

namespace strata::bedrock::inline STRATA_SETTING::imports {

/// The whole numbers from `least` to before `end`.
struct whole_range {
    double least = 0;
    double end = 0;

    [[nodiscard]] bool contains(double number) const { return number >= least && number < end; }
};

/// Those that a type of ONNX holds; nothing for other types.
inline std::optional<whole_range> range_of_type(std::int64_t type) {
    switch (type) {
    case 2: // uint8
        return whole_range{0, 0x1p8};
    case 3: // int8
        return whole_range{-0x1p7, 0x1p7};
    case 4: // uint16
        return whole_range{0, 0x1p16};
    case 5: // int16
        return whole_range{-0x1p15, 0x1p15};
    case 6: // int32
        return whole_range{-0x1p31, 0x1p31};
    case 7: // int64, whose largest number is 2^63 as double
        return whole_range{-0x1p63, std::nextafter(0x1p63, 0x1p64)};
    case 12: // uint32
        return whole_range{0, 0x1p32};
    default:
        return std::nullopt;
    }
}

/// The nearest number of a floating type with so many binary digits, of which the least one is `unit`.
inline double nearest_number(double number, int digits, double unit, double largest) {
    if (!detail::is_finite(number) || number == 0)
        return number;
    const double step = std::max(unit, std::ldexp(1.0, std::ilogb(number) - digits + 1));
    const double nearest = std::nearbyint(number / step) * step; // the even one of two, as IEEE 754 has it
    return std::abs(nearest) <= largest ? nearest
                                        : std::copysign(std::numeric_limits<double>::infinity(), number);
}

/// A number as one of another type. Whole numbers of too many bits lose the upper ones; reals beyond a type,
/// of which ONNX says nothing, have none, and those of types that are not read.
inline std::optional<double> cast_number(double number, bool was_whole, std::int64_t type) {
    constexpr double largest = std::numeric_limits<float>::max();
    if (type == 1)
        return nearest_number(number, 24, 0x1p-149, largest);
    if (type == 9)
        return number != 0 ? 1 : 0;
    if (type == 10)
        return nearest_number(number, 11, 0x1p-24, 65504);
    if (type == 11)
        return number;
    if (type == 16)
        return nearest_number(number, 8, 0x1p-133, largest);
    const auto range = range_of_type(type);
    if (!range || !detail::is_finite(number))
        return std::nullopt;
    const double whole = std::trunc(number);
    if (range->contains(whole))
        return whole;
    const double count = range->end - range->least;
    constexpr double most = 0x1p53; // below which double holds all
    if (!was_whole || std::abs(whole) > most || count > most)
        return std::nullopt;
    return whole - count * std::floor((whole - range->least) / count);
}

} // namespace strata::bedrock::inline STRATA_SETTING::imports
