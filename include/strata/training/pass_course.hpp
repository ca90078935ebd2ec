// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/data/sample_range.hpp>
#include <strata/kernels/threads/team_failure.hpp>
#include <strata/setting.hpp>
#include <strata/training/batches.hpp>
#include <strata/training/progress.hpp>

#include <algorithm>
#include <atomic>
#include <cstddef>

namespace strata::bedrock::inline STRATA_SETTING::internal {

/// What a pass runs over, the same for every thread.
struct pass_course {
    const sample_range& range;
    const sample_order& order;
    std::size_t batch_size;
    progress_line* line;

    [[nodiscard]] std::size_t batch_from(std::size_t begin) const noexcept {
        return std::min(batch_size, range.count - begin);
    }
};

/// What the threads of a pass share beside the buffers. The first of them writes, all read what it wrote
/// after they have met.
template <class Totals>
struct pass_progress {
    Totals& sum;
    bool stop = false;
    std::atomic<bool> is_broken = false; ///< a loss of this step is no finite number
    team_failure failure = {};
};

} // namespace strata::bedrock::inline STRATA_SETTING::internal
