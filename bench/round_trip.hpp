// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include "cores.hpp"
#include "timing.hpp"

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <thread>
#include <vector>

namespace bench {

/// Seconds that a line of memory takes from the first core to the last and back, the fastest of 20 times 100
/// trips, which other programs seldom interrupt; 0 where there is one core. Cores that share a cache take
/// less than 0.1 microseconds.
inline double round_trip_seconds() {
    constexpr std::size_t trips = 100;
    constexpr int repeats = 20;
    const std::vector<std::size_t> cores = own_cores();
    if (cores.size() < 2)
        return 0;
    struct alignas(128) line {
        std::atomic<std::size_t> number = 0;
    } shared;
    const auto await = [&shared](std::size_t number) {
        while (shared.number.load(std::memory_order_acquire) != number)
            ;
    };
    double best = 1e9;
    std::thread answering([&] {
        stay_on(cores.back());
        for (std::size_t trip = 0; trip < repeats * trips; ++trip) {
            await(2 * trip + 1);
            shared.number.store(2 * trip + 2, std::memory_order_release);
        }
    });
    std::thread asking([&] {
        stay_on(cores.front());
        for (std::size_t trip = 0; trip < repeats * trips;)
            best = std::min(best, seconds([&] {
                                for (const std::size_t end = trip + trips; trip < end; ++trip) {
                                    shared.number.store(2 * trip + 1, std::memory_order_release);
                                    await(2 * trip + 2);
                                }
                            }));
    });
    asking.join();
    answering.join();
    return best / static_cast<double>(trips);
}

} // namespace bench
