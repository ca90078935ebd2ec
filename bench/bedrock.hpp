// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

/// What strata keeps out of its users' way, for programs that measure its parts. Older revisions, which
/// `bench/run.sh against` compares with, have no such namespace.
namespace strata {
namespace bedrock {}
using namespace bedrock;
} // namespace strata
