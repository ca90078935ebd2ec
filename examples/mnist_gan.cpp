// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
//
// Two networks that learn from each other: one draws the digit that it is asked for, the other tells drawn
// from real ones and reads them.
#include "networks/mnist_gan.hpp"
#include "command_line.hpp"
#include "text_pictures.hpp"

#include <strata/model/shared_part.hpp>
#include <strata/plot/images.hpp>
#include <strata/strata.hpp>

#include <algorithm>
#include <cstdio>
#include <random>

using namespace strata;

using generator = model<networks::mnist_generator>;
using discriminator = model<networks::mnist_discriminator>;
using adversary = model<networks::mnist_adversary>;

/// The inputs of the generator: noise, and the digits that it is asked for, as labels and one-hot.
struct generator_inputs {
    xt::xtensor<float, 2> noise;
    xt::xtensor<float, 2> one_hot;
    xt::xtensor<std::uint8_t, 1> digits;

    explicit generator_inputs(std::size_t count)
        : noise(xt::zeros<float>({count, std::size_t{100}})),
          one_hot(xt::zeros<float>({count, std::size_t{10}})),
          digits(xt::zeros<std::uint8_t>({count})) {}

    void request(std::size_t index, std::size_t digit) {
        digits(index) = static_cast<std::uint8_t>(digit);
        for (std::size_t i = 0; i < 10; ++i)
            one_hot(index, i) = i == digit ? 1 : 0;
    }
    /// Draws other noise and digits. The standard's distributions are not used, since libraries differ in
    /// them.
    void randomize(std::mt19937& random) {
        for (float& number : noise)
            number = static_cast<float>(random()) / 2147483648.0F - 1;
        for (std::size_t i = 0; i < digits.size(); ++i)
            request(i, random() % 10);
    }
};

/// A batch for the discriminator: half of the images are real, half are drawn by the generator.
struct discriminator_batch {
    xt::xtensor<float, 4> images;
    xt::xtensor<float, 1> is_real;
    xt::xtensor<std::uint8_t, 1> digits;

    explicit discriminator_batch(std::size_t half)
        : images(xt::zeros<float>({2 * half, std::size_t{28}, std::size_t{28}, std::size_t{1}})),
          is_real(xt::zeros<float>({2 * half})),
          digits(xt::zeros<std::uint8_t>({2 * half})) {
        // Not quite 1, so that the discriminator does not become too sure of itself (Salimans et al. 2016).
        std::fill_n(is_real.begin(), half, 0.95F);
    }

    void collect(const labelled_images& real, const xt::xtensor<float, 4>& drawn,
                 const generator_inputs& inputs, std::mt19937& random) {
        const std::size_t half = inputs.digits.size();
        for (std::size_t i = 0; i < half; ++i) {
            const std::size_t sample = random() % real.y.size();
            digits(i) = real.y(sample);
            for (std::size_t y = 0; y < 28; ++y)
                for (std::size_t x = 0; x < 28; ++x)
                    images(i, y, x, 0) = 2 * real.x(sample, y, x) - 1;
        }
        std::copy(inputs.digits.begin(), inputs.digits.end(),
                  digits.begin() + static_cast<std::ptrdiff_t>(half));
        std::copy(drawn.begin(), drawn.end(), images.begin() + static_cast<std::ptrdiff_t>(drawn.size()));
    }
};

void learn(const given_options& options) {
    const std::string directory = options.text("data");
    const auto train = (directory.empty() ? datasets::fashion_mnist() : datasets::mnist(directory)).train;
    const std::size_t batch = options.count("batch");
    const std::size_t steps = options.count("steps");

    const seed key{options.count("seed")};
    adversary adversary_net{key};
    auto generator_net = shared_part<generator>(adversary_net);
    auto discriminator_net = shared_part<discriminator>(adversary_net);
    const auto loss = losses(binary_crossentropy, sparse_categorical_crossentropy);
    const adam optimizer{.learning_rate = 2e-4, .beta_1 = 0.5};
    trainer discriminator_trainer{discriminator_net, loss, optimizer};
    trainer generator_trainer{adversary_net, loss, optimizer};

    std::mt19937 random(static_cast<std::mt19937::result_type>(options.count("seed")));
    generator_inputs inputs(batch);
    discriminator_batch examples(batch);
    const xt::xtensor<float, 1> all_real = xt::ones<float>({batch});
    double discriminator_loss = 0;
    double generator_loss = 0;
    for (std::size_t step = 1; step <= steps; ++step) {
        inputs.randomize(random);
        examples.collect(train, generator_net.predict(together(inputs.noise, inputs.one_hot)), inputs,
                         random);
        discriminator_loss +=
            discriminator_trainer.train_on_batch(examples.images, together(examples.is_real, examples.digits))
                .loss();

        // The generator learns to be taken for real by a discriminator that does not change meanwhile.
        inputs.randomize(random);
        generator_loss +=
            generator_trainer
                .train_on_batch(together(inputs.noise, inputs.one_hot), together(all_real, inputs.digits))
                .loss();

        constexpr std::size_t report_interval = 100;
        if (step % report_interval == 0 || step == steps) {
            const auto count = static_cast<double>((step - 1) % report_interval + 1);
            std::printf("step %zu of %zu: the discriminator's loss is %.3f, the generator's %.3f\n", step,
                        steps, discriminator_loss / count, generator_loss / count);
            std::fflush(stdout);
            discriminator_loss = generator_loss = 0;
        }
    }

    generator_inputs gallery_inputs(100);
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
