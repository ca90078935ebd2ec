// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdlib>
#include <vector>

namespace bench {

/// Seconds that a call takes.
template <class Call>
double seconds(Call call) {
    const auto begin = std::chrono::steady_clock::now();
    call();
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

inline double median(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    const std::size_t middle = values.size() / 2;
    return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

/// Seconds that a call takes: the median of so many runs of `repeats` calls each.
template <class Call>
double median_seconds(std::size_t runs, std::size_t repeats, Call call) {
    std::vector<double> times;
    for (std::size_t run = 0; run < runs; ++run)
        times.push_back(seconds([&] {
                            for (std::size_t i = 0; i < repeats; ++i)
                                call();
                        }) /
                        static_cast<double>(repeats));
    return median(times);
}

/// Keeps the compiler from dropping or moving what a benchmark computes.
template <class T>
void keep(const T& value) {
    asm volatile("" : : "g"(&value) : "memory");
}

/// How many threads the comparison asks for.
inline std::size_t threads() {
    const char* given = std::getenv("BENCH_THREADS");
    return given == nullptr ? 1 : std::strtoull(given, nullptr, 10);
}

} // namespace bench
