// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
//
// How long does an epoch of the MNIST network take? Prints the seconds of each epoch. bench/mnist_mlp.sh runs
// it in turn with other programs.
//   mnist_mlp BATCH EPOCHS THREADS DIRECTORY
#include <strata/strata.hpp>

#include "timing.hpp"

#include <cstdio>
#include <cstdlib>
#include <string_view>

using namespace strata;
using network = model<input<28, 28> | flatten | dense<512> | relu | dropout<0.2> | dense<10> | softmax>;

int main(int count, char** arguments) {
    if (count == 2 && std::string_view(arguments[1]) == "peak") {
        std::printf("%.1f\n", bench::peak_flops<float>() / 1e9);
        return 0;
    }
    if (count != 5) {
        std::fputs("mnist_mlp BATCH EPOCHS THREADS DIRECTORY, or: mnist_mlp peak\n", stderr);
        return 2;
    }
    const auto batch = static_cast<std::size_t>(std::atol(arguments[1]));
    const auto epochs = static_cast<std::size_t>(std::atol(arguments[2]));
    const auto threads = static_cast<std::size_t>(std::atol(arguments[3]));
    const auto [train, test] = datasets::images_from(arguments[4]);
    network net{seed{7}};
    trainer teach{net, sparse_categorical_crossentropy, adam{}, accuracy};
    for (std::size_t epoch = 0; epoch < epochs; ++epoch) {
        scores now;
        const double time = bench::seconds([&] {
            const auto seen = teach.fit(
                train.x, train.y, {.batch_size = batch, .verbose = verbosity::silent, .threads = threads});
            now.set("loss", seen["loss"].back());
            now.set("accuracy", seen["accuracy"].back());
        });
        const auto scored = teach.evaluate(test.x, test.y, {.verbose = verbosity::silent});
        std::printf("epoch %zu %.3fs loss %.4f acc %.4f test %.4f\n", epoch + 1, time, now["loss"],
                    now["accuracy"], scored["accuracy"]);
    }
}
