// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/expression/finite.hpp>
#include <strata/io/import/graph.hpp>
#include <strata/io/import/onnx_constant.hpp>
#include <strata/io/import/onnx_message.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING::imports {

inline bool is_any_operator(const onnx_node& operation, std::initializer_list<std::string_view> types) {
    return std::find(types.begin(), types.end(), operation.type) != types.end();
}

/// A list of whole numbers of an attribute.
inline std::vector<std::int64_t> wholes_of(const onnx_node& operation, std::string_view key) {
    const auto found = operation.attributes.find(key);
    return found == operation.attributes.end() ? std::vector<std::int64_t>{} : found->second.wholes;
}
inline std::int64_t whole_of(const onnx_node& operation, std::string_view key, std::int64_t fallback) {
    const auto found = operation.attributes.find(key);
    return found == operation.attributes.end() ? fallback : found->second.whole;
}
inline double real_of(const onnx_node& operation, std::string_view key, double fallback) {
    const auto found = operation.attributes.find(key);
    return found == operation.attributes.end() ? fallback : found->second.real;
}
inline std::string word_of(const onnx_node& operation, std::string_view key, std::string_view fallback) {
    const auto found = operation.attributes.find(key);
    return found == operation.attributes.end() ? std::string(fallback) : found->second.text;
}

/// A constant's numbers as whole ones, for axes and extents. Those that are none of either stay none.
inline std::vector<std::int64_t> as_wholes(const onnx_constant& constant) {
    std::vector<std::int64_t> result;
    for (const double number : constant.numbers)
        result.push_back(detail::is_not_a_number(number)
                             ? 0
                             : static_cast<std::int64_t>(std::clamp(number, -0x1p62, 0x1p62)));
    return result;
}

/// A constant's numbers as a weight.
inline tensor as_weight(const onnx_constant& constant) {
    tensor result;
    for (const std::int64_t extent : constant.shape)
        result.shape.push_back(static_cast<std::size_t>(extent));
    result.numbers.assign(constant.numbers.begin(), constant.numbers.end());
    return result;
}

} // namespace strata::bedrock::inline STRATA_SETTING::imports
