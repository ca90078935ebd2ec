// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include "network_description.hpp"

#include <strata/model/layer_outputs.hpp>

#include <cstddef>
#include <span>
#include <vector>

namespace engines {

/// What the stages of a large network make of a sample, one stage after another, and its last result. Layers
/// that prediction fuses are one stage.
class stage_values {
public:
    std::vector<float> numbers; ///< of all stages
    std::vector<float> result;  ///< of the last one

    /// Runs the network, and appends to an array of JSON for each stage its "label", the layers that are
    /// fused, its "shape" and "begin", where its numbers are.
    template <class Network>
    void run(const Network& net, std::span<const float, Network::input_size> sample, json_writer& json) {
        numbers.clear();
        std::size_t begin = 0;
        json.StartArray();
        strata::visit_layer_outputs(net, sample, [&](const strata::layer_output<float>& output) {
            begin = numbers.size();
            json.StartObject();
            json.Key("label");
            write_text(json, output.name);
            json.Key("shape");
            write_shape(json, output.shape);
            json.Key("begin");
            json.Uint64(begin);
            json.EndObject();
            for (std::size_t row = 0; row < output.row_count; ++row) {
                const float* const first = output.rows.row(row);
                numbers.insert(numbers.end(), first, first + output.row_length);
            }
        });
        json.EndArray();
        result.assign(numbers.begin() + static_cast<std::ptrdiff_t>(begin), numbers.end());
    }
};

} // namespace engines
