// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
//
// The multilayer perceptron of mnist_mlp, which several processes train together by MPI, on one machine or on
// many: `mpirun -np 2 mnist_mpi`. The first of them then trains it alone, too, and compares.
#include "command_line.hpp"

#include <strata/distributed/mpi.hpp>
#include <strata/strata.hpp>

#include <chrono>
#include <cstdio>
#include <stdexcept>

using namespace strata;

using mnist_mlp = model<input<28, 28> | flatten | dense<512> | relu | dropout<0.2> | dense<10> | softmax>;

/// What a training has come to, and the seconds that it took.
struct outcome {
    training_snapshot learnt;
    history scores;
    double seconds;
};

// `fit(trainer, options)` trains on images of one's own or of all machines.
template <class Fit>
outcome train(const given_options& options, const decltype(image_dataset::test)& test, bool is_shown,
              const Fit& fit) {
    mnist_mlp net{seed{options.count("seed")}};
    trainer teach{net, sparse_categorical_crossentropy, adam{}, accuracy};
    const auto begin = std::chrono::steady_clock::now();
    history scores = fit(teach, fit_options{.batch_size = options.count("batch"),
                                            .epochs = options.count("epochs"),
                                            .verbose = is_shown ? verbosity::automatic : verbosity::silent,
                                            .threads = options.count("threads")});
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begin;
    if (is_shown) {
        const auto score = teach.evaluate(test.x, test.y, {.verbose = verbosity::silent});
        std::printf("test: loss %.4f, accuracy %.4f\n", score.loss(), score["accuracy"]);
    }
    return {teach.snapshot(), std::move(scores), seconds.count()};
}

void learn(const given_options& options, mpi::environment& world) {
    const std::string directory = options.text("data");
    const auto [train_data, test] =
        directory.empty() ? datasets::fashion_mnist() : datasets::mnist(directory);
    const bool is_first = world.rank() == 0;

    const outcome together = train(options, test, is_first, [&](auto& teach, const fit_options& chosen) {
        return teach.fit(part_of(train_data.x, world), train_data.y, chosen);
    });
    if (!is_first)
        return;
    std::printf("%zu machines: %.2f s, of which each has sent %.0f MB\n\n", world.count(), together.seconds,
                static_cast<double>(world.bytes_sent()) / 1e6);

    const outcome alone = train(options, test, true, [&](auto& teach, const fit_options& chosen) {
        return teach.fit(train_data.x, train_data.y, chosen);
    });
    std::printf("alone: %.2f s\n\n", alone.seconds);

    if (together.learnt.bytes != alone.learnt.bytes || together.scores["loss"] != alone.scores["loss"])
        throw std::runtime_error("the machines have learnt other bits than one alone");
    std::printf(
        "All %zu weights, Adam's states and the losses of %zu machines are those of one, bit by bit.\n",
        mnist_mlp::parameter_count, world.count());
}

int main(int count, char** arguments) {
    return run_example(count, arguments,
                       "Learns Fashion-MNIST, or MNIST, by several processes that mpirun starts.",
                       {{"data", "directory with MNIST's four files; if not given, Fashion-MNIST", ""},
                        {"epochs", "passes over the 60,000 training images", "5"},
                        {"batch", "images an update learns from, those of all machines", "256"},
                        {"seed", "draws the first weights, the dropout and the order of the images", "7"},
                        {"threads", "of each process; 0: as many as there are cores", "1"}},
                       [&](const given_options& options) {
                           mpi::environment world{count, arguments};
                           learn(options, world);
                       });
}
