// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// expect: accumulate<0>.*an update needs at least one batch
#include <strata/strata.hpp>

using namespace strata;

#ifdef WRONG
const auto optimizer = accumulate<0>(adam{});
#else
const auto optimizer = accumulate<1>(adam{});
#endif
