// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/setting.hpp>

#include <cmath>
#include <cstddef>

namespace strata::bedrock::inline STRATA_SETTING::internal {

/// Whether a number counts one of so many things, from 0: it is whole, and in range. To be asked before it is
/// cast, since a cast of NaN or of a negative number is no index.
[[nodiscard]] inline bool is_index(double number, std::size_t count) noexcept {
    return number >= 0 && number < static_cast<double>(count) && number == std::floor(number);
}

} // namespace strata::bedrock::inline STRATA_SETTING::internal
