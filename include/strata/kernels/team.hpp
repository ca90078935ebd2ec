// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <cstddef>

namespace strata {

/// The threads that run a kernel together, seen from one of them. Every result is computed by one thread from
/// start to end, so the size of the team never changes a bit of it.
struct team {
    std::size_t rank = 0;
    std::size_t size = 1;

    struct range {
        std::size_t begin;
        std::size_t end;
    };

    /// This thread's part of `count` things, a multiple of `grain` but for the last part.
    [[nodiscard]] constexpr range share(std::size_t count, std::size_t grain = 1) const noexcept {
        if (size == 1)
            return {0, count};
        const std::size_t grains = (count + grain - 1) / grain;
        const std::size_t begin = grains * rank / size * grain;
        const std::size_t end = grains * (rank + 1) / size * grain;
        return {begin < count ? begin : count, end < count ? end : count};
    }

    /// Waits until all have come here. Compiled without OpenMP, a team is one thread.
    void barrier() const noexcept {
#ifdef _OPENMP
        if (size > 1) {
#    pragma omp barrier
        }
#endif
    }
};

} // namespace strata
