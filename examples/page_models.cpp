// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
//
// Trains the networks that the pages of examples/browser show, and writes their weights.
#include "page_models/page_models.hpp"

#include <stdexcept>

namespace {
struct page_model {
    const char* name;
    void (*train)(const given_options&);
};
const page_model page_models[] = {
    {"reader", train_reader},
    {"autoencoder", train_autoencoder},
    {"generator", train_generator},
    {"spam", train_spam},
};

void train(const given_options& options) {
    const std::string& name = options.text("network");
    std::string names;
    for (const page_model& each : page_models) {
        if (each.name == name)
            return each.train(options);
        names += std::string(" ") + each.name;
    }
    throw std::invalid_argument("--network: expected one of" + names + ", found '" + name + "'");
}
} // namespace

int main(int count, char** arguments) {
    return run_example(
        count, arguments, "Trains a network that the pages show.",
        {{"network", "reader, autoencoder, generator or spam", "reader"},
         {"data", "directory with MNIST's four files", ""},
         {"mails", "folder of mails, spam in folders that begin so", "build/data/spam_assassin"},
         {"epochs", "passes over the training data", "12"},
         {"batch", "samples an update learns from", "128"},
         {"seed", "draws the first weights and the order of the samples", "7"},
         {"threads", "0: as many as there are cores", "0"},
         {"folder", "where the weights are written", "examples/browser/models"}},
        train);
}
