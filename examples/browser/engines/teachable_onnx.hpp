// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/io/export/onnx_message.hpp>

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace teachable {

/// What a model says of itself beside its graph: keys and texts.
using onnx_notes = std::vector<std::pair<std::string_view, std::string>>;

/// The bytes of a model of ONNX of a network whose last two nodes, the scores and their softmax, are as wide
/// as there are classes. `topology` is its type as a text. The notes are among the model's metadata.
inline std::vector<unsigned char> onnx_bytes(strata::bedrock::exports::network_entry entry,
                                             const strata::bedrock::exports::onnx_arrays& arrays,
                                             std::size_t classes, const std::string& topology,
                                             const onnx_notes& notes) {
    namespace exports = strata::bedrock::exports;
    const std::array<std::size_t, 1> width{classes};
    std::array<exports::node_entry, 2> ends{*entry.nodes[entry.nodes.size() - 2], *entry.nodes.back()};
    for (std::size_t i = 0; i < ends.size(); ++i) {
        ends[i].shape = width;
        entry.nodes[entry.nodes.size() - 2 + i] = &ends[i];
    }
    exports::onnx_tensors tensors;
    std::vector<unsigned char> result;
    exports::write_model_message(entry, arrays, topology, tensors, [&](const void* bytes, std::size_t count) {
        const auto* const begin = static_cast<const unsigned char*>(bytes);
        result.insert(result.end(), begin, begin + count);
    });
    // Fields that may be there several times may stand anywhere in a message.
    std::string metadata;
    protozero::pbf_builder<exports::model_field> model(metadata);
    for (const auto& [key, text] : notes) {
        protozero::pbf_builder<exports::entry_field> note(model, exports::model_field::metadata);
        note.add_string(exports::entry_field::key, key.data(), key.size());
        note.add_string(exports::entry_field::value, text);
    }
    result.insert(result.end(), metadata.begin(), metadata.end());
    return result;
}

} // namespace teachable
