// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
//
// Two networks that learn from each other: one draws the digit that it is asked for, the other tells drawn
// from real ones and reads them.
#include "networks/mnist_gan.hpp"
#include "command_line.hpp"
#include "text_pictures.hpp"

#include <strata/plot/images.hpp>
#include <strata/strata.hpp>

#include <algorithm>
#include <cstdio>
#include <random>

using namespace strata;

using generator = model<networks::mnist_generator>;
using discriminator = model<networks::mnist_discriminator>;
using adversary = model<networks::mnist_adversary>;

/// What a generator is asked for: noise, and digits as labels and one-hot.
struct wishes {
    xt::xtensor<float, 2> noise;
    xt::xtensor<float, 2> one_hot;
    xt::xtensor<std::uint8_t, 1> digits;

    explicit wishes(std::size_t count)
        : noise(xt::zeros<float>({count, std::size_t{100}})),
          one_hot(xt::zeros<float>({count, std::size_t{10}})),
          digits(xt::zeros<std::uint8_t>({count})) {}

    void ask(std::size_t index, std::size_t digit) {
        digits(index) = static_cast<std::uint8_t>(digit);
        for (std::size_t i = 0; i < 10; ++i)
            one_hot(index, i) = i == digit ? 1 : 0;
    }
    /// Others, at random; the standard's distributions differ between libraries.
    void change(std::mt19937& random) {
        for (float& each : noise)
            each = static_cast<float>(random()) / 2147483648.0F - 1;
        for (std::size_t i = 0; i < digits.size(); ++i)
            ask(i, random() % 10);
    }
};

/// A batch for the discriminator, half of it drawn.
struct evidence {
    xt::xtensor<float, 4> images;
    xt::xtensor<float, 1> is_real;
    xt::xtensor<std::uint8_t, 1> digits;

    explicit evidence(std::size_t half)
        : images(xt::zeros<float>({2 * half, std::size_t{28}, std::size_t{28}, std::size_t{1}})),
          is_real(xt::zeros<float>({2 * half})),
          digits(xt::zeros<std::uint8_t>({2 * half})) {
        // Not quite 1, so that the discriminator does not become too sure of itself (Salimans et al. 2016).
        std::fill_n(is_real.begin(), half, 0.95F);
    }

    void collect(const labelled_images& real, const xt::xtensor<float, 4>& drawn, const wishes& wanted,
                 std::mt19937& random) {
        const std::size_t half = wanted.digits.size();
        for (std::size_t i = 0; i < half; ++i) {
            const std::size_t chosen = random() % real.y.size();
            digits(i) = real.y(chosen);
            for (std::size_t y = 0; y < 28; ++y)
                for (std::size_t x = 0; x < 28; ++x)
                    images(i, y, x, 0) = 2 * real.x(chosen, y, x) - 1;
        }
        std::copy(wanted.digits.begin(), wanted.digits.end(),
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
    generator draws{key};
    discriminator judges{key};
    adversary both{key};
    const auto loss = losses(binary_crossentropy, sparse_categorical_crossentropy);
    const adam slow{.learning_rate = 2e-4, .beta_1 = 0.5};
    trainer teach_judge{judges, loss, slow};
    trainer teach_artist{both, loss, slow};

    std::mt19937 random(static_cast<std::mt19937::result_type>(options.count("seed")));
    wishes wanted(batch);
    evidence shown(batch);
    const xt::xtensor<float, 1> all_real = xt::ones<float>({batch});
    std::vector<float> weights = both.weights();
    const std::span artist = std::span(weights).first(generator::weight_count);
    const std::span judge = std::span(weights).last(discriminator::weight_count);
    double judge_loss = 0;
    double artist_loss = 0;
    for (std::size_t step = 1; step <= steps; ++step) {
        draws.set_weights(artist);
        wanted.change(random);
        shown.collect(train, draws.predict(together(wanted.noise, wanted.one_hot)), wanted, random);
        judge_loss += teach_judge.train_on_batch(shown.images, together(shown.is_real, shown.digits)).loss();

        // The artist learns to be taken for real by a judge that does not change meanwhile.
        std::ranges::copy(judges.weights(), judge.begin());
        both.set_weights(weights);
        wanted.change(random);
        artist_loss +=
            teach_artist
                .train_on_batch(together(wanted.noise, wanted.one_hot), together(all_real, wanted.digits))
                .loss();
        std::ranges::copy(both.weights(), weights.begin());

        constexpr std::size_t reported = 100;
        if (step % reported == 0 || step == steps) {
            const auto count = static_cast<double>((step - 1) % reported + 1);
            std::printf("step %zu of %zu: the discriminator's loss is %.3f, the generator's %.3f\n", step,
                        steps, judge_loss / count, artist_loss / count);
            std::fflush(stdout);
            judge_loss = artist_loss = 0;
        }
    }

    draws.set_weights(artist);
    wishes hundred(100);
    hundred.change(random);
    for (std::size_t i = 0; i < 100; ++i)
        hundred.ask(i, i % 10);
    const auto images = draws.predict(together(hundred.noise, hundred.one_hot));
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
