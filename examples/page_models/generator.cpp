// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#include "../networks/page_digits.hpp"
#include "page_models.hpp"

#include <strata/io/weights.hpp>
#include <strata/model/shared_part.hpp>
#include <strata/strata.hpp>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <random>

using namespace strata;

namespace {
constexpr std::size_t code_size = 32;

/// Noise and the digits that are wanted, as labels and one-hot.
struct wishes {
    xt::xtensor<float, 2> noise;
    xt::xtensor<float, 2> one_hot;
    xt::xtensor<std::uint8_t, 1> digits;

    explicit wishes(std::size_t count)
        : noise(xt::zeros<float>({count, code_size})),
          one_hot(xt::zeros<float>({count, std::size_t{10}})),
          digits(xt::zeros<std::uint8_t>({count})) {}
    // The standard's distributions are not used, since libraries differ in them.
    void draw(std::mt19937& random) {
        for (float& number : noise)
            number = static_cast<float>(random()) / 2147483648.0F - 1;
        one_hot.fill(0);
        for (std::size_t i = 0; i < digits.size(); ++i) {
            digits(i) = static_cast<std::uint8_t>(random() % 10);
            one_hot(i, digits(i)) = 1;
        }
    }
};

/// Half of the images are real, half are drawn.
struct mixed_images {
    xt::xtensor<float, 4> images;
    xt::xtensor<float, 1> is_real;
    xt::xtensor<std::uint8_t, 1> digits;

    explicit mixed_images(std::size_t half)
        : images(xt::zeros<float>({2 * half, std::size_t{28}, std::size_t{28}, std::size_t{1}})),
          is_real(xt::zeros<float>({2 * half})),
          digits(xt::zeros<std::uint8_t>({2 * half})) {
        std::fill_n(is_real.begin(), half, 0.95F); // so that the judge does not become too sure of itself
    }
    void collect(const labelled_images& real, const xt::xtensor<float, 4>& drawn, const wishes& wanted,
                 std::mt19937& random) {
        const std::size_t half = wanted.digits.size();
        for (std::size_t i = 0; i < half; ++i) {
            const std::size_t sample = random() % real.y.size();
            digits(i) = real.y(sample);
            digits(half + i) = wanted.digits(i);
            for (std::size_t y = 0; y < 28; ++y)
                for (std::size_t x = 0; x < 28; ++x)
                    images(i, y, x, 0) = 2 * real.x(sample, y, x) - 1;
        }
        std::copy(drawn.begin(), drawn.end(), images.begin() + static_cast<std::ptrdiff_t>(drawn.size()));
    }
};

/// The share of drawn digits that the page's reader takes for what was asked for.
double readable_share(const model<networks::digit_generator>& generator, const std::filesystem::path& file,
                      std::mt19937& random) {
    constexpr std::size_t count = 2'000;
    const auto reader = load_network<model<networks::digit_reader>>(file);
    wishes wanted(count);
    wanted.draw(random);
    const auto images = generator.predict(together(wanted.noise, wanted.one_hot));
    const xt::xtensor<float, 3> grey =
        xt::reshape_view((images + 1) / 2, {count, std::size_t{28}, std::size_t{28}});
    const auto read = reader.predict(grey);
    std::size_t right = 0;
    for (std::size_t i = 0; i < count; ++i) {
        const float* const row = &read(i, 0);
        right += std::size_t{std::max_element(row, row + 10) - row == wanted.digits(i)};
    }
    return static_cast<double>(right) / count;
}
} // namespace

void train_generator(const given_options& options) {
    const auto train = datasets::mnist(options.text("data")).train;
    const std::size_t batch = options.count("batch");
    const std::size_t steps = options.count("epochs") * (train.y.size() / batch);

    model<networks::digit_adversary> adversary{seed{options.count("seed")}};
    auto generator = shared_part<model<networks::digit_generator>>(adversary);
    auto judge = shared_part<model<networks::digit_judge>>(adversary);
    const auto loss = losses(binary_crossentropy, sparse_categorical_crossentropy);
    const cosine_decay rate{.initial = 4e-4, .steps = static_cast<double>(steps)};
    const adam optimizer{.learning_rate = rate, .beta_1 = 0.5};
    trainer teach_judge{judge, loss, optimizer};
    trainer teach_generator{adversary, loss, optimizer};

    std::mt19937 random(static_cast<std::mt19937::result_type>(options.count("seed")));
    wishes wanted(batch);
    mixed_images examples(batch);
    const xt::xtensor<float, 1> all_real = xt::ones<float>({batch});
    double judge_loss = 0;
    double generator_loss = 0;
    for (std::size_t step = 1; step <= steps; ++step) {
        wanted.draw(random);
        examples.collect(train, generator.predict(together(wanted.noise, wanted.one_hot)), wanted, random);
        judge_loss +=
            teach_judge.train_on_batch(examples.images, together(examples.is_real, examples.digits)).loss();
        wanted.draw(random);
        generator_loss +=
            teach_generator
                .train_on_batch(together(wanted.noise, wanted.one_hot), together(all_real, wanted.digits))
                .loss();
        constexpr std::size_t report_interval = 200;
        if (step % report_interval == 0 || step == steps) {
            const auto count = static_cast<double>((step - 1) % report_interval + 1);
            std::printf("step %zu of %zu: the judge's loss is %.3f, the generator's %.3f\n", step, steps,
                        judge_loss / count, generator_loss / count);
            std::fflush(stdout);
            judge_loss = generator_loss = 0;
        }
    }

    const std::filesystem::path folder = options.text("folder");
    save_weights(generator, folder / "digit_generator.safetensors");
    std::printf("the reader takes %.4f of the drawn digits for what was asked for\n",
                readable_share(generator, folder / "digit_reader.safetensors", random));
}
