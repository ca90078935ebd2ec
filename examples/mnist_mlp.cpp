// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
//
// Keras's first example: a multilayer perceptron that tells digits, or articles of clothing, apart.
#include "command_line.hpp"

#include <strata/strata.hpp>

#include <algorithm>
#include <cmath>
#include <cstdio>

using namespace strata;

using mnist_mlp = model<input<28, 28> | flatten | dense<512> | relu | dropout<0.2> | dense<10> | softmax>;

/// Some images as text, side by side, each with what the network takes it for. A character stands for two
/// pixels, one above the other, since it is about twice as high as wide.
template <class Predictions, class Names>
void show(const labelled_images& images, const Predictions& predictions, std::size_t first, std::size_t count,
          const Names& name) {
    constexpr std::string_view shades = " .:-=+*#%@";
    for (std::size_t row = 0; row < 28; row += 2) {
        std::string line;
        for (std::size_t i = first; i < first + count; ++i) {
            for (std::size_t column = 0; column < 28; ++column) {
                const unsigned both = images.x.values(i, row, column) + images.x.values(i, row + 1, column);
                line += shades[both * (shades.size() - 1) / 510];
            }
            line += "  ";
        }
        std::puts(line.c_str());
    }
    for (std::size_t i = first; i < first + count; ++i) {
        const float* const p = &predictions(i, 0);
        const auto best = static_cast<std::size_t>(std::max_element(p, p + 10) - p);
        const bool right = best == images.y(i);
        const std::string guess = name(best) + " " + std::to_string(std::lround(100 * p[best])) + " %";
        std::printf("%-30s", (right ? guess : guess + ", is " + name(images.y(i))).c_str());
    }
    std::puts("\n");
}

void learn(const given_options& options) {
    const std::string directory = options.text("data");
    const bool is_fashion = directory.empty();
    const auto [train, test] = is_fashion ? datasets::fashion_mnist() : datasets::mnist(directory);

    mnist_mlp net{seed{options.count("seed")}};
    std::printf("%s\n%s\n", net.summary().c_str(), net.plan().c_str());

    trainer teach{net, sparse_categorical_crossentropy, adam{}, accuracy};
    teach.fit(train.x, train.y,
              {.batch_size = options.count("batch"),
               .epochs = options.count("epochs"),
               .threads = options.count("threads")});
    const auto score = teach.evaluate(test.x, test.y, {.verbose = verbosity::silent});
    std::printf("test: loss %.4f, accuracy %.4f\n\n", score.loss(), score["accuracy"]);

    const auto predictions = net.predict(test.x);
    const auto name = [&](std::size_t label) {
        return is_fashion ? std::string(datasets::fashion_mnist_classes[label]) : std::to_string(label);
    };
    for (std::size_t first = 0; first < 9; first += 3)
        show(test, predictions, first, 3, name);
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
