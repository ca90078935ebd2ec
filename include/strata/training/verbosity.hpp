// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/setting.hpp>

namespace strata::bedrock::inline STRATA_SETTING {

/// How much `fit` and `evaluate` show: on a terminal a bar that moves, elsewhere a line an epoch.
enum class verbosity { automatic, silent, bar, line };

} // namespace strata::bedrock::inline STRATA_SETTING

namespace strata {
using bedrock::verbosity;
} // namespace strata
