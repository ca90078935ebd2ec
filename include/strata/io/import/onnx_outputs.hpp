// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/io/import/node_choice.hpp>
#include <strata/io/import/onnx_message.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <cstddef>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING::imports {

/// Drops the nodes and inputs of a model that none of its outputs needs. A node with a graph of its own may
/// read any value before it, so that all nodes before one stay.
inline void drop_unread_operations(onnx_model& model) {
    std::set<std::string, std::less<>> read;
    for (const onnx_value_info& output : model.outputs)
        read.insert(output.name);
    const auto is_read = [&](const std::string& name) { return read.contains(name); };
    const auto has_graph = [](const auto& entry) { return entry.second.has_graph; };
    bool keeps_all = false;
    std::vector<onnx_node> kept;
    for (std::size_t i = model.nodes.size(); i-- > 0;) {
        onnx_node& node = model.nodes[i];
        if (!keeps_all && std::none_of(node.outputs.begin(), node.outputs.end(), is_read))
            continue;
        keeps_all = keeps_all || std::any_of(node.attributes.begin(), node.attributes.end(), has_graph);
        read.insert(node.inputs.begin(), node.inputs.end());
        kept.push_back(std::move(node));
    }
    std::reverse(kept.begin(), kept.end());
    model.nodes = std::move(kept);
    if (!keeps_all)
        model.inputs.erase(std::remove_if(model.inputs.begin(), model.inputs.end(),
                                          [&](const onnx_value_info& input) { return !is_read(input.name); }),
                           model.inputs.end());
}

/// Lets a model end at other values, which are named, where there are names.
inline void choose_outputs(onnx_model& model, const std::vector<std::string>& names,
                           const std::string& file) {
    if (names.empty())
        return;
    std::vector<std::string> known;
    for (const onnx_node& node : model.nodes)
        known.insert(known.end(), node.outputs.begin(), node.outputs.end());
    model.outputs.clear();
    for (const std::string& each : names)
        model.outputs.push_back({known[find_name(known, each, file, "a value")], {}, 0, true});
    drop_unread_operations(model);
}

} // namespace strata::bedrock::inline STRATA_SETTING::imports
