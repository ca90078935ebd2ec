// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/setting.hpp>

#include <array>
#include <chrono>
#include <cstddef>

namespace strata::bedrock::inline STRATA_SETTING {

/// Chooses how a machine writes weights that others of its host have read and will read: into the caches or
/// past them, to the same bits. To write a line that another processor has read takes 55 ns on a Zen 4 whose
/// processors share no cache and 5 where they share one, and past the caches 10; but then all read it from
/// memory again. Which processors a system gives a process is not known and may change, so that an update is
/// timed each way, and again in every 256 updates.
class common_stores {
public:
    /// Begins an update. One thread of a team says so before all of them ask.
    void begin() noexcept {
        const std::size_t turn = updates_++ % period;
        if (turn == trials[0] || turn == trials[1])
            are_uncached_ = turn == trials[1];
        else if (turn == trials[1] + 1) // What the caches have lost costs others less than this.
            are_uncached_ = seconds_[0] > 2 * seconds_[1];
    }
    /// Whether the time of this update's stores is what others depend on.
    [[nodiscard]] bool is_trial() const noexcept {
        const std::size_t turn = (updates_ - 1) % period;
        return turn == trials[0] || turn == trials[1];
    }
    [[nodiscard]] bool are_uncached() const noexcept { return are_uncached_; }

    /// Runs an update's stores on one of the team's threads, and times them.
    template <class Work>
    void time(const Work& work) noexcept {
        const auto begin = std::chrono::steady_clock::now();
        work();
        const std::chrono::duration<double> passed = std::chrono::steady_clock::now() - begin;
        seconds_[are_uncached_ ? 1 : 0] = passed.count();
    }

private:
    static constexpr std::size_t period = 256;
    static constexpr std::array<std::size_t, 2> trials{2, 3}; ///< the first updates meet new memory

    std::size_t updates_ = 0;
    bool are_uncached_ = false;
    std::array<double, 2> seconds_{}; ///< of the last update into the caches and past them
};

} // namespace strata::bedrock::inline STRATA_SETTING
