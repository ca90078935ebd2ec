// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// expect: an optimizer averages weights once
#include <strata/strata.hpp>

using namespace strata;

#ifdef WRONG
const auto optimizer = average_weights(average_weights(adam{}));
#else
const auto optimizer = average_weights(adam{});
#endif
