// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
//
// Trains the MNIST convnet. Prints the loss before, the fastest epoch's seconds, and the accuracy after.
//   mnist_cnn DIRECTORY BATCH IMAGES EPOCHS
//   mnist_cnn DIRECTORY export             writes the first weights there, for the peers: cnn_weights.f32
#include <strata/strata.hpp>

#include "../../examples/networks/mnist_cnn.hpp"
#include "peers/mnist.hpp"

#include <algorithm>

using namespace strata;
using mnist_cnn = model<networks::mnist_cnn>;

namespace {
scaled_bytes<3> images_of(const std::string& part) {
    const auto pixels = mnist::read<std::uint8_t>(part + "_x.u8");
    auto x = xt::xtensor<std::uint8_t, 3>::from_shape({pixels.size() / 784, 28, 28});
    std::copy(pixels.begin(), pixels.end(), x.begin());
    return scaled_bytes<3>{std::move(x)};
}
} // namespace

int main(int count, char** arguments) {
    mnist_cnn net{seed{7}};
    if (count == 3) {
        const auto weights = net.weights();
        std::ofstream file(std::string(arguments[1]) + "/cnn_weights.f32", std::ios::binary);
        file.write(reinterpret_cast<const char*>(weights.data()),
                   static_cast<std::streamsize>(weights.size() * sizeof(float)));
        return file.flush() ? 0 : 1;
    }
    const mnist::options with(count, arguments);
    const auto x = images_of(with.directory + "/train").rows(0, with.images);
    auto y = mnist::read<std::uint8_t>(with.directory + "/train_y.u8");
    y.resize(with.images);
    const auto test_x = images_of(with.directory + "/test");
    const auto test_y = mnist::read<std::uint8_t>(with.directory + "/test_y.u8");

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
