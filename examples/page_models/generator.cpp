// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#include "../adversarial_training.hpp"
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
/// The share of drawn digits that the page's reader takes for what was asked for.
double readable_share(const model<networks::digit_generator>& generator, const std::filesystem::path& file,
                      std::mt19937& random) {
    constexpr std::size_t count = 2'000;
    const auto reader = load_network<model<networks::digit_reader>>(file);
    generator_inputs wanted(count, generator.input_sizes[0]);
    wanted.randomize(random);
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
    const std::size_t batch = options.positive_count("batch", train.y.size());
    const std::size_t steps = options.count("epochs") * (train.y.size() / batch);

    model<networks::digit_adversary> adversary{seed{options.count("seed")}};
    auto generator = shared_part<model<networks::digit_generator>>(adversary);
    auto judge = shared_part<model<networks::digit_judge>>(adversary);
    const cosine_decay rate{.initial = 4e-4, .steps = static_cast<double>(steps)};
    const adam optimizer{.learning_rate = rate, .beta_1 = 0.5};
    std::mt19937 random(static_cast<std::mt19937::result_type>(options.count("seed")));
    train_adversary(adversary, generator, judge, optimizer, train, batch, steps, 200, random);

    const std::filesystem::path folder = options.text("folder");
    save_weights(generator, folder / "digit_generator.safetensors");
    std::printf("the reader takes %.4f of the drawn digits for what was asked for\n",
                readable_share(generator, folder / "digit_reader.safetensors", random));
}
