// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#include "../divergence.hpp"
#include "../networks/page_digits.hpp"
#include "page_models.hpp"

#include <strata/io/weights.hpp>
#include <strata/strata.hpp>

#include <cstdio>
#include <filesystem>

using namespace strata;

void train_autoencoder(const given_options& options) {
    const auto [train, test] = datasets::mnist(options.text("data"));
    const std::size_t batch = options.positive_count("batch");
    const std::size_t epochs = options.count("epochs");
    const std::size_t updates = epochs * ((train.y.size() + batch - 1) / batch);

    model<networks::digit_autoencoder> net{seed{options.count("seed")}};
    const cosine_decay rate{.initial = 2e-3, .steps = static_cast<double>(updates)};
    trainer teach{net, losses(loss_weight<784>(binary_crossentropy), divergence::mean, divergence::variance),
                  adam{.learning_rate = rate}};
    teach.fit(train.x, together(train.x, no_targets, no_targets),
              {.batch_size = batch, .epochs = epochs, .threads = options.count("threads")});
    const auto score =
        teach.evaluate(test.x, together(test.x, no_targets, no_targets), {.verbose = verbosity::silent});
    std::printf("test: loss %.2f an image\n", score.loss());

    const std::filesystem::path folder = options.text("folder");
    const std::vector<float> weights = net.weights();
    model<networks::digit_encoder> encoder;
    model<networks::digit_decoder> decoder;
    encoder.set_weights(std::span(weights).first(encoder.weight_count));
    decoder.set_weights(std::span(weights).last(decoder.weight_count));
    save_weights(encoder, folder / "digit_encoder.safetensors");
    save_weights(decoder, folder / "digit_decoder.safetensors");
}
