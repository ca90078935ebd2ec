// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/threads/team.hpp>
#include <strata/setting.hpp>

#ifdef _OPENMP
#    include <omp.h>
#endif

#include <cstddef>

namespace strata::inline STRATA_SETTING {

/// Runs work(team) on up to so many threads together. Here, and nowhere else, threads start: without OpenMP
/// there is one.
template <class Work>
void run_team([[maybe_unused]] std::size_t threads, const Work& work) {
#ifdef _OPENMP
    if (threads > 1) {
        meeting_point point;
#    pragma omp parallel num_threads(static_cast <int>(threads))
        work(team{static_cast<std::size_t>(omp_get_thread_num()),
                  static_cast<std::size_t>(omp_get_num_threads()), &point});
        return;
    }
#endif
    work(team{});
}

} // namespace strata::inline STRATA_SETTING
