// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/setting.hpp>

#include <algorithm>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING {

/// A thread's part of any work, in units of 1 / `whole` of it.
struct work_part {
    static constexpr std::uint32_t whole = 1u << 16;
    std::uint32_t begin = 0;
    std::uint32_t end = 0; ///< 0: the work is split evenly
};

namespace internal {
/// A clock that takes some nanoseconds to read, in units of its own; always 0 where there is none.
[[nodiscard]] inline std::uint64_t clock_ticks() noexcept {
#if defined(__x86_64__) || defined(__i386__)
    return __builtin_ia32_rdtsc();
#elif defined(__aarch64__)
    std::uint64_t ticks;
    asm volatile("mrs %0, cntvct_el0" : "=r"(ticks));
    return ticks;
#else
    return 0;
#endif
}
} // namespace internal

/// How a team splits its work where some threads are slower than others, as on cores of two kinds or beside
/// other programs: in proportion to their speeds, which it learns from how long they wait for each other.
/// Who computes a result changes no bit of it.
class work_shares {
public:
    [[nodiscard]] std::size_t size() const noexcept { return threads_.size(); }
    [[nodiscard]] work_part part(std::size_t rank) const noexcept { return threads_[rank].part; }

    /// Even parts for so many threads, unless that many have parts already. One thread needs none, and leaves
    /// those of a team as they are.
    void prepare(std::size_t threads) {
        if (threads == 1 || threads == size())
            return;
        threads_ = std::vector<member>(threads);
        for (std::size_t rank = 0; rank < threads; ++rank)
            threads_[rank].part = {bound(static_cast<double>(rank) / static_cast<double>(threads)),
                                   bound(static_cast<double>(rank + 1) / static_cast<double>(threads))};
        steps_ = 0;
    }

    /// A thread says how long it has waited.
    void add_wait(std::size_t rank, std::uint64_t ticks) noexcept {
        std::atomic<std::uint64_t>& own = threads_[rank].wait;
        own.store(own.load(std::memory_order_relaxed) + ticks, std::memory_order_relaxed);
    }

    /// One thread calls this once a step, and the team meets before anybody asks for parts again. Looks at
    /// the speeds behind steps 2, 4, 8, ... 64 and each further 64.
    void finish_step() noexcept {
        constexpr std::size_t period = 64;
        ++steps_;
        if (steps_ < period ? !std::has_single_bit(steps_) : steps_ % period != 0)
            return;
        const std::uint64_t current_ticks = internal::clock_ticks();
        if (steps_ > 1)
            adjust(static_cast<double>(current_ticks - start_));
        else
            forget_waits();
        start_ = current_ticks;
    }

    /// Moves the parts halfway to those with which all threads would have been busy for the same time, of
    /// `ticks` in which they have waited as they said. Small differences are left alone: a thread that keeps
    /// its part finds its weights in its cache.
    void adjust(double ticks) noexcept {
        move_parts(ticks);
        forget_waits();
    }

private:
    struct alignas(64) member {
        member() = default;
        member(const member& other) noexcept : part(other.part) {}
        member& operator=(const member& other) noexcept {
            part = other.part;
            return *this;
        }
        work_part part;
        std::atomic<std::uint64_t> wait = 0; ///< not copied: a copy has waited for nobody
    };

    void move_parts(double ticks) noexcept {
        constexpr double small = 0.1; // of the time
        constexpr double least = 1.0 / 16;
        const auto busy = [&](const member& each) {
            return std::max(ticks - static_cast<double>(each.wait.load(std::memory_order_relaxed)),
                            least * ticks);
        };
        const auto [idlest, busiest] =
            std::minmax_element(threads_.begin(), threads_.end(),
                                [&](const member& a, const member& b) { return busy(a) < busy(b); });
        if (!(busy(*busiest) - busy(*idlest) > small * ticks))
            return;
        const auto width = [](const member& each) {
            // A thread with no work would never show its speed.
            return std::max(static_cast<double>(each.part.end - each.part.begin) / work_part::whole, 0.01);
        };
        double speeds = 0;
        double widths = 0;
        for (const member& each : threads_) {
            speeds += width(each) / busy(each);
            widths += width(each);
        }
        double end = 0;
        std::uint32_t begin = 0;
        for (member& each : threads_) {
            end += (width(each) / widths + width(each) / busy(each) / speeds) / 2;
            each.part = {begin, bound(end)};
            begin = each.part.end;
        }
        threads_.back().part.end = work_part::whole;
    }
    void forget_waits() noexcept {
        for (member& each : threads_)
            each.wait.store(0, std::memory_order_relaxed);
    }

    [[nodiscard]] static std::uint32_t bound(double fraction) noexcept {
        return static_cast<std::uint32_t>(fraction * work_part::whole + 0.5);
    }

    std::vector<member> threads_;
    std::size_t steps_ = 0;
    std::uint64_t start_ = 0;
};

} // namespace strata::bedrock::inline STRATA_SETTING
