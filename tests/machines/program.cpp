// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
//
// A process of those that train together, as tests/machines/check starts them:
//   program alone DIRECTORY          trains all networks by itself; what they learn goes to files
//   program same DIRECTORY           trains them together with the others, and compares
//   program halves DIRECTORY         the same by machines of even and of odd numbers, each half by itself
//   program twice                    machine 0 fails among all, and then alone
//   program train NETWORK [NAME=VALUE...]   trains one of them
#include "training.hpp"

#include <strata/distributed/mpi.hpp>

#include <algorithm>
#include <charconv>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <fstream>
#include <iterator>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <unistd.h>

namespace {
using bytes = std::vector<unsigned char>;

bytes read(const std::string& file) {
    std::ifstream stream(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
}
void write(const std::string& file, const bytes& content) {
    std::ofstream(file, std::ios::binary)
        .write(reinterpret_cast<const char*>(content.data()), static_cast<std::streamsize>(content.size()));
}

bytes all_of(outcome learnt) {
    learnt.snapshot.insert(learnt.snapshot.end(), learnt.scores.begin(), learnt.scores.end());
    return learnt.snapshot;
}

/// A machine that is killed, as by `kill -9`, when it begins so many messages: at any place of a step.
class mortal final : public strata::machine_group {
public:
    mortal(strata::machine_group& real, std::size_t messages) : real_(&real), left_(messages) {}

    [[nodiscard]] std::size_t rank() const noexcept override { return real_->rank(); }
    [[nodiscard]] std::size_t count() const noexcept override { return real_->count(); }
    [[nodiscard]] std::string host() const override { return real_->host(); }
    ticket send(std::size_t receiver, std::uint32_t channel, std::span<const std::byte> content) override {
        age();
        return real_->send(receiver, channel, content);
    }
    ticket receive(std::size_t sender, std::uint32_t channel, std::span<std::byte> content) override {
        age();
        return real_->receive(sender, channel, content);
    }
    [[nodiscard]] bool is_done(ticket message) override { return real_->is_done(message); }
    void wait(ticket message) override { real_->wait(message); }
    [[nodiscard]] std::vector<std::vector<std::byte>> gather(std::span<const std::byte> own) override {
        age();
        return real_->gather(own);
    }
    void broadcast(std::span<std::byte> content) override {
        age();
        real_->broadcast(content);
    }
    [[nodiscard]] strata::machine_memory share_memory(std::size_t size) override {
        age();
        return real_->share_memory(size);
    }
    [[noreturn]] void abandon(std::string_view reason) noexcept override {
        real_->abandon(reason);
        std::abort(); // g++ forgets that a virtual function does not return
    }
    [[nodiscard]] std::uint64_t bytes_sent() const noexcept override { return real_->bytes_sent(); }

private:
    void age() {
        if (++begun_ == left_)
            kill(getpid(), SIGKILL);
    }

    strata::machine_group* real_;
    std::size_t left_;
    std::size_t begun_ = 0;
};

/// The words NAME=VALUE of a command line. A name may say of which machine alone it speaks: `batch@1=20`.
class words {
public:
    words(char** begin, char** end, std::size_t rank) : rank_(std::to_string(rank)) {
        for (; begin != end; ++begin) {
            const std::string_view word = *begin;
            const std::size_t place = word.find('=');
            if (place == word.npos)
                throw std::invalid_argument("expected NAME=VALUE, found " + std::string(word));
            values_[std::string(word.substr(0, place))] = word.substr(place + 1);
        }
    }
    [[nodiscard]] std::string text(const std::string& name, const std::string& preset = "") const {
        for (const std::string& each : {name + "@" + rank_, name})
            if (const auto found = values_.find(each); found != values_.end())
                return found->second;
        return preset;
    }
    template <class Number>
    [[nodiscard]] Number number(const std::string& name, Number preset) const {
        const std::string digits = text(name);
        if (!digits.empty())
            std::from_chars(digits.data(), digits.data() + digits.size(), preset);
        return preset;
    }

private:
    std::string rank_;
    std::map<std::string, std::string> values_;
};

// Where a machine fails by itself: `throw=begin` before training, `throw=callback` in an epoch,
// `throw=progress` between two.
int train_one(strata::machine_group& world, const std::string& network, const words& given) {
    job task{.network = given.text("network", network)};
    task.batch_size = given.number("batch", task.batch_size);
    task.epochs = given.number("epochs", task.epochs);
    task.threads = given.number("threads", task.threads);
    task.data = given.number("data", task.data);
    task.rate = given.number("rate", task.rate);
    task.backup = given.text("backup");
    task.loaded = given.text("load");
    if (given.text("throw") == "begin")
        throw std::runtime_error("this machine has no such file");
    if (given.text("throw") == "callback")
        task.failing_epoch = 1;
    if (given.text("throw") == "progress") {
        task.is_shown = true;
        strata::set_progress_output({[](std::string_view text) {
                                         if (text.find("Epoch 2/") != text.npos)
                                             throw std::runtime_error("the log is gone");
                                     },
                                     nullptr});
    }
    if (given.text("leave") == "yes")
        return 3;
    if (const std::string directory = given.text("numbers"); !directory.empty())
        std::ofstream(directory + "/" + std::to_string(world.rank())) << getpid() << std::endl;
    mortal group(world, given.number("messages", std::size_t{0}));
    const bytes learnt = train(task, &group).snapshot;
    if (world.rank() == 0 && !given.text("output").empty())
        write(given.text("output"), learnt);
    return 0;
}

int same(strata::machine_group& world, const std::string& directory,
         const std::vector<std::string>& some = networks) {
    int result = 0;
    for (const std::string& network : some)
        for (const std::size_t threads : {1U, 2U})
            if (all_of(train({.network = network, .threads = threads}, &world)) !=
                read(directory + "/" + network)) {
                std::printf("%s, machine %zu of %zu, %zu threads: other bits than a single process's\n",
                            network.c_str(), world.rank(), world.count(), threads);
                result = 1;
            }
    return result;
}

// The program's own communicators: one for each half, of which neither knows the other's messages.
int halves(int count, char** arguments) {
    try {
        MPI_Comm world = MPI_COMM_WORLD;
        (void)strata::mpi::environment{world};
        return 1;
    } catch (const strata::machine_error& error) { // MPI has not begun
        if (std::string_view(error.what()).find("has not been initialized") == std::string_view::npos)
            return 1;
    }
    int provided = 0, rank = 0, result = 0;
    MPI_Init_thread(&count, &arguments, MPI_THREAD_FUNNELED, &provided);
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    MPI_Comm half = MPI_COMM_NULL;
    MPI_Comm_split(MPI_COMM_WORLD, rank % 2, 0, &half);
    {
        strata::mpi::environment machines{half};
        const auto number = static_cast<std::size_t>(rank);
        result = machines.rank() == number / 2 ? same(machines, arguments[2], {networks[1 + number % 2]}) : 1;
    }
    MPI_Comm_free(&half);
    MPI_Finalize();
    return result;
}

// A machine that fails among some, which wait for it, and then alone. Its own end must not come before
// theirs.
int fail_twice(int count, char** arguments) {
    int provided = 0, rank = 0;
    MPI_Init_thread(&count, &arguments, MPI_THREAD_FUNNELED, &provided);
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    const auto try_once = [&](MPI_Comm communicator) {
        try {
            strata::mpi::environment machines{communicator};
            if (rank == 0)
                throw std::runtime_error("this machine has no such file");
            (void)train({.network = networks[0]}, &machines);
        } catch (const std::runtime_error&) {
        }
    };
    try_once(MPI_COMM_WORLD);
    try_once(MPI_COMM_SELF);
    MPI_Finalize();
    return 0;
}

int run(int count, char** arguments) {
    if (count == 2 && std::string_view(arguments[1]) == "twice")
        return fail_twice(count, arguments);
    const std::string what = count > 2 ? arguments[1] : "";
    if (what == "alone") {
        for (const std::string& network : networks)
            write(std::string(arguments[2]) + "/" + network, all_of(train({.network = network}, nullptr)));
        return 0;
    }
    if (what == "halves")
        return halves(count, arguments);
    strata::mpi::environment world{count, arguments};
    const auto work = [&] {
        if (what == "same")
            return same(world, arguments[2]);
        if (what == "train")
            return train_one(world, arguments[2], {arguments + 3, arguments + count, world.rank()});
        throw std::invalid_argument("alone, same or train?");
    };
    const words given{arguments + std::min(count, 3),
                      arguments + (what == "train" ? count : std::min(count, 3)), world.rank()};
    if (given.text("catch") != "within")
        return work();
    try {
        return work();
    } catch (const std::exception& error) {
        std::fprintf(stderr, "caught within: %s\n", error.what());
        return 1;
    }
}

// A file for each process whose work has come out well and that has ended MPI, where the check wants them.
int note_end(int result) {
    const char* const directory = std::getenv("MACHINES_FINALIZED");
    if (directory != nullptr && result == 0 && strata::mpi::is_true(MPI_Finalized))
        write(std::string(directory) + "/" + std::to_string(::getpid()), {});
    return result;
}
} // namespace

int main(int count, char** arguments) {
    if (std::find(arguments, arguments + count, std::string_view("catch=never")) != arguments + count)
        return run(count, arguments);
    try {
        return note_end(run(count, arguments));
    } catch (const std::exception& error) {
        std::fprintf(stderr, "caught: %s\n", error.what());
        return 1;
    }
}
