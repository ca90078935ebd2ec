// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
//
// Keras's first example: a multilayer perceptron that tells digits, or articles of clothing, apart.
#include "command_line.hpp"
#include "text_pictures.hpp"

#include <strata/strata.hpp>

#include <cstdio>

using namespace strata;

using mnist_mlp = model<input<28, 28> | flatten | dense<512> | relu | dropout<0.2> | dense<10> | softmax>;

void learn(const given_options& options) {
    const std::string directory = options.text("data");
    const auto [train, test] = directory.empty() ? datasets::fashion_mnist() : datasets::mnist(directory);

    mnist_mlp net{seed{options.count("seed")}};
    std::printf("%s\n%s\n", net.summary().c_str(), net.plan().c_str());

    trainer teach{net, sparse_categorical_crossentropy, adam{}, accuracy};
    teach.fit(train.x, train.y,
              {.batch_size = options.count("batch"),
               .epochs = options.count("epochs"),
               .threads = options.count("threads")});
    const auto score = teach.evaluate(test.x, test.y, {.verbose = verbosity::silent});
    std::printf("test: loss %.4f, accuracy %.4f\n\n", score.loss(), score["accuracy"]);

    show_first(9, test, net.predict(test.x));
}

int main(int count, char** arguments) {
    return run_example(count, arguments, "Learns Fashion-MNIST, or MNIST, with 407,050 parameters.",
                       {{"data", "directory with MNIST's four files; if not given, Fashion-MNIST", ""},
                        {"epochs", "passes over the 60,000 training images", "5"},
                        {"batch", "images an update learns from", "32"},
                        {"seed", "draws the first weights, the dropout and the order of the images", "7"},
                        {"threads", "0: as many as there are cores", "0"}},
                       learn);
}
