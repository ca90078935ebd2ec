// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/strata.hpp>

#include "peers/mnist.hpp"

#include <algorithm>
#include <cstdio>

/// The images of a part, "train" or "test", as bytes.
inline strata::scaled_bytes<3> read_images(const std::string& directory, const std::string& part) {
    const auto pixels = bench::read_numbers<std::uint8_t>(directory + "/" + part + "_x.u8");
    auto x = xt::xtensor<std::uint8_t, 3>::from_shape({pixels.size() / 784, 28, 28});
    std::copy(pixels.begin(), pixels.end(), x.begin());
    return strata::scaled_bytes<3>{std::move(x)};
}

/// Trains a network that tells digits apart. Prints the loss before, the fastest epoch's seconds, and the
/// accuracy after.
template <class Network, class Optimizer = strata::adam>
void train_and_print(Network& net, const mnist::options& settings, const Optimizer& optimizer = {}) {
    using namespace strata;
    const auto x = read_images(settings.directory, "train").rows(0, settings.images);
    auto y = bench::read_numbers<std::uint8_t>(settings.directory + "/train_y.u8");
    y.resize(settings.images);
    const auto test_x = read_images(settings.directory, "test");
    const auto test_y = bench::read_numbers<std::uint8_t>(settings.directory + "/test_y.u8");

    trainer teach{net, sparse_categorical_crossentropy, optimizer, accuracy};
    std::printf("initial_loss %.5f\n",
                teach.evaluate(test_x, test_y, {.verbose = verbosity::silent})["loss"]);
    double fastest = 1e9;
    for (std::size_t epoch = 0; epoch < settings.epochs; ++epoch)
        fastest = std::min(fastest, bench::seconds([&] {
                               teach.fit(x, y,
                                         {.batch_size = settings.batch,
                                          .verbose = verbosity::silent,
                                          .threads = bench::threads()});
                           }));
    std::printf("seconds %.6f\nupdates %zu\n", fastest,
                (settings.images + settings.batch - 1) / settings.batch);
    std::printf("accuracy %.4f\n",
                teach.evaluate(test_x, test_y, {.verbose = verbosity::silent})["accuracy"]);
}
