// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/setting.hpp>

#include <cstddef>
#include <string_view>

namespace strata::bedrock::inline STRATA_SETTING::imports {

/// Keras's major version; 2 where the text says none.
inline std::size_t generation_of(std::string_view version) {
    return !version.empty() && version.front() >= '3' && version.front() <= '9' ? 3 : 2;
}

} // namespace strata::bedrock::inline STRATA_SETTING::imports
