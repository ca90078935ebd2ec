// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/setting.hpp>

namespace strata::bedrock::inline STRATA_SETTING {

/// Which values of a score are better. A metric says it itself, `better`; for one of a program's own that
/// does not, whoever looks for the best has to.
enum class direction { unknown, smaller, larger };

} // namespace strata::bedrock::inline STRATA_SETTING

namespace strata {
using bedrock::direction;
} // namespace strata
