// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/setting.hpp>

#ifdef _OPENMP
#    include <omp.h>
#endif

#include <algorithm>
#include <cstddef>

namespace strata::bedrock::inline STRATA_SETTING {

/// How many threads OpenMP would start; 1 without it.
[[nodiscard]] inline std::size_t available_threads() noexcept {
#ifdef _OPENMP
    return static_cast<std::size_t>(omp_get_max_threads());
#else
    return 1;
#endif
}

/// Multiplications and additions from which several threads are worth what they cost: about ten microseconds'
/// work where a team that is there meets, and five times as much where one has to be started for it.
inline constexpr std::size_t worth_meeting = 400'000;
inline constexpr std::size_t worth_starting = 5 * worth_meeting;

/// So many threads nobody has cores for, and OpenMP ends a program whose threads a system refuses to start.
inline constexpr std::size_t most_threads = 1024;

/// The one rule for how many threads take part in so many operations: those that somebody asked for, up to
/// `most_threads`, or else, where `wanted` is 0, all that there are if the work is worth it.
[[nodiscard]] inline std::size_t thread_count(std::size_t operations, std::size_t worth,
                                              std::size_t wanted = 0) noexcept {
    if (wanted != 0)
        return std::min(wanted, most_threads);
    return operations < worth ? 1 : available_threads();
}

} // namespace strata::bedrock::inline STRATA_SETTING
