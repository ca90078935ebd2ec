// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/data/read_elements.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace strata::bedrock::inline STRATA_SETTING::internal {

/// A number as it lies in a file: anywhere, and perhaps in the other order of bytes.
template <class Element, bool Swapped>
struct stored_number {
    unsigned char bytes[sizeof(Element)];

    operator Element() const noexcept {
        unsigned char ordered[sizeof(Element)];
        std::copy_n(bytes, sizeof(Element), ordered);
        if constexpr (Swapped)
            std::reverse(ordered, ordered + sizeof(Element));
        Element result;
        std::memcpy(&result, ordered, sizeof(Element));
        return result;
    }
};

/// A number of 16 bits, which `Convert` makes a float.
template <float (*Convert)(std::uint16_t) noexcept, bool Swapped>
struct stored_half {
    stored_number<std::uint16_t, Swapped> bits;

    operator float() const noexcept { return Convert(bits); }
};

/// Whether numbers of a file are those of a network as they are, byte for byte.
template <class Stored, class Number>
[[nodiscard]] constexpr bool is_copied(float scale) noexcept {
    return std::same_as<Stored, stored_number<Number, false>> && scale == 1;
}

/// Reads numbers of a file that are in memory, converted, times the scale.
template <class Stored, class Number>
void read_stored(const Stored* stored, std::size_t count, float scale, Number* numbers) noexcept {
    if (is_copied<Stored, Number>(scale))
        std::memcpy(numbers, stored, count * sizeof(Stored));
    else
        read_elements<Stored>(stored, 0, count, scale, numbers);
}

} // namespace strata::bedrock::inline STRATA_SETTING::internal
