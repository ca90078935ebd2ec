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
    bool is_owner; ///< of MPI, which it ends

    /// Those that this process has been, one of each communicator.
    static std::vector<failed_machine>& known() {
        static std::vector<failed_machine> result;
        return result;
    }
    /// When the process ends: errors that all machines have met end each by itself, another ends all.
    static void end() {
        const std::vector<failed_machine> failed = std::exchange(known(), {});
        if (failed.empty() || is_true(MPI_Finalized))
            return;
        bool is_owner = false;
        for (const failed_machine& each : failed) {
            if (!each.have_all_failed())
                end_all(each.name, "ended by an exception, which ends all machines");
            is_owner = is_owner || each.is_owner;
        }
        if (is_owner)
            MPI_Finalize();
    }

private:
    // Machines that wait for messages of this one never say that they end.
    [[nodiscard]] bool have_all_failed() const {
        // MPI may still write there when this took too long.
        static int own = failure;
        static std::vector<int> ends;
        int count = 0;
        MPI_Comm_size(all, &count);
        ends.assign(static_cast<std::size_t>(count), no_size);
        const auto latest = std::chrono::steady_clock::now() + std::chrono::seconds(1);
        MPI_Request request = MPI_REQUEST_NULL;
        int is_complete = 0;
        int code = MPI_Iallgather(&own, 1, MPI_INT, ends.data(), 1, MPI_INT, all, &request);
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
