// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/threads/work_shares.hpp>
#include <strata/setting.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace strata::bedrock::inline STRATA_SETTING {

/// Where the threads of a team wait for each other. They spin for some microseconds, which is what a phase of
/// training is apart from the next, and then sleep: where other programs want the cores, spinning threads
/// would keep those from running that they wait for.
class meeting_point {
public:
    void meet(std::size_t size) noexcept {
        const std::uint32_t round = round_.load(std::memory_order_relaxed);
        if (arrive(size, round))
            return;
        for (int spin = 0; spin < 2000; ++spin) {
            if (round_.load(std::memory_order_acquire) != round)
                return;
            relax();
        }
        while (round_.load(std::memory_order_acquire) == round)
            round_.wait(round, std::memory_order_acquire);
    }

    /// Comes here for the last time, and waits for nobody: this thread counts as arrived from now on.
    void leave(std::size_t size) noexcept {
        absent_.fetch_add(1, std::memory_order_relaxed);
        arrive(size, round_.load(std::memory_order_relaxed));
    }

private:
    /// Returns whether this thread was the last to come, which sends the others on.
    bool arrive(std::size_t size, std::uint32_t round) noexcept {
        if (arrived_.fetch_add(1, std::memory_order_acq_rel) + 1 != size)
            return false;
        arrived_.store(absent_.load(std::memory_order_relaxed), std::memory_order_relaxed);
        round_.store(round + 1, std::memory_order_release);
        round_.notify_all();
        return true;
    }

    /// Tells the processor that this thread waits, so that its neighbour on the same core gets on faster.
    static void relax() noexcept {
#if defined(__x86_64__) || defined(__i386__)
        __builtin_ia32_pause();
#elif defined(__aarch64__) || (defined(__ARM_ARCH) && __ARM_ARCH >= 7)
        asm volatile("yield");
#endif
    }

    alignas(64) std::atomic<std::size_t> arrived_ = 0;
    std::atomic<std::size_t> absent_ = 0; ///< those that have left; each arrives before a round ends
    alignas(64) std::atomic<std::uint32_t> round_ = 0;
};

/// The threads that run a kernel together, seen from one of them. Every result is computed by one thread from
/// start to end, so the size of the team never changes a bit of it.
struct team {
    std::size_t rank = 0;
    std::size_t size = 1;
    meeting_point* point = nullptr; ///< shared by the team; none for a single thread
    work_shares* shares = nullptr;  ///< likewise, where threads get parts by their speeds
    work_part part = {};            ///< this thread's

    struct range {
        std::size_t begin;
        std::size_t end;
    };

    /// This thread's part of `count` things, a multiple of `grain` but for the last part.
    [[nodiscard]] constexpr range share(std::size_t count, std::size_t grain = 1) const noexcept {
        if (size == 1)
            return {0, count};
        const std::size_t grains = (count + grain - 1) / grain;
        const auto bound = [&](std::size_t threads, std::uint32_t units) {
            return part.end == 0 ? grains * threads / size
                                 : (grains * units + work_part::whole / 2) / work_part::whole;
        };
        const std::size_t begin = bound(rank, part.begin) * grain;
        const std::size_t end = bound(rank + 1, part.end) * grain;
        return {begin < count ? begin : count, end < count ? end : count};
    }

    /// Waits until all have come here.
    void barrier() const noexcept {
        if (point == nullptr)
            return;
        if (shares == nullptr)
            return point->meet(size);
        const std::uint64_t start = internal::clock_ticks();
        point->meet(size);
        shares->add_wait(rank, internal::clock_ticks() - start);
    }

    /// Splits work by the speeds of the threads from now on, if that is for a team of this size.
    void adopt(work_shares& speeds) noexcept {
        if (size == 1 || speeds.size() != size)
            return;
        shares = &speeds;
        part = speeds.part(rank);
    }
    /// A step of work ends here for all, and parts may change.
    void finish_step() noexcept {
        if (shares != nullptr && rank == 0)
            shares->finish_step();
        barrier();
        if (shares != nullptr)
            part = shares->part(rank);
    }
};

} // namespace strata::bedrock::inline STRATA_SETTING
