// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
//
// What the suites of weights in files share: the one file that their cases write, and errors without its
// name.
#pragma once

#include "../data/temporary_directory.hpp"
#include "../error_message.hpp"

#include <cmath>
#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>

inline const temporary_directory directory;
inline const std::filesystem::path file = directory / "net.safetensors";

inline void write_bytes(std::string_view bytes) { directory.write("net.safetensors", bytes); }

inline std::string without_name(const std::string& message) {
    const std::string name = file.string();
    return message.starts_with(name) ? message.substr(name.size()) : message;
}

/// Weights that differ from each other.
template <class Network>
void set_numbers(Network& net) {
    auto weights = net.weights();
    for (std::size_t i = 0; i < weights.size(); ++i)
        weights[i] = static_cast<typename Network::value_type>(std::sin(double(i)));
    net.set_weights(weights);
}
