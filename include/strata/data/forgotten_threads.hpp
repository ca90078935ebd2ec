// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/setting.hpp>

#include <deque>
#include <thread>
#include <utility>

namespace strata::bedrock::inline STRATA_SETTING::internal {

/// Keeps the handle of a thread that a forked process lacks, for good. It can be neither joined nor detached:
/// another thread of the process may have its place by then.
inline void forget_thread(std::thread thread) {
    static auto* const forgotten = new std::deque<std::thread>;
    forgotten->push_back(std::move(thread));
}

} // namespace strata::bedrock::inline STRATA_SETTING::internal
