// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
//
// Keras's convolutional example (and Keras.js's): two convolutions, a pooling and two dense layers that tell
// digits, or articles of clothing, apart.
#include "networks/mnist_cnn.hpp"
#include "command_line.hpp"
#include "text_pictures.hpp"

#include <strata/strata.hpp>

#include <cstdio>

using namespace strata;

using mnist_cnn = model<networks::mnist_cnn>;

void learn(const given_options& options) {
    const std::string directory = options.text("data");
    const auto [train, test] = directory.empty() ? datasets::fashion_mnist() : datasets::mnist(directory);

    mnist_cnn net{seed{options.count("seed")}};
    std::printf("%s\n%s\n", net.summary().c_str(), net.plan().c_str());

    const std::size_t batch = options.positive_count("batch");
    const std::size_t epochs = options.count("epochs");
    const std::size_t updates = epochs * ((train.y.size() + batch - 1) / batch);
    const cosine_decay rate{.initial = 1e-3, .steps = static_cast<double>(updates)};
    trainer teach{net, sparse_categorical_crossentropy, adam{.learning_rate = rate}, accuracy};
    teach.fit(train.x, train.y, {.batch_size = batch, .epochs = epochs, .threads = options.count("threads")});
    const auto score = teach.evaluate(test.x, test.y, {.verbose = verbosity::silent});
    std::printf("test: loss %.4f, accuracy %.4f\n\n", score.loss(), score["accuracy"]);

    show_first(9, test, net.predict(test.x));
}

int main(int count, char** arguments) {
    return run_example(count, arguments, "Learns Fashion-MNIST, or MNIST, with 600,810 parameters.",
                       {{"data", "directory with MNIST's four files; if not given, Fashion-MNIST", ""},
                        {"epochs", "passes over the 60,000 training images", "12"},
                        {"batch", "images an update learns from", "128"},
                        {"seed", "draws the first weights, the dropout and the order of the images", "7"},
                        {"threads", "0: as many as there are cores", "0"}},
                       learn);
}
