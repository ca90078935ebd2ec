// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/strata.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <random>

// How an auxiliary classifier GAN learns, two networks from each other; networks/mnist_gan.hpp says what they
// are.

/// The inputs of the generator: noise, and the digits that it is asked for, as labels and one-hot.
struct generator_inputs {
    xt::xtensor<float, 2> noise;
    xt::xtensor<float, 2> one_hot;
    xt::xtensor<std::uint8_t, 1> digits;

    generator_inputs(std::size_t count, std::size_t code_size)
        : noise(xt::zeros<float>({count, code_size})),
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

    void collect(const strata::labelled_images& real, const xt::xtensor<float, 4>& drawn,
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

/// The generator and the discriminator, parts of the adversary, learn for so many updates each from `batch`
/// drawn images at a time. The losses are printed every `report_interval` steps.
template <class Adversary, class Generator, class Discriminator, class Optimizer>
void train_adversary(Adversary& adversary_net, Generator& generator_net, Discriminator& discriminator_net,
                     const Optimizer& optimizer, const strata::labelled_images& train, std::size_t batch,
                     std::size_t steps, std::size_t report_interval, std::mt19937& random) {
    using strata::together;
    const auto loss = strata::losses(strata::binary_crossentropy, strata::sparse_categorical_crossentropy);
    strata::trainer discriminator_trainer{discriminator_net, loss, optimizer};
    strata::trainer generator_trainer{adversary_net, loss, optimizer};

    generator_inputs inputs(batch, Generator::input_sizes[0]);
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

        if (step % report_interval == 0 || step == steps) {
            const auto count = static_cast<double>((step - 1) % report_interval + 1);
            std::printf("step %zu of %zu: the discriminator's loss is %.3f, the generator's %.3f\n", step,
                        steps, discriminator_loss / count, generator_loss / count);
            std::fflush(stdout);
            discriminator_loss = generator_loss = 0;
        }
    }
}
