// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/setting.hpp>
STRATA_HEADER_BEGIN

#include <strata/data/error.hpp>
#include <strata/data/safetensors.hpp>
#include <strata/expression/concatenate.hpp>
#include <strata/expression/finite.hpp>
#include <strata/io/weights.hpp>
#include <strata/model/model.hpp>
#include <strata/raise.hpp>

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdio>
#include <filesystem>
#include <string>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING {

/// Whether a network that was imported gives what its samples say: weights of `NAME.safetensors`, inputs and
/// outputs of `NAME_check.safetensors`. Prints the largest difference, and where a result is further off
/// than `absolute + relative * |expected|`. NaN equals NaN.
template <class Network>
[[nodiscard]] bool check_network(const std::filesystem::path& folder, const std::string& name,
                                 double absolute, double relative) {
    Network net;
    load_weights(net, folder / (name + ".safetensors"));
    safetensors_file samples(folder / (name + "_check.safetensors"));
    std::array<std::vector<float>, Network::input_count> inputs;
    std::array<const float*, Network::input_count> x;
    std::size_t count = 0;
    for (std::size_t i = 0; i < inputs.size(); ++i) {
        inputs[i] = samples.read(internal::concatenate("input.", i));
        x[i] = inputs[i].data();
        count = inputs[i].size() / Network::input_sizes[i];
    }
    std::array<std::vector<float>, Network::output_count> results;
    std::array<float*, Network::output_count> y;
    for (std::size_t i = 0; i < results.size(); ++i) {
        results[i].resize(count * Network::output_sizes[i]);
        y[i] = results[i].data();
    }
    net.predict_batch(x, y, count);

    std::size_t wrong = 0;
    double largest = 0;
    for (std::size_t i = 0; i < results.size(); ++i) {
        const std::vector<float> expected = samples.read(internal::concatenate("output.", i));
        if (expected.size() != results[i].size())
            internal::raise(
                data_error::in_file(folder / (name + "_check.safetensors"),
                                    internal::concatenate(results[i].size(), " numbers of output ", i),
                                    internal::concatenate(expected.size())));
        for (std::size_t j = 0; j < expected.size(); ++j) {
            const double wanted = expected[j];
            const double difference = std::abs(double{results[i][j]} - wanted);
            const bool fits = difference <= absolute + relative * std::abs(wanted) ||
                              (detail::is_not_a_number(results[i][j]) && detail::is_not_a_number(wanted));
            largest = std::max(largest, difference);
            if (!fits && wrong++ == 0)
                std::printf("%s: output %zu, number %zu is %g, expected %g\n", name.c_str(), i, j,
                            double{results[i][j]}, wanted);
        }
    }
    std::printf("%s: %zu samples, largest difference %.2g, %zu wrong\n", name.c_str(), count, largest, wrong);
    return wrong == 0;
}

} // namespace strata::bedrock::inline STRATA_SETTING

namespace strata {
using bedrock::check_network;
} // namespace strata

STRATA_HEADER_END
