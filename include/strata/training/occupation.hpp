// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/raise.hpp>
#include <strata/setting.hpp>

#include <stdexcept>

namespace strata::bedrock::inline STRATA_SETTING::internal {

/// Marks an engine as busy. A schedule or a metric that trains with the trainer which asks it would write
/// over the batch at work.
class occupation {
public:
    explicit occupation(bool& busy) : busy_(busy) {
        if (busy)
            raise(
                std::runtime_error("a trainer was called by a schedule, a metric or a progress output of its "
                                   "own"));
        busy = true;
    }
    ~occupation() { busy_ = false; }
    occupation(const occupation&) = delete;
    occupation& operator=(const occupation&) = delete;

private:
    bool& busy_;
};

} // namespace strata::bedrock::inline STRATA_SETTING::internal
