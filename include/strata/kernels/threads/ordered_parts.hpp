// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/threads/run_team.hpp>
#include <strata/kernels/threads/thread_count.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <optional>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING {

/// Runs parts of a sum on several threads, each part on one, and adds them in their order: the same bits on
/// any number of threads. `run(part)` returns a part's sum, of about `bytes`; `merge(sum)` adds it up. With 0
/// threads as many as there are. What `run` throws, on whatever thread, comes out of here.
///
/// Sums wait for their turn in memory, not their threads: a thread that waits for another which has lost its
/// core would cost more than the parts. Whoever has finished a part adds what is next in order, so that few
/// sums wait and their memory serves the parts that follow.
template <class Run, class Merge>
void ordered_parts(std::size_t parts, std::size_t threads, std::size_t bytes, const Run& run,
                   const Merge& merge) {
    constexpr std::size_t most_bytes = 64u << 20; // of sums that wait
    threads = std::min(parts, thread_count(0, 0, threads));
    if (threads <= 1) {
        for (std::size_t part = 0; part < parts; ++part)
            merge(run(part));
        return;
    }
    const std::size_t round = std::min(parts, std::max(most_bytes / bytes, 2 * threads));
    std::vector<std::optional<decltype(run(std::size_t{0}))>> sums(round);
    for (std::size_t first = 0; first < parts; first += round) {
        const std::size_t end = std::min(first + round, parts);
        std::atomic<std::size_t> next = first; // parts take more and less time: whoever is ready takes one
        std::vector<std::atomic<bool>> is_ready(end - first);
        std::atomic_flag is_merging;
        std::size_t merged = first; // written by the thread that set the flag
        const auto merge_ready = [&] {
            for (; merged < end && is_ready[merged - first].load(std::memory_order_acquire); ++merged) {
                merge(*sums[merged - first]);
                sums[merged - first].reset();
            }
        };
        run_team(threads, [&](const team&) {
            for (std::size_t part = next++; part < end; part = next++) {
                sums[part - first].emplace(run(part));
                is_ready[part - first].store(true, std::memory_order_release);
                if (!is_merging.test_and_set(std::memory_order_acquire)) {
                    merge_ready();
                    is_merging.clear(std::memory_order_release);
                }
            }
        });
        merge_ready();
    }
}

} // namespace strata::bedrock::inline STRATA_SETTING
