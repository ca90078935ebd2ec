// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
//
// A training loop of one's own: two losses, a penalty on the loss's slope by the pixels (double
// backpropagation, Drucker and LeCun 1992), clipping, and pictures of the pixels that a decision depends on.
#include "command_line.hpp"
#include "text_pictures.hpp"

#include <strata/strata.hpp>
#include <strata/training/gradients.hpp>

#include <cstdio>

using namespace strata;

using classifier = model<input<28, 28> | flatten | dense<128> | strata::tanh | dense<10> | softmax>;

// Large where the network is sure of a class, right or wrong (Pereyra et al. 2017).
constexpr auto confidence =
    loss<"confidence", symbols::prediction * log(max(symbols::prediction, 1e-7)), over_outputs::sum>;

using images = xt::xtensor<float, 3>;

images read_images(const labelled_images& set, std::size_t first, std::size_t count) {
    images result({count, std::size_t{28}, std::size_t{28}});
    for (std::size_t i = 0; i < count; ++i)
        for (std::size_t row = 0; row < 28; ++row)
            for (std::size_t column = 0; column < 28; ++column)
                result(i, row, column) = set.x(first + i, row, column);
    return result;
}
std::vector<int> read_labels(const labelled_images& set, std::size_t first, std::size_t count) {
    std::vector<int> result(count);
    for (std::size_t i = 0; i < count; ++i)
        result[i] = static_cast<int>(set.y(first + i));
    return result;
}

/// The mean length of each image's own slopes: those of the mean loss are an n-th of it.
double mean_slope(const images& slopes) {
    const std::size_t count = slopes.shape(0);
    double sum = 0;
    for (std::size_t i = 0; i < count; ++i) {
        double square = 0;
        for (std::size_t row = 0; row < 28; ++row)
            for (std::size_t column = 0; column < 28; ++column)
                square += std::pow(static_cast<double>(slopes(i, row, column)), 2);
        sum += std::sqrt(square);
    }
    return sum;
}

/// Images beside what the loss depends on in them.
void show_saliency(const images& x, const images& slopes) {
    const std::size_t count = x.shape(0);
    std::vector<float> largest(count, 1e-30f);
    for (std::size_t i = 0; i < count; ++i)
        for (std::size_t row = 0; row < 28; ++row)
            for (std::size_t column = 0; column < 28; ++column)
                largest[i] = std::max(largest[i], std::abs(slopes(i, row, column)));
    for (std::size_t i = 0; i < count; ++i)
        print_images(2, [&](std::size_t picture, std::size_t row, std::size_t column) {
            return picture == 0 ? x(i, row, column) : std::abs(slopes(i, row, column)) / largest[i];
        });
}

void learn(const given_options& options) {
    const std::string directory = options.text("data");
    const auto [train, test] = directory.empty() ? datasets::fashion_mnist() : datasets::mnist(directory);
    const std::size_t batch = options.positive_count("batch", train.x.shape()[0]);
    const std::size_t steps = options.count("steps");
    const auto penalty = options.number<float>("penalty");

    classifier net{seed{options.count("seed")}};
    updater learner{net, clip_global_norm(adam{}, 1.0)};
    for (std::size_t step = 0; step < steps; ++step) {
        const std::size_t first = step * batch % (train.x.shape()[0] - batch + 1);
        const images x = read_images(train, first, batch);
        const auto y = read_labels(train, first, batch);

        auto g = gradients(net, sparse_categorical_crossentropy, x, y);
        const images slopes = g.input_gradient();
        g.add(gradients(net, confidence, x, no_targets), 0.05);
        // The penalty is half of `penalty` times the mean square of the images' slopes. Its gradient is how
        // the loss's gradient changes along them, which two more gradients tell.
        const float width = 0.05f / static_cast<float>(mean_slope(slopes));
        const float factor = penalty * static_cast<float>(batch) / (2 * width);
        g.add(gradients(net, sparse_categorical_crossentropy, x + width * slopes, y), factor);
        g.add(gradients(net, sparse_categorical_crossentropy, x - width * slopes, y), -factor);
        learner.apply(g);

        if ((step + 1) % 100 == 0 || step + 1 == steps)
            std::printf("step %zu: mean slope by the pixels %.4f\n", step + 1, mean_slope(slopes));
    }

    const auto x = read_images(test, 0, test.x.shape()[0]);
    const auto p = net.predict(x);
    std::size_t correct = 0;
    for (std::size_t i = 0; i < p.shape(0); ++i)
        correct +=
            static_cast<std::size_t>(std::max_element(&p(i, 0), &p(i, 0) + 10) - &p(i, 0)) == test.y(i);
    std::printf("test: accuracy %.4f\n\nwhat is seen, and what the loss depends on in it:\n\n",
                static_cast<double>(correct) / static_cast<double>(p.shape(0)));
    const images shown = read_images(test, 0, 3);
    show_saliency(
        shown,
        gradients(net, sparse_categorical_crossentropy, shown, read_labels(test, 0, 3)).input_gradient());
}

int main(int count, char** arguments) {
    return run_example(count, arguments, "Learns Fashion-MNIST, or MNIST, in a loop of its own.",
                       {{"data", "directory with MNIST's four files; if not given, Fashion-MNIST", ""},
                        {"steps", "updates", "1000"},
                        {"batch", "images an update learns from", "64"},
                        {"penalty", "of the loss's slope by the pixels", "0.5"},
                        {"seed", "draws the first weights", "7"}},
                       learn);
}
