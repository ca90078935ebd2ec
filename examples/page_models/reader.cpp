// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#include "../networks/page_digits.hpp"
#include "page_models.hpp"

#include <strata/io/weights.hpp>
#include <strata/strata.hpp>

#include <cstdio>
#include <filesystem>

using namespace strata;

void train_reader(const given_options& options) {
    const auto [train, test] = datasets::mnist(options.text("data"));
    const std::size_t batch = options.positive_count("batch");
    const std::size_t epochs = options.count("epochs");
    const std::size_t updates = epochs * ((train.y.size() + batch - 1) / batch);

    model<networks::varied_digit_reader> net{seed{options.count("seed")}};
    const cosine_decay rate{.initial = 2e-3, .steps = static_cast<double>(updates)};
    trainer teach{net, sparse_categorical_crossentropy, adam{.learning_rate = rate}, accuracy};
    teach.fit(train.x, train.y, {.batch_size = batch, .epochs = epochs, .threads = options.count("threads")});

    model<networks::digit_reader> reader;
    reader.set_weights(net.weights());
    trainer measure{reader, sparse_categorical_crossentropy, adam{}, accuracy};
    const auto score = measure.evaluate(test.x, test.y, {.verbose = verbosity::silent});
    std::printf("test: loss %.4f, accuracy %.4f\n", score.loss(), score["accuracy"]);
    save_weights(reader, std::filesystem::path(options.text("folder")) / "digit_reader.safetensors");
}
