// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// The Teachable machine's engine for pictures through a MobileNet v2 whose weights the user brings.
// Options in tests: -O0
#include "teachable_mobilenet.hpp"

namespace teachable_engine {
using kind = teachable::mobilenet_pictures;
} // namespace teachable_engine

#include "teachable_page.hpp"
