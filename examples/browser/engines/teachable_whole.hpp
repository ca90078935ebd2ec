// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include "centernet.hpp"
#include "teachable_learner.hpp"
#include "weight_bytes.hpp"

#include <strata/io/export/onnx_message.hpp>
#include <strata/layers/layers.hpp>

#include <array>
#include <cstddef>
#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

namespace teachable {

/// A trunk and what was taught on it as one model of ONNX: pictures [batch, 224, 224, 3] of numbers 0 to 255
/// in, probabilities out.
struct whole_model {
    std::vector<unsigned char> bytes;
    std::string problem; ///< why there is none
};

/// Makes it of the trunk's file of weights and of what `save_weights` gave for pictures. The network itself
/// is not needed for this, but for its type.
inline whole_model join_model(const engines::tensor_file& trunk, const engines::tensor_file& head) {
    namespace exports = strata::bedrock::exports;
    constexpr auto joined = centernet::topology | strata::dense<100> | strata::relu |
                            strata::dense<most_classes> | strata::softmax;
    const std::size_t classes = std::strtoul(std::string(head.text("classes")).c_str(), nullptr, 10);
    if (head.text("kind") != "pictures" || classes < 2 || classes > most_classes)
        return {{}, "expected what was learnt of pictures"};
    exports::network_entry entry = exports::entries_of(joined);
    // The last two nodes, the scores and their softmax, are as wide as there are classes.
    const std::array<std::size_t, 1> width{classes};
    std::array<exports::node_entry, 2> ends{*entry.nodes[entry.nodes.size() - 2], *entry.nodes.back()};
    for (std::size_t i = 0; i < ends.size(); ++i) {
        ends[i].shape = width;
        entry.nodes[entry.nodes.size() - 2 + i] = &ends[i];
    }
    exports::onnx_arrays arrays;
    for (std::size_t node = 0; node < entry.nodes.size(); ++node)
        for (const exports::array_entry& each : entry.nodes[node]->arrays()) {
            const std::string name = entry.names[node] + "." + std::string(each.name);
            const bool is_head = name.starts_with("dense");
            const engines::tensor_file& file = is_head ? head : trunk;
            const auto* const tensor = file.find(name);
            auto numbers = tensor == nullptr ? std::nullopt : file.read(*tensor);
            exports::extents shape(each.shape.begin(), each.shape.end());
            if (name.starts_with("dense_1."))
                shape.back() = classes;
            std::size_t count = 1;
            for (const std::size_t extent : shape)
                count *= extent;
            if (!numbers || numbers->size() != count)
                return {{}, "expected a tensor \"" + name + "\" of " + std::to_string(count) + " numbers"};
            arrays[name] = {shape, [numbers = std::move(*numbers)] { return numbers; }};
        }
    whole_model result;
    exports::onnx_tensors tensors;
    exports::write_model_message(entry, arrays, std::string(head.text("names")), tensors,
                                 [&](const void* bytes, std::size_t count) {
                                     const auto* const begin = static_cast<const unsigned char*>(bytes);
                                     result.bytes.insert(result.bytes.end(), begin, begin + count);
                                 });
    return result;
}

} // namespace teachable
