// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// The Teachable machine's engine for sounds.
#include "teachable_sounds.hpp"

namespace teachable_engine {
using kind = teachable::sounds;
} // namespace teachable_engine

#include "teachable_page.hpp"
