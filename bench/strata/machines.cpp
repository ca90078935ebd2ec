// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
//
// Trains the MNIST network or the convnet alone, or together with other machines.
//   machines NETWORK DIRECTORY alone BATCH PIECE STEPS THREADS    seconds of a step
//   machines NETWORK DIRECTORY together BATCH PIECE STEPS         by mpirun: the same with machines of one
//                                                                 thread each, with all of what they say
//   machines NETWORK DIRECTORY separate BATCH PIECE STEPS         as `together`, of machines that share no
//                                                                 memory
//   machines NETWORK DIRECTORY parts STEPS                        seconds of a step's parts, of one machine
//   of
//                                                                 several that say nothing
//   machines NETWORK DIRECTORY wire                               by mpirun: seconds of messages
#include "../../examples/networks/mnist_cnn.hpp"
#include "mnist_network.hpp"
#include "mnist_training.hpp"

#include <strata/distributed/mpi.hpp>

#include "machine_groups.hpp"

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <numeric>
#include <stdexcept>
#include <string>
#include <utility>

namespace {

/// When steps began: the schedule of a learning rate is asked once a step. What lies between two epochs is no
/// step, and the first epoch warms up.
class step_clock {
public:
    bench::silent_group* silent = nullptr;
    bench::timed_group* timed = nullptr;
    std::function<void()> meet;  ///< called at the end of each step
    std::vector<double> seconds; ///< of each step
    std::vector<double> waiting; ///< of these, what a timed group has waited
    std::vector<std::map<std::uint32_t, double>>
        sent; ///< when a silent group has begun to send, in each step

    void begin(std::size_t steps) {
        steps_ = steps;
        forget();
    }
    /// Before they begin, machines that agree on a schedule ask it for other steps as well.
    double ask(double step) {
        if (step <= step_)
            forget();
        step_ = step;
        if (meet)
            meet();
        const bench::instant present = std::chrono::steady_clock::now();
        const bool is_step = asked_ % steps_ > 0 && asked_ > steps_;
        if (is_step) {
            seconds.push_back(bench::seconds_between(last_, present));
            if (timed != nullptr)
                waiting.push_back(timed->waiting - waited_);
            if (silent != nullptr) {
                sent.emplace_back();
                for (const auto& [channel, when] : silent->first_sent)
                    sent.back()[channel] = bench::seconds_between(last_, when);
            }
        }
        if (silent != nullptr)
            silent->begin_step();
        if (timed != nullptr) { // All steps send the same.
            timed->keeps = asked_ == 0;
            waited_ = timed->waiting;
        }
        ++asked_;
        last_ = std::chrono::steady_clock::now();
        return 1e-3;
    }

private:
    void forget() {
        seconds.clear();
        waiting.clear();
        sent.clear();
        if (timed != nullptr)
            timed->messages.clear();
        asked_ = 0;
    }

    double step_ = -1;      ///< the last one that was asked for
    std::size_t steps_ = 1; ///< of an epoch
    std::size_t asked_ = 0;
    bench::instant last_{};
    double waited_ = 0;
};

struct sample_source {
    strata::scaled_bytes<3> x;
    std::vector<std::uint8_t> y;

    explicit sample_source(const std::string& directory)
        : x(read_images(directory, "train")),
          y(bench::read_numbers<std::uint8_t>(directory + "/train_y.u8")) {}
    [[nodiscard]] strata::scaled_bytes<3> images(std::size_t count) const { return x.rows(0, count); }
    [[nodiscard]] std::vector<std::uint8_t> labels(std::size_t count) const {
        return {y.begin(), y.begin() + static_cast<std::ptrdiff_t>(count)};
    }
};

/// A network with its trainer, whose steps a clock counts.
template <class Network>
struct learner {
    step_clock clock;
    Network net{strata::seed{7}};
    decltype(strata::trainer{std::declval<Network&>(), strata::sparse_categorical_crossentropy,
                             strata::adam{}, strata::accuracy}) teach{
        net, strata::sparse_categorical_crossentropy,
        strata::adam{.learning_rate = [own = &clock](double step) { return own->ask(step); }},
        strata::accuracy};

    learner() = default;
    learner(const learner&) = delete; // The schedule knows where the clock is.
    learner& operator=(const learner&) = delete;

    /// Trains for so many steps of epochs of `count` samples.
    template <class Samples>
    void train(const Samples& x, const std::vector<std::uint8_t>& y, std::size_t batch, std::size_t piece,
               std::size_t steps, std::size_t threads = 1) {
        const std::size_t epoch = y.size() / batch;
        clock.begin(epoch);
        teach.fit(x, y,
                  {.batch_size = batch,
                   .epochs = 1 + (steps + epoch - 2) / (epoch - 1),
                   .verbose = strata::verbosity::silent,
                   .threads = threads,
                   .piece_size = piece});
    }
};

double mean(const std::vector<double>& numbers) {
    return std::accumulate(numbers.begin(), numbers.end(), 0.0) / static_cast<double>(numbers.size());
}
std::size_t number(const char* text) { return std::strtoull(text, nullptr, 10); }

/// Images of an epoch: a few batches, since every fit looks at all of them first.
std::size_t epoch_samples(std::size_t batch) {
    if (batch == 0 || batch > 30'000) {
        std::fprintf(stderr, "expected a batch of 1 to 30,000 images, of which an epoch has two, found %zu\n",
                     batch);
        std::exit(2);
    }
    return std::min<std::size_t>(batch * std::clamp<std::size_t>(4096 / batch, 3, 16),
                                 60'000 / batch * batch);
}

template <class Network>
void train_alone(const sample_source& source, char** arguments) {
    const std::size_t batch = number(arguments[0]);
    const std::size_t count = epoch_samples(batch);
    learner<Network> one;
    one.train(source.images(count), source.labels(count), batch, number(arguments[1]), number(arguments[2]),
              number(arguments[3]));
    std::printf("seconds %.9f\n", mean(one.clock.seconds));
}

/// The largest of what the machines say, number by number.
std::vector<double> largest(strata::machine_group& world, std::vector<double> own) {
    for (const auto& each : world.gather(std::as_bytes(std::span(own)))) {
        std::vector<double> other(own.size());
        std::memcpy(other.data(), each.data(), each.size());
        std::transform(own.begin(), own.end(), other.begin(), own.begin(),
                       [](double a, double b) { return std::max(a, b); });
    }
    return own;
}

template <class Network>
void train_together(const sample_source& source, strata::machine_group& world, bool has_hosts,
                    char** arguments) {
    const std::size_t machines = world.count();
    const std::size_t batch = number(arguments[0]);
    const std::size_t piece = number(arguments[1]);
    const std::size_t steps = number(arguments[2]);
    bench::timed_group timed(world, has_hosts);
    bench::silent_group silent(world.rank(), machines);
    const auto run = [&](strata::machine_group& group, learner<Network>& one, std::size_t size,
                         std::size_t many) {
        const std::size_t count = epoch_samples(size);
        const auto x = source.images(count);
        (void)largest(world, {}); // All begin together.
        one.train(strata::part_of(x, group), source.labels(count), size, piece, many);
        return mean(one.clock.seconds);
    };
    learner<Network> together, alone;
    together.clock.timed = &timed;
    const double seconds = run(timed, together, batch, steps);
    const double waiting = mean(together.clock.waiting);
    double bytes = 0;
    for (const bench::known_message& each : timed.messages)
        bytes += each.is_sent ? static_cast<double>(each.bytes) : 0;
    if (machines > 1 && bytes == 0)
        throw std::runtime_error("no message of a step was seen");
    const auto messages_of_step = std::exchange(timed.messages, {});
    bench::message_replay replay(world, messages_of_step);
    replay.run();
    const double messages =
        bench::median_seconds(5, std::max<std::size_t>(steps / 5, 4), [&] { replay.run(); });
    const double silence = run(silent, alone, batch, steps);
    bench::message_replay reports(world, bench::messages_of(bench::message_kind::report, messages_of_step));
    alone.clock.meet = [&] { reports.run(); };
    const double meetings = run(silent, alone, batch, steps);
    const double weak = run(timed, together, batch * machines, std::max<std::size_t>(steps / machines, 4));
    const auto most = largest(world, {seconds, silence, meetings, messages, waiting, weak, bytes,
                                      static_cast<double>(timed.shared)});
    if (world.rank() != 0)
        return;
    std::printf("seconds %.9f\nwithout_messages %.9f\nwith_meetings %.9f\nmessages_alone %.9f\n", most[0],
                most[1], most[2], most[3]);
    std::printf("waiting %.9f\nweak_seconds %.9f\n", most[4], most[5]);
    std::printf("bytes %.0f\nshared_bytes %.0f\nleast_bytes %.0f\n", most[6], most[7],
                2.0 * static_cast<double>(Network::parameter_count * sizeof(float)) *
                    static_cast<double>(machines - 1) / static_cast<double>(machines));
}

/// Prints when the parts of a step end, of one of several silent machines: the report is sent behind the
/// loss, each array's sums behind its weight gradient, weights behind the update.
template <class Network>
void time_parts(const sample_source& source, std::size_t rows, std::size_t machines, std::size_t steps) {
    // The last machine has a part of every batch, however few its pieces are.
    bench::silent_group silent(machines - 1, machines);
    silent.keeps = true;
    learner<Network> one;
    one.clock.silent = &silent;
    const std::size_t count = epoch_samples(rows * machines);
    const auto x = source.images(count);
    one.train(strata::part_of(x, silent), source.labels(count), rows * machines,
              std::min<std::size_t>(rows, 32), steps);
    auto& seconds = one.clock.seconds;
    std::sort(seconds.begin(), seconds.end());
    // What is exceeded by a sixth of the steps is a standard deviation above the middle.
    std::printf("part %zu %zu %.9f %.6f", rows, machines, bench::median(seconds),
                std::log(seconds[seconds.size() * 5 / 6] / seconds[seconds.size() / 2]));
    std::map<std::string, std::vector<double>> ends;
    for (const auto& step : one.clock.sent) {
        double weights = 1e9;
        for (const auto& [channel, when] : step)
            if (bench::kind_of(channel) == bench::message_kind::weights)
                weights = std::min(weights, when);
            else
                ends[channel < 8 ? "report" : "sums" + std::to_string((channel - 8) / 2)].push_back(when);
        ends["weights"].push_back(weights);
    }
    for (auto& [what, times] : ends)
        std::printf(" %s:%.9f", what.c_str(), bench::median(times));
    std::printf("\n");
}

/// Seconds of messages both ways between neighbours, of several sizes, and of many small ones.
void time_wire(strata::machine_group& world) {
    const std::size_t peer = world.rank() ^ 1;
    std::vector<std::byte> sent(1 << 22), received(1 << 22);
    const auto exchange = [&](std::size_t bytes, std::size_t many) {
        std::vector<strata::machine_group::ticket> tickets;
        for (std::size_t i = 0; i < many; ++i)
            tickets.push_back(world.receive(peer, 8, std::span(received).subspan(i * bytes, bytes)));
        for (std::size_t i = 0; i < many; ++i)
            tickets.push_back(
                world.send(peer, 8, std::span<const std::byte>(sent).subspan(i * bytes, bytes)));
        for (; !tickets.empty(); tickets.pop_back())
            world.wait(tickets.back());
    };
    for (const std::size_t bytes : {64u, 4096u, 65'536u, 262'144u, 1'048'576u, 4'194'304u})
        for (const std::size_t many : {1u, 32u}) {
            if (bytes * many > sent.size())
                continue;
            exchange(bytes, many);
            const double seconds = bench::median_seconds(21, 20, [&] { exchange(bytes, many); });
            if (world.rank() == 0)
                std::printf("wire %zu %zu %.9f\n", bytes, many, seconds);
        }
}

template <class Network>
void run(const std::string& directory, int& count, char**& arguments) {
    const std::string what = arguments[3];
    const sample_source source(directory);
    if (what == "alone" && count == 8)
        train_alone<Network>(source, arguments + 4);
    else if ((what == "together" || what == "separate") && count == 7) {
        strata::mpi::environment world{count, arguments};
        train_together<Network>(source, world, what == "together", arguments + 4);
    } else if (what == "parts" && count == 5) {
        const std::size_t steps = number(arguments[4]);
        for (const std::size_t rows : {4u, 8u, 16u, 32u, 64u, 128u, 256u})
            time_parts<Network>(source, rows, 2, std::max<std::size_t>(steps * 4 / rows, 8));
        for (const std::size_t machines : {4u, 8u, 16u, 32u, 64u, 256u, 1024u, 4096u})
            time_parts<Network>(source, 4, machines, steps / 2);
        time_parts<Network>(source, 32, 512, 8);
    } else if (what == "wire" && count == 4) {
        strata::mpi::environment world{count, arguments};
        time_wire(world);
    } else
        throw std::runtime_error("bad arguments");
}

} // namespace

int main(int count, char** arguments) {
    if (count < 4)
        return 2;
    if (arguments[1] == std::string("mnist"))
        run<mnist_network>(arguments[2], count, arguments);
    else
        run<strata::model<networks::mnist_cnn>>(arguments[2], count, arguments);
}
