// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/setting.hpp>

#include <algorithm>
#include <cstddef>
#include <vector>

#ifdef _OPENMP
#    include <omp.h>
#endif

namespace strata::inline STRATA_SETTING {

/// Runs parts of a sum on several threads, each part on one, and adds them in their order: the same bits on
/// any number of threads. `run(part)` returns a part's sum, of about `bytes`; `merge(sum)` adds it up. With 0
/// threads as many as OpenMP would start.
///
/// Sums wait for their turn in memory, not their threads: a thread that waits for another which has lost its
/// core would cost more than the parts.
template <class Run, class Merge>
void ordered_parts(std::size_t parts, std::size_t threads, std::size_t bytes, const Run& run,
                   const Merge& merge) {
#ifdef _OPENMP
    constexpr std::size_t most_bytes = 64u << 20;
    if (threads == 0)
        threads = static_cast<std::size_t>(omp_get_max_threads());
    if (threads > 1 && parts > 1) {
        const std::size_t round = std::min(parts, std::max(most_bytes / bytes, 2 * threads));
        std::vector<decltype(run(std::size_t{0}))> sums(round);
        for (std::size_t first = 0; first < parts; first += round) {
            const std::size_t end = std::min(first + round, parts);
#    pragma omp parallel for num_threads(static_cast <int>(threads)) schedule(dynamic, 1)
            for (std::size_t part = first; part < end; ++part)
                sums[part - first] = run(part);
            for (std::size_t part = first; part < end; ++part)
                merge(sums[part - first]);
        }
        return;
    }
#else
    static_cast<void>(threads);
    static_cast<void>(bytes);
#endif
    for (std::size_t part = 0; part < parts; ++part)
        merge(run(part));
}

} // namespace strata::inline STRATA_SETTING
