// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include "exported_weights.hpp"
#include "teachable_learner.hpp"

#include <cstddef>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace teachable {

/// Gives the network below the arrays of its layers by the names that an export has for both: `layers` are
/// those with weights, in their order. `used` gets the arrays' names. Returns what does not fit; `origin`
/// says what the export is expected to be of.
template <class Network>
std::string load_layers(Network& network, const std::vector<std::string>& layers,
                        const engines::exported_weights& weights, std::set<std::string>& used,
                        std::string_view origin) {
    const auto parameters = network.parameters();
    std::size_t layer = 0;
    for (std::size_t i = 0; i < parameters.size(); ++i) {
        if (i > 0 && parameters[i].layer() != parameters[i - 1].layer())
            ++layer;
        const std::string own = parameters[i].name().substr(parameters[i].name().rfind('.') + 1);
        const std::string wanted = layers[layer] + "/" + own;
        const auto* const array = weights.find(wanted);
        // A depthwise kernel of Keras has an axis of one filter a channel.
        if (array == nullptr || array->numbers.size() != parameters[i].size())
            return "expected \"" + wanted + "\" of " + std::to_string(parameters[i].size()) +
                   " numbers, as in " + std::string(origin);
        parameters[i].set(array->numbers);
        used.insert(wanted);
    }
    return {};
}

/// Gives a network that learns, whose last layer has an output for each of the most classes, that layer's
/// arrays for `classes` of them. `bias` may be null.
template <class Network>
void set_scores(Network& network, const engines::exported_array& kernel, const engines::exported_array* bias,
                std::size_t classes) {
    const auto parameters = network.parameters();
    const auto& scores = parameters[parameters.size() - 2];
    const auto& biases = parameters[parameters.size() - 1];
    for (std::size_t i = 0; i < kernel.numbers.size(); ++i)
        scores[i / classes * most_classes + i % classes] = kernel.numbers[i];
    for (std::size_t i = 0; i < classes; ++i)
        biases[i] = bias == nullptr ? 0 : bias->numbers[i];
}

} // namespace teachable
