// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include "centernet.hpp"
#include "teachable_learner.hpp"
#include "teachable_onnx.hpp"
#include "weight_bytes.hpp"

#include <strata/layers/layers.hpp>

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
    const exports::network_entry entry = exports::entries_of(joined);
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
    const onnx_notes notes{
        {"features", "pictures: numbers 0 to 255 of red, green and blue, [height, width, colour]"},
        {"trunk", "centernet"},
        {"classes", std::string(head.text("names"))}};
    // The trunk's type is a page of text, which the header beside the page has.
    return {onnx_bytes(entry, arrays, classes, std::string(head.text("topology")), notes), {}};
}

} // namespace teachable
