// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// expect: an optimizer clips once.*by value, by norm or by global norm
#include <strata/strata.hpp>

using namespace strata;

#ifdef WRONG
const auto optimizer = clip_norm(clip_value(adam{}, 0.5), 1);
#else
const auto optimizer = clip_norm(adam{}, 1);
#endif
