// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// The Teachable machine's engine for what Teachable Machine itself exports of pictures.
// Options in tests: -O0
#include "teachable_exported.hpp"

namespace teachable_engine {
using kind = teachable::exported;
} // namespace teachable_engine

#include "teachable_export_page.hpp"
