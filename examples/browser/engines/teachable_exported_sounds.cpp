// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// The Teachable machine's engine for what Teachable Machine itself exports of sounds.
#include "teachable_exported_sounds.hpp"

namespace teachable_engine {
using kind = teachable::exported_hearing;
} // namespace teachable_engine

#include "teachable_export_page.hpp"
