// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// The Teachable machine's engine for poses.
#include "teachable_poses.hpp"

namespace teachable_engine {
using kind = teachable::poses;
} // namespace teachable_engine

#include "teachable_page.hpp"
