// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/setting.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>

namespace strata::bedrock::inline STRATA_SETTING::internal {

/// How elements of some type are read: count numbers from the element `first` on, converted, times the scale.
template <class Element, class Number>
void read_elements(const void* data, std::size_t first, std::size_t count, float scale,
                   Number* numbers) noexcept {
    const Element* elements = static_cast<const Element*>(data) + first;
    if constexpr (std::is_floating_point_v<Number>) {
        const Number factor = static_cast<Number>(scale);
        std::size_t i = 0;
#if defined(__GNUC__) && !defined(__clang__)
        // Bytes by way of a register of integers: g++ would read as many bytes as fill a register and take
        // them apart again in several steps.
        if constexpr (sizeof(Element) == 1)
            for (constexpr std::size_t block = 16; i + block <= count; i += block) {
                std::int32_t integers[block];
                Number scaled[block];
                for (std::size_t j = 0; j < block; ++j)
                    integers[j] = elements[i + j];
                for (std::size_t j = 0; j < block; ++j)
                    scaled[j] = static_cast<Number>(integers[j]) * factor;
                std::memcpy(numbers + i, scaled, sizeof scaled);
            }
#endif
        for (; i < count; ++i)
            numbers[i] = static_cast<Number>(elements[i]) * factor;
    } else
        for (std::size_t i = 0; i < count; ++i)
            numbers[i] = static_cast<Number>(elements[i]);
}

} // namespace strata::bedrock::inline STRATA_SETTING::internal
