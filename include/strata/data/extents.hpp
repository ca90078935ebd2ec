// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/expression/concatenate.hpp>
#include <strata/setting.hpp>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>

namespace strata::bedrock::inline STRATA_SETTING::internal {

/// "60000 x 28 x 28"; "()" without any extent.
template <class Extents>
std::string extents_text(const Extents& extents) {
    std::string result;
    for (const auto extent : extents)
        append(result, result.empty() ? "" : " x ", static_cast<std::uint64_t>(extent));
    return result.empty() ? "()" : result;
}

/// The same of a sample's shape; "a single number" without any extent.
inline std::string shape_to_string(std::span<const std::size_t> shape) {
    return shape.empty() ? "a single number" : extents_text(shape);
}

/// How many bytes an array takes, or nothing if that, or one of its strides, is more than std::ptrdiff_t
/// holds.
template <class Extents>
constexpr std::optional<std::size_t> byte_count(const Extents& extents, std::size_t element_bytes) {
    constexpr auto limit = static_cast<std::uint64_t>(std::numeric_limits<std::ptrdiff_t>::max());
    std::uint64_t bytes = element_bytes;
    bool empty = false;
    for (const std::uint64_t extent : extents) {
        if (extent == 0) {
            empty = true; // the others are still multiplied, since their products become strides
        } else {
            if (extent > limit / bytes)
                return std::nullopt;
            bytes *= extent;
        }
    }
    return empty ? 0 : static_cast<std::size_t>(bytes);
}

} // namespace strata::bedrock::inline STRATA_SETTING::internal
