// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/setting.hpp>
STRATA_HEADER_BEGIN

#include <strata/distributed/host_memory.hpp>
#include <strata/distributed/mpi_end.hpp>
#include <strata/expression/concatenate.hpp>
#include <strata/raise.hpp>
#include <strata/training/machine_error.hpp>
#include <strata/training/machine_failure.hpp>
#include <strata/training/machine_fit.hpp>
#include <strata/training/machine_group.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <exception>
#include <span>
#include <string>
#include <thread>
#include <vector>

/// Machines that talk by MPI (version 3.0 of the standard; OpenMPI and MPICH are tested). A program is
/// compiled by `mpicxx` and started by `mpirun`, which gives each process its number.
namespace strata::bedrock::inline STRATA_SETTING::mpi {

/// Begins MPI, and ends it when the program leaves its scope: `mpi::environment world{argc, argv};`. Or some
/// machines of a program that has begun MPI by itself and ends it: `mpi::environment half{communicator};`,
/// one object a communicator. Only the thread that made it may use it.
///
/// All machines, also those of other communicators, end with a message where one of them leaves the scope
/// while others go on to train, which would wait for it. Where an exception leaves the scope, they end when
/// this process ends MPI, or by `exit` or from `main`, so that whoever catches it can say before what it was.
/// Where an exception has left it on all machines of the communicator, each ends by itself, as it likes.
class environment final : public machine_group {
public:
    /// `machine_error` where MPI was begun before, or does not allow a program threads of its own.
    environment(int& argc, char**& argv) {
        if (is_true(MPI_Initialized))
            internal::raise(machine_error("mpi::environment: MPI has been initialized before"));
        int provided = MPI_THREAD_SINGLE;
        check("MPI_Init_thread", MPI_Init_thread(&argc, &argv, MPI_THREAD_FUNNELED, &provided));
        is_owner_ = true;
        enter(MPI_COMM_WORLD, provided);
    }
    /// The machines of a communicator, which is copied: all of them must come here. `machine_error` where MPI
    /// was not begun, by `MPI_Init_thread` with MPI_THREAD_FUNNELED or more, and for MPI_COMM_NULL.
    explicit environment(MPI_Comm machines) {
        if (!is_true(MPI_Initialized) || is_true(MPI_Finalized))
            internal::raise(machine_error("mpi::environment: MPI has not been initialized"));
        if (machines == MPI_COMM_NULL)
            internal::raise(machine_error("mpi::environment: the communicator is MPI_COMM_NULL"));
        int provided = MPI_THREAD_SINGLE;
        check("MPI_Query_thread", MPI_Query_thread(&provided));
        enter(machines, provided);
    }

    ~environment() override {
        if (std::uncaught_exceptions() > exceptions_) {
            failed_machine::known().push_back({name_, all_, is_owner_});
            return;
        }
        internal::run_or_abandon(*this, [&] { leave(); });
        MPI_Comm_free(&all_);
        if (is_owner_)
            MPI_Finalize();
    }

    [[nodiscard]] std::size_t rank() const noexcept override { return rank_; }
    [[nodiscard]] std::size_t count() const noexcept override { return count_; }
    [[nodiscard]] std::string host() const override { return host_; }

    ticket send(std::size_t receiver, std::uint32_t channel, std::span<const std::byte> bytes) override {
        // What was written to memory that others see comes first.
        std::atomic_thread_fence(std::memory_order_release);
        bytes_sent_ += bytes.size();
        return begin("MPI_Isend", bytes, [&](std::span<const std::byte> part, MPI_Request* request) {
            return MPI_Isend(part.data(), static_cast<int>(part.size()), MPI_BYTE, static_cast<int>(receiver),
                             static_cast<int>(channel), all_, request);
        });
    }
    ticket receive(std::size_t sender, std::uint32_t channel, std::span<std::byte> bytes) override {
        return begin("MPI_Irecv", bytes, [&](std::span<std::byte> part, MPI_Request* request) {
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
            internal::raise(machine_error(detail::concatenate(
                "mpi::environment: expected at most ", most_bytes, " bytes to gather, found ", own.size())));
        const std::vector<int> sizes = gather_size(static_cast<int>(own.size()));
        for (std::size_t gone = 0; gone < count_; ++gone)
            if (sizes[gone] < 0)
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
    static constexpr std::chrono::seconds patience{2}; ///< before a machine that leaves tells others
    static constexpr int gone_channel = 32767;         ///< the largest that any MPI has
    void enter(MPI_Comm machines, int provided) {
        if (provided < MPI_THREAD_FUNNELED) {
            if (is_owner_)
                MPI_Finalize(); // on all machines alike: no destructor will
            internal::raise(
                machine_error("mpi::environment: this MPI allows no threads (MPI_THREAD_FUNNELED)"));
        }
        // A communicator of its own, so that no message of the program is taken for one of training.
        check("MPI_Comm_dup", MPI_Comm_dup(machines, &all_));
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
        (void)failed_machine::known(); // it has to live until the process has ended
        std::atexit(failed_machine::end);
        // What belongs to this communicator MPI deletes first of all when a program ends MPI.
        int key = MPI_KEYVAL_INVALID;
        const auto end_first = [](MPI_Comm, int, void*, void*) {
            failed_machine::end();
            return MPI_SUCCESS;
        };
        check("MPI_Comm_create_keyval",
              MPI_Comm_create_keyval(MPI_COMM_NULL_COPY_FN, end_first, &key, nullptr));
        check("MPI_Comm_set_attr", MPI_Comm_set_attr(MPI_COMM_SELF, key, nullptr));
        MPI_Comm_free_keyval(&key);
    }

    // The numbers of all machines, where each says its own, as it does in `leave`: meanwhile() is called
    // until they are there.
    template <class Meanwhile>
    void gather_number(int number, std::vector<int>& numbers, const Meanwhile& meanwhile) {
        MPI_Request request = MPI_REQUEST_NULL;
        check("MPI_Iallgather",
              MPI_Iallgather(&number, 1, MPI_INT, numbers.data(), 1, MPI_INT, all_, &request));
        wait_for({&request, 1}, meanwhile);
    }
    [[nodiscard]] std::vector<int> gather_size(int size) {
        std::vector<int> sizes(count_);
        gather_number(size, sizes, [this] { hear_gone(); });
        return sizes;
    }
    void leave() {
        std::vector<int> sizes(count_);
        std::vector<MPI_Request> told(count_, MPI_REQUEST_NULL);
        int has_told = 0;
        // Who waits for a message of this machine does not come here, and has to be told. Others may have
        // something to do before they come.
        const auto start = std::chrono::steady_clock::now();
        gather_number(no_size, sizes, [&] {
            if (has_told != 0 || std::chrono::steady_clock::now() - start < patience)
                return;
            has_told = 1;
            for (std::size_t other = 0; other < count_; ++other)
                if (other != rank_)
                    check("MPI_Isend", MPI_Isend(nullptr, 0, MPI_BYTE, static_cast<int>(other), gone_channel,
                                                 all_, &told[other]));
        });
        for (std::size_t busy = 0; busy < count_; ++busy)
            if (sizes[busy] != no_size)
                abandon(detail::concatenate("has ended its work, while machine ", busy,
                                            sizes[busy] == failure ? " ended by an exception"
                                                                   : " goes on, which ends all"));
        std::vector<int> tellers(count_);
        gather_number(has_told, tellers, [] {});
        for (std::size_t other = 0; other < count_; ++other)
            if (other != rank_ && tellers[other] != 0)
                check("MPI_Recv", MPI_Recv(nullptr, 0, MPI_BYTE, static_cast<int>(other), gone_channel, all_,
                                           MPI_STATUS_IGNORE));
        check("MPI_Waitall", MPI_Waitall(static_cast<int>(told.size()), told.data(), MPI_STATUSES_IGNORE));
    }
    // Ends all where a machine has left that this one may wait for.
    void hear_gone() {
        int is_there = 0;
        MPI_Status status{};
        check("MPI_Iprobe", MPI_Iprobe(MPI_ANY_SOURCE, gone_channel, all_, &is_there, &status));
        if (is_there != 0)
            abandon(detail::concatenate("waits for machine ", static_cast<std::size_t>(status.MPI_SOURCE),
                                        ", which has ended its work, which ends all"));
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

    // MPI's own waiting may keep a processor busy that another machine's process needs. Now and then
    // something is done meanwhile.
    template <class Meanwhile>
    static void wait_for(std::span<MPI_Request> requests, const Meanwhile& meanwhile) {
        constexpr unsigned some = 1024;
        int is_complete = 0;
        for (unsigned turn = 1;; ++turn) {
            check("MPI_Testall", MPI_Testall(static_cast<int>(requests.size()), requests.data(), &is_complete,
                                             MPI_STATUSES_IGNORE));
            if (is_complete != 0)
                return;
            if (turn % some == 0)
                meanwhile();
            std::this_thread::yield();
        }
    }
    void finish(std::span<MPI_Request> requests) {
        wait_for(requests, [this] { hear_gone(); });
    }
    template <class Begin>
    void finish(std::string_view function, const Begin& begin) {
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
    ticket begin(const char* function, Bytes bytes, const Begin& begin_part) {
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
            check(function, begin_part(part, &requests.back()));
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
    bool is_owner_ = false; ///< of MPI, which it ends
    int exceptions_ = std::uncaught_exceptions();
};

} // namespace strata::bedrock::inline STRATA_SETTING::mpi

namespace strata {
namespace mpi = bedrock::mpi;
} // namespace strata

STRATA_HEADER_END
