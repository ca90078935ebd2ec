// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/setting.hpp>
STRATA_HEADER_BEGIN

#include <strata/distributed/host_memory.hpp>
#include <strata/expression/concatenate.hpp>
#include <strata/raise.hpp>
#include <strata/training/machine_error.hpp>
#include <strata/training/machine_failure.hpp>
#include <strata/training/machine_fit.hpp>
#include <strata/training/machine_group.hpp>

// Both MPIs would also include C++ functions that the standard has long dropped, and link their library.
#ifndef OMPI_SKIP_MPICXX
#    define OMPI_SKIP_MPICXX 1
#endif
#ifndef MPICH_SKIP_MPICXX
#    define MPICH_SKIP_MPICXX 1
#endif
#include <mpi.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <thread>

/// Machines that talk by MPI (version 3.0 of the standard; OpenMPI and MPICH are tested). A program is
/// compiled by `mpicxx` and started by `mpirun`, which gives each process its number.
namespace strata::bedrock::inline STRATA_SETTING::mpi {

/// Begins MPI, and ends it when the program leaves its scope: `mpi::environment world{argc, argv};`. One
/// object a program. Only the thread that made it may use it.
///
/// All machines end with a message where one of them leaves the scope while others go on to train, which
/// would wait for it. Where an exception leaves the scope, they end when this process ends, by `exit` or
/// from `main`, so that whoever catches it can say before what it was.
class environment final : public machine_group {
public:
    /// `machine_error` where MPI was begun before, or does not allow a program threads of its own.
    environment(int& argc, char**& argv) {
        int is_begun = 0;
        MPI_Initialized(&is_begun);
        if (is_begun != 0)
            internal::raise(machine_error("mpi::environment: MPI has been initialized before"));
        int provided = MPI_THREAD_SINGLE;
        check("MPI_Init_thread", MPI_Init_thread(&argc, &argv, MPI_THREAD_FUNNELED, &provided));
        if (provided < MPI_THREAD_FUNNELED)
            internal::raise(
                machine_error("mpi::environment: this MPI allows no threads (MPI_THREAD_FUNNELED)"));
        // A communicator of its own, so that no message of the program is taken for one of training.
        check("MPI_Comm_dup", MPI_Comm_dup(MPI_COMM_WORLD, &all_));
        check("MPI_Comm_set_errhandler", MPI_Comm_set_errhandler(all_, MPI_ERRORS_RETURN));
        int number = 0;
        check("MPI_Comm_rank", MPI_Comm_rank(all_, &number));
        rank_ = static_cast<std::size_t>(number);
        check("MPI_Comm_size", MPI_Comm_size(all_, &number));
        count_ = static_cast<std::size_t>(number);
        std::array<char, MPI_MAX_PROCESSOR_NAME> name{};
        check("MPI_Get_processor_name", MPI_Get_processor_name(name.data(), &number));
        host_.assign(name.data(), static_cast<std::size_t>(number));
        name_ = detail::concatenate("machine ", rank_, " of ", count_, " (", host_, ")");
        std::atexit(end_process);
    }

    ~environment() override {
        if (std::uncaught_exceptions() > exceptions_) {
            ended_by_exception = name_;
            return;
        }
        internal::run_or_abandon(*this, [&] { leave(); });
        MPI_Comm_free(&all_);
        MPI_Finalize();
    }

    [[nodiscard]] std::size_t rank() const noexcept override { return rank_; }
    [[nodiscard]] std::size_t count() const noexcept override { return count_; }
    [[nodiscard]] std::string host() const override { return host_; }

    ticket send(std::size_t receiver, std::uint32_t channel, std::span<const std::byte> bytes) override {
        // What was written to memory that others see comes first.
        std::atomic_thread_fence(std::memory_order_release);
        bytes_sent_ += bytes.size();
        return begin(bytes, [&](std::span<const std::byte> part, MPI_Request* request) {
            return MPI_Isend(part.data(), static_cast<int>(part.size()), MPI_BYTE, static_cast<int>(receiver),
                             static_cast<int>(channel), all_, request);
        });
    }
    ticket receive(std::size_t sender, std::uint32_t channel, std::span<std::byte> bytes) override {
        return begin(bytes, [&](std::span<std::byte> part, MPI_Request* request) {
            return MPI_Irecv(part.data(), static_cast<int>(part.size()), MPI_BYTE, static_cast<int>(sender),
                             static_cast<int>(channel), all_, request);
        });
    }
    [[nodiscard]] bool is_done(ticket message) override {
        std::vector<MPI_Request>& requests = messages_[message];
        int is_complete = 0;
        check("MPI_Testall", MPI_Testall(static_cast<int>(requests.size()), requests.data(), &is_complete,
                                         MPI_STATUSES_IGNORE));
        if (is_complete != 0)
            forget(message);
        return is_complete != 0;
    }
    void wait(ticket message) override {
        finish(messages_[message]);
        forget(message);
    }

    [[nodiscard]] std::vector<std::vector<std::byte>> gather(std::span<const std::byte> own) override {
        if (own.size() > most_bytes)
            internal::raise(
                machine_error("mpi::environment: more than a gigabyte at once is to be gathered"));
        const std::vector<int> sizes = gather_size(static_cast<int>(own.size()));
        if (const std::size_t gone = first_machine(sizes, true); gone < count_)
            internal::raise(machine_error(
                detail::concatenate("machine ", gone, " has ended its work, while ", name_, " goes on")));
        // One round a machine, since all of them together may be more than MPI counts.
        std::vector<std::vector<std::byte>> result(count_);
        for (std::size_t machine = 0; machine < count_; ++machine) {
            result[machine].resize(static_cast<std::size_t>(sizes[machine]));
            if (machine == rank_)
                std::copy(own.begin(), own.end(), result[machine].begin());
            send_all(result[machine], machine);
        }
        return result;
    }
    void broadcast(std::span<std::byte> bytes) override {
        for (; !bytes.empty(); bytes = bytes.subspan(std::min(bytes.size(), most_bytes)))
            send_all(bytes.first(std::min(bytes.size(), most_bytes)), 0);
    }

    [[nodiscard]] machine_memory share_memory(std::size_t bytes) override {
        return share_host_memory(*this, bytes);
    }

    [[noreturn]] void abandon(std::string_view reason) noexcept override { end_all(name_, reason); }

    [[nodiscard]] std::uint64_t bytes_sent() const noexcept override { return bytes_sent_; }

private:
    static constexpr std::size_t most_bytes = std::size_t{1} << 30; ///< of one message: MPI counts by int
    static constexpr int no_size = -1;            ///< what a machine says that is about to end MPI
    static inline std::string ended_by_exception; ///< the name of a machine whose scope an exception has left

    [[noreturn]] static void end_all(std::string_view name, std::string_view reason) noexcept {
        std::fprintf(stderr, "%.*s: %.*s\n", static_cast<int>(name.size()), name.data(),
                     static_cast<int>(reason.size()), reason.data());
        std::fflush(nullptr);
        // MPICH's mpirun loses what it has not read when it hears of the end.
        std::this_thread::sleep_for(std::chrono::milliseconds(200));
        MPI_Abort(MPI_COMM_WORLD, 1);
        std::abort(); // MPI_Abort may return by its standard.
    }
    static void end_process() {
        if (!ended_by_exception.empty())
            end_all(ended_by_exception, "ended by an exception, which ends all machines");
    }

    // The sizes of all machines, where each says its own.
    [[nodiscard]] std::vector<int> gather_size(int size) {
        std::vector<int> sizes(count_);
        finish("MPI_Iallgather", [&](MPI_Request* request) {
            return MPI_Iallgather(&size, 1, MPI_INT, sizes.data(), 1, MPI_INT, all_, request);
        });
        return sizes;
    }
    // The first that is about to end MPI, or that is not.
    [[nodiscard]] static std::size_t first_machine(const std::vector<int>& sizes, bool is_leaving) {
        std::size_t result = 0;
        while (result < sizes.size() && (sizes[result] == no_size) != is_leaving)
            ++result;
        return result;
    }
    void leave() {
        const std::vector<int> sizes = gather_size(no_size);
        if (const std::size_t busy = first_machine(sizes, false); busy < count_)
            abandon(
                detail::concatenate("has ended its work, while machine ", busy, " goes on, which ends all"));
    }

    static void check(std::string_view function, int code) {
        if (code == MPI_SUCCESS)
            return;
        std::array<char, MPI_MAX_ERROR_STRING> text{};
        int length = 0;
        MPI_Error_string(code, text.data(), &length);
        internal::raise(machine_error(detail::concatenate(
            function, ": ", std::string_view(text.data(), static_cast<std::size_t>(length)))));
    }

    // MPI's own waiting may keep a processor busy that another machine's process needs.
    static void finish(std::span<MPI_Request> requests) {
        for (int is_complete = 0;; std::this_thread::yield()) {
            check("MPI_Testall", MPI_Testall(static_cast<int>(requests.size()), requests.data(), &is_complete,
                                             MPI_STATUSES_IGNORE));
            if (is_complete != 0)
                return;
        }
    }
    template <class Begin>
    static void finish(std::string_view function, const Begin& begin) {
        MPI_Request request = MPI_REQUEST_NULL;
        check(function, begin(&request));
        finish({&request, 1});
    }
    void send_all(std::span<std::byte> bytes, std::size_t sender) {
        finish("MPI_Ibcast", [&](MPI_Request* request) {
            return MPI_Ibcast(bytes.data(), static_cast<int>(bytes.size()), MPI_BYTE,
                              static_cast<int>(sender), all_, request);
        });
    }

    template <class Bytes, class Begin>
    ticket begin(Bytes bytes, const Begin& begin_part) {
        if (free_.empty()) {
            free_.push_back(messages_.size());
            messages_.emplace_back();
        }
        const ticket message = free_.back();
        free_.pop_back();
        std::vector<MPI_Request>& requests = messages_[message];
        do {
            const auto part = bytes.first(std::min(bytes.size(), most_bytes));
            requests.push_back(MPI_REQUEST_NULL);
            check("a message", begin_part(part, &requests.back()));
            bytes = bytes.subspan(part.size());
        } while (!bytes.empty());
        return message;
    }
    void forget(ticket message) {
        std::atomic_thread_fence(std::memory_order_acquire);
        messages_[message].clear();
        free_.push_back(message);
    }

    MPI_Comm all_ = MPI_COMM_NULL;
    std::size_t rank_ = 0;
    std::size_t count_ = 1;
    std::string host_;
    std::string name_;
    std::vector<std::vector<MPI_Request>> messages_;
    std::vector<ticket> free_;
    std::uint64_t bytes_sent_ = 0;
    int exceptions_ = std::uncaught_exceptions();
};

} // namespace strata::bedrock::inline STRATA_SETTING::mpi

namespace strata {
namespace mpi = bedrock::mpi;
} // namespace strata

STRATA_HEADER_END
