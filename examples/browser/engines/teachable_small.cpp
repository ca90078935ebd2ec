// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// The Teachable machine's engine for pictures where no pretrained trunk is to be had.
// Options in tests: -O0
#include "teachable_small.hpp"

namespace teachable_engine {
using kind = teachable::small_pictures;
} // namespace teachable_engine

#include "teachable_page.hpp"
