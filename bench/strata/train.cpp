// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
//
// Trains the MNIST network. Prints the loss before, the fastest epoch's seconds, and the accuracy after.
//   train DIRECTORY BATCH IMAGES EPOCHS
#include "mnist_network.hpp"
#include "peers/mnist.hpp"

#include <algorithm>

using namespace strata;

int main(int count, char** arguments) {
    const mnist::options with(count, arguments);
    const auto bytes_of = [&](const char* part) {
        auto pixels = mnist::read<std::uint8_t>(with.directory + "/" + part + "_x.u8");
        auto x = xt::xtensor<std::uint8_t, 3>::from_shape({pixels.size() / 784, 28, 28});
        std::copy(pixels.begin(), pixels.end(), x.begin());
        return scaled_bytes<3>{std::move(x)};
    };
    const auto labels_of = [&](const char* part) {
        return mnist::read<std::uint8_t>(with.directory + "/" + part + "_y.u8");
    };
    const auto x = bytes_of("train").rows(0, with.images);
    auto y = labels_of("train");
    y.resize(with.images);
    const auto test_x = bytes_of("test");
    const auto test_y = labels_of("test");

    mnist_network net;
    net.set_weights(mnist::first_weights(with.directory).all);
    trainer teach{net, sparse_categorical_crossentropy, adam{}, accuracy};
    std::printf("initial_loss %.5f\n",
                teach.evaluate(test_x, test_y, {.verbose = verbosity::silent})["loss"]);
    double fastest = 1e9;
    for (std::size_t epoch = 0; epoch < with.epochs; ++epoch)
        fastest = std::min(fastest, bench::seconds([&] {
                               teach.fit(x, y,
                                         {.batch_size = with.batch,
                                          .verbose = verbosity::silent,
                                          .threads = bench::threads()});
                           }));
    std::printf("seconds %.6f\nupdates %zu\n", fastest, (with.images + with.batch - 1) / with.batch);
    std::printf("accuracy %.4f\n",
                teach.evaluate(test_x, test_y, {.verbose = verbosity::silent})["accuracy"]);
}
