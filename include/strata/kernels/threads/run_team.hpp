// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/threads/team.hpp>
#include <strata/kernels/threads/team_failure.hpp>
#include <strata/setting.hpp>

#ifdef _OPENMP
#    include <omp.h>
// LLVM's library, which says its name so, starts new threads in a process that was forked. GNU's waits for
// ever for those of the parent.
#    if __has_include(<pthread.h>) && !defined(KMP_VERSION_MAJOR)
#        define STRATA_LOSES_THREADS
#        include <pthread.h>
#    endif
#endif

#include <atomic>
#include <cstddef>

namespace strata::bedrock::inline STRATA_SETTING {

#ifdef _OPENMP
namespace internal {
/// Whether this process may start threads: not if it was forked from one whose threads it lacks.
[[nodiscard]] inline bool may_start_threads() noexcept {
#    ifdef STRATA_LOSES_THREADS
    static std::atomic<bool> is_forked = false;
    [[maybe_unused]] static const int watches =
        pthread_atfork(nullptr, nullptr, [] { is_forked.store(true, std::memory_order_relaxed); });
    return !is_forked.load(std::memory_order_relaxed);
#    else
    return true;
#    endif
}

template <class Work>
[[gnu::noinline]] void run_threads(std::size_t threads, const Work& work) {
    meeting_point point;
    team_failure failure;
#    pragma omp parallel num_threads(static_cast <int>(threads))
    {
        const team members{static_cast<std::size_t>(omp_get_thread_num()),
                           static_cast<std::size_t>(omp_get_num_threads()), &point};
        if (!failure.run([&]() noexcept(noexcept(work(members))) { work(members); }))
            point.leave(members.size);
    }
    failure.raise_again();
}
} // namespace internal
#endif

/// Runs work(team) on up to so many threads together. Here, and nowhere else, threads start: without OpenMP
/// there is one.
///
/// What a thread throws comes out of here when all are done, the first of several. The others do not wait at
/// a barrier for one that has thrown, so what they compute from there on is worth nothing.
template <class Work>
void run_team([[maybe_unused]] std::size_t threads, const Work& work) {
#ifdef _OPENMP
    if (threads > 1 && internal::may_start_threads())
        return internal::run_threads(threads, work);
#endif
    work(team{});
}

} // namespace strata::bedrock::inline STRATA_SETTING
#undef STRATA_LOSES_THREADS
