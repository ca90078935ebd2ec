// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/setting.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstring>

namespace strata::bedrock::inline STRATA_SETTING::internal {

/// Turns around the bytes of each of `count` numbers of a size, in place.
template <std::size_t Size>
void swap_bytes(unsigned char* bytes, std::size_t count) {
    if constexpr (Size > 1)
        for (std::size_t i = 0; i < count; ++i) {
            std::array<unsigned char, Size> number;
            std::memcpy(number.data(), bytes + i * Size, Size);
            std::reverse(number.begin(), number.end());
            std::memcpy(bytes + i * Size, number.data(), Size);
        }
}

} // namespace strata::bedrock::inline STRATA_SETTING::internal
