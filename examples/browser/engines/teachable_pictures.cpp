// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// The Teachable machine's engine for pictures.
#include "teachable_pictures.hpp"

namespace teachable_engine {
using kind = teachable::pictures;
} // namespace teachable_engine

#include "teachable_page.hpp"
