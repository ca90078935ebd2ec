// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/language.hpp>

namespace strata::bedrock {

/// Which values of a score are better. A metric says it itself, `better`; for one of a program's own that
/// does not, whoever looks for the best has to.
enum class direction { unknown, smaller, larger };

} // namespace strata::bedrock

namespace strata {
using bedrock::direction;
} // namespace strata
