// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/setting.hpp>
STRATA_HEADER_BEGIN

// Both MPIs would also include C++ functions that the standard has long dropped, and link their library.
#ifndef OMPI_SKIP_MPICXX
#    define OMPI_SKIP_MPICXX 1
#endif
#ifndef MPICH_SKIP_MPICXX
#    define MPICH_SKIP_MPICXX 1
#endif
#include <mpi.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

/// How machines end.
namespace strata::bedrock::inline STRATA_SETTING::mpi {

inline constexpr int no_size = -1; ///< what a machine says that has ended its work, instead of a size
inline constexpr int failure = -2; ///< and one whose work an exception has ended

/// Whether MPI answers a question with yes: `is_true(MPI_Initialized)`.
inline bool is_true(int (*question)(int*)) {
    int answer = 0;
    question(&answer);
    return answer != 0;
}

/// Ends all machines with a message.
[[noreturn]] inline void end_all(std::string_view name, std::string_view reason) noexcept {
    std::fprintf(stderr, "%.*s: %.*s\n", static_cast<int>(name.size()), name.data(),
                 static_cast<int>(reason.size()), reason.data());
    std::fflush(nullptr);
    // MPICH's mpirun loses what it has not read when it hears of the end.
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
    MPI_Abort(MPI_COMM_WORLD, 1);
    std::abort(); // MPI_Abort may return by its standard.
}

/// A machine whose scope an exception has left.
struct failed_machine {
    std::string name;
    MPI_Comm all;
    std::size_t count;
    bool is_owner; ///< of MPI, which it ends

    /// The one that this process is, if it has a name.
    static failed_machine& self() {
        static failed_machine result{{}, MPI_COMM_NULL, 0, false};
        return result;
    }
    /// When the process ends: an error that all machines have met ends each by itself, another ends all.
    static void end() {
        if (self().name.empty())
            return;
        const failed_machine known = std::exchange(self(), {{}, MPI_COMM_NULL, 0, false});
        if (is_true(MPI_Finalized))
            return;
        if (!have_all_failed(known))
            end_all(known.name, "ended by an exception, which ends all machines");
        if (known.is_owner)
            MPI_Finalize();
    }

private:
    // Machines that wait for messages of this one never say that they end.
    static bool have_all_failed(const failed_machine& known) {
        // MPI may still write there when this took too long.
        static int own = failure;
        static std::vector<int> ends;
        ends.assign(known.count, no_size);
        const auto latest = std::chrono::steady_clock::now() + std::chrono::seconds(1);
        MPI_Request request = MPI_REQUEST_NULL;
        int is_complete = 0;
        int code = MPI_Iallgather(&own, 1, MPI_INT, ends.data(), 1, MPI_INT, known.all, &request);
        while (code == MPI_SUCCESS && is_complete == 0 && std::chrono::steady_clock::now() < latest) {
            std::this_thread::yield();
            code = MPI_Test(&request, &is_complete, MPI_STATUS_IGNORE);
        }
        return code == MPI_SUCCESS && is_complete != 0 &&
               std::count(ends.begin(), ends.end(), failure) == static_cast<std::ptrdiff_t>(ends.size());
    }
};

} // namespace strata::bedrock::inline STRATA_SETTING::mpi

STRATA_HEADER_END
