// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/expression/concatenate.hpp>
#include <strata/setting.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace strata::bedrock::inline STRATA_SETTING::internal {

/// What safetensors files call a type of numbers.
template <std::floating_point T>
inline constexpr std::string_view tensor_type_of = sizeof(T) == sizeof(float) ? "F32" : "F64";

/// Text in quotes as JSON has it.
inline std::string json_text(std::string_view text) {
    constexpr char digits[] = "0123456789abcdef";
    std::string result = "\"";
    for (const char each : text) {
        const auto code = static_cast<unsigned char>(each);
        if (code < 0x20) {
            const char escape[]{'\\', 'u', '0', '0', digits[code / 16], digits[code % 16]};
            append(result, std::string_view(escape, sizeof escape));
        } else
            append(result, each == '"' || each == '\\' ? "\\" : "", std::string_view(&each, 1));
    }
    return result += '"';
}

/// Appends a tensor of so many bytes to the header of a safetensors file. `begin` is where its numbers begin,
/// and then where they end.
inline void append_tensor(std::string& header, std::string_view name, std::span<const std::size_t> shape,
                          std::string_view type, std::uint64_t size, std::uint64_t& begin) {
    append(header, json_text(name), ":{\"dtype\":\"", type, "\",\"shape\":[");
    for (std::size_t axis = 0; axis < shape.size(); ++axis)
        append(header, axis == 0 ? "" : ",", shape[axis]);
    append(header, "],\"data_offsets\":[", begin, ",", begin + size, "]}");
    begin += size;
}

/// Ends a header. Numbers begin where registers like it.
inline void finish_header(std::string& header) {
    header += '}';
    header.append((8 - header.size() % 8) % 8, ' ');
}

} // namespace strata::bedrock::inline STRATA_SETTING::internal
