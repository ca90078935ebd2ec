// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/setting.hpp>

#include <string_view>

namespace strata::bedrock::inline STRATA_SETTING {

/// The project's version, which files say that it writes.
inline constexpr std::string_view project_version = "0.1.0";

} // namespace strata::bedrock::inline STRATA_SETTING
