// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
//
// Two networks that learn from each other: one draws the digit that it is asked for, the other tells drawn
// from real ones and reads them.
#include "networks/mnist_gan.hpp"
#include "adversarial_training.hpp"
#include "command_line.hpp"
#include "text_pictures.hpp"

#include <strata/model/shared_part.hpp>
#include <strata/plot/images.hpp>
#include <strata/strata.hpp>

#include <cstdio>
#include <random>

using namespace strata;

using generator = model<networks::mnist_generator>;
using discriminator = model<networks::mnist_discriminator>;
using adversary = model<networks::mnist_adversary>;

void learn(const given_options& options) {
    const std::string directory = options.text("data");
    const auto train = (directory.empty() ? datasets::fashion_mnist() : datasets::mnist(directory)).train;
    const std::size_t batch = options.positive_count("batch");
    const std::size_t steps = options.count("steps");

    const seed key{options.count("seed")};
    adversary adversary_net{key};
    auto generator_net = shared_part<generator>(adversary_net);
    auto discriminator_net = shared_part<discriminator>(adversary_net);
    std::mt19937 random(static_cast<std::mt19937::result_type>(options.count("seed")));
    train_adversary(adversary_net, generator_net, discriminator_net,
                    adam{.learning_rate = 2e-4, .beta_1 = 0.5}, train, batch, steps, 100, random);

    generator_inputs gallery_inputs(100, generator::input_sizes[0]);
    gallery_inputs.randomize(random);
    for (std::size_t i = 0; i < 100; ++i)
        gallery_inputs.request(i, i % 10);
    const auto images = generator_net.predict(together(gallery_inputs.noise, gallery_inputs.one_hot));
    for (std::size_t first = 0; first < 10; first += 5)
        print_images(5, [&](std::size_t i, std::size_t y, std::size_t x) {
            return (images(first + i, y, x, 0) + 1) / 2;
        });
    const std::string file = options.text("picture");
    plot::image_grid(xt::reshape_view(images, {100, 28, 28}), 28, 28, {}, file, 10);
    std::printf("%s: ten of each\n", file.c_str());
}

int main(int count, char** arguments) {
    return run_example(count, arguments,
                       "Learns to draw articles of clothing, or digits, of a wanted kind, with 2,657,321 and "
                       "525,835 parameters.",
                       {{"data", "directory with MNIST's four files; if not given, Fashion-MNIST", ""},
                        {"steps", "updates of each of the two networks", "3000"},
                        {"batch", "images that the generator draws for an update", "100"},
                        {"seed", "draws the first weights, the noise and the images", "7"},
                        {"picture", "PNG or SVG file to draw", "mnist_gan.png"}},
                       learn);
}
