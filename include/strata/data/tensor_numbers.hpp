// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/data/half.hpp>
#include <strata/data/safetensors_text.hpp>
#include <strata/setting.hpp>

#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace strata::bedrock::inline STRATA_SETTING::internal {

static_assert(std::endian::native == std::endian::little, "strata: tensors in files are little-endian");

/// Bytes of a number of a type that networks can be given; 0 for the others.
inline std::size_t real_size(std::string_view type) noexcept {
    return type == "F32" ? 4 : type == "F64" ? 8 : type == "F16" || type == "BF16" ? 2 : 0;
}

template <class Stored, class T, class Convert>
void convert_numbers(const unsigned char* bytes, std::size_t count, T* numbers, const Convert& convert) {
    for (std::size_t i = 0; i < count; ++i) {
        Stored number;
        std::memcpy(&number, bytes + i * sizeof number, sizeof number);
        numbers[i] = static_cast<T>(convert(number));
    }
}

/// Turns stored numbers of such a type, but T's own, into T: rounded to it where F64 becomes float, exact
/// otherwise.
template <std::floating_point T>
void read_numbers(std::string_view type, const unsigned char* bytes, std::size_t count, T* numbers) {
    if (type == "F16")
        convert_numbers<std::uint16_t>(bytes, count, numbers, half_number);
    else if (type == "BF16")
        convert_numbers<std::uint16_t>(bytes, count, numbers, bfloat16_number);
    else if (type == "F32")
        convert_numbers<float>(bytes, count, numbers, [](float number) { return number; });
    else
        convert_numbers<double>(bytes, count, numbers, [](double number) { return number; });
}

} // namespace strata::bedrock::inline STRATA_SETTING::internal
