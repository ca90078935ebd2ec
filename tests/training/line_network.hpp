// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/strata.hpp>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

namespace line_network {
using namespace strata::bedrock;

/// A line to learn, y = 2 x + 1, and one weight and one bias to learn it with.
using network = model<input<1> | dense<1>>;
inline const std::vector<float> x{0, 1, 2, 3};
inline const std::vector<float> y{1, 3, 5, 7};

inline history teach_with(network& net, std::vector<callback> callbacks, std::size_t epochs = 5,
                          double rate = 0.05) {
    trainer teach{net, mean_squared_error, sgd{.learning_rate = rate}};
    return teach.fit(x, y,
                     {.batch_size = 4,
                      .epochs = epochs,
                      .validation_data = {x, y},
                      .verbose = verbosity::silent,
                      .callbacks = std::move(callbacks)});
}

inline std::string contents(const std::filesystem::path& file) {
    std::ostringstream all;
    all << std::ifstream(file, std::ios::binary).rdbuf();
    return all.str();
}

} // namespace line_network
