// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
//
// A variational autoencoder: each digit, or article of clothing, becomes two numbers, and any two numbers
// become an image. What it learnt is drawn on a grid of these numbers.
#include "networks/mnist_vae.hpp"
#include "command_line.hpp"
#include "divergence.hpp"
#include "text_pictures.hpp"

#include <strata/plot/images.hpp>
#include <strata/strata.hpp>

#include <cstdio>

using namespace strata;

using autoencoder = model<networks::mnist_vae>;
using decoder = model<networks::mnist_decoder>;

/// Images for a square grid of pairs of numbers from -reach to reach.
xt::xtensor<float, 3> decode_grid(const decoder& net, std::size_t steps, float reach) {
    xt::xtensor<float, 2> codes({steps * steps, 2});
    const auto coordinate = [&](std::size_t step) {
        return reach * (2 * static_cast<float>(step) / static_cast<float>(steps - 1) - 1);
    };
    for (std::size_t i = 0; i < steps * steps; ++i) {
        codes(i, 0) = coordinate(i % steps);
        codes(i, 1) = -coordinate(i / steps);
    }
    return net.predict(codes);
}

void learn(const given_options& options) {
    const std::string directory = options.text("data");
    const auto [train, test] = directory.empty() ? datasets::fashion_mnist() : datasets::mnist(directory);

    autoencoder net{seed{options.count("seed")}};
    std::printf("%s\n", net.summary().c_str());

    trainer teach{net, losses(loss_weight<784>(binary_crossentropy), divergence::mean, divergence::variance),
                  adam{}};
    teach.fit(train.x, together(train.x, no_targets, no_targets),
              {.batch_size = options.count("batch"),
               .epochs = options.count("epochs"),
               .threads = options.count("threads")});
    const auto score =
        teach.evaluate(test.x, together(test.x, no_targets, no_targets), {.verbose = verbosity::silent});
    std::printf("test: loss %.2f an image\n\n", score.loss());

    // The decoder's weights are the autoencoder's last ones.
    const std::vector<float> weights = net.weights();
    decoder drawing;
    drawing.set_weights(std::span(weights).last(decoder::weight_count));

    constexpr std::size_t printed_steps = 4;
    const auto images = decode_grid(drawing, printed_steps, 1.5F);
    for (std::size_t row = 0; row < printed_steps; ++row) {
        print_images(printed_steps, [&](std::size_t i, std::size_t y, std::size_t x) {
            return images(row * printed_steps + i, y, x);
        });
        std::puts("");
    }
    const std::string file = options.text("picture");
    constexpr std::size_t drawn_steps = 15;
    plot::image_grid(decode_grid(drawing, drawn_steps, 2), 28, 28, {}, file, drawn_steps);
    std::printf("%s: images for the numbers from -2 to 2 (across) and 2 to -2 (down)\n", file.c_str());
}

int main(int count, char** arguments) {
    return run_example(count, arguments,
                       "Learns to draw articles of clothing, or digits, with 134,165 parameters.",
                       {{"data", "directory with MNIST's four files; if not given, Fashion-MNIST", ""},
                        {"epochs", "passes over the 60,000 training images", "15"},
                        {"batch", "images an update learns from", "128"},
                        {"seed", "draws the first weights, the noise and the order of the images", "7"},
                        {"threads", "0: as many as there are cores", "0"},
                        {"picture", "PNG or SVG file to draw", "mnist_vae.png"}},
                       learn);
}
