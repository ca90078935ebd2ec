// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/expression/concatenate.hpp>
#include <strata/io/import/graph.hpp>
#include <strata/setting.hpp>

#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING::imports {

/// An array of a graph: its name in the network, its layer's name in the file, its numbers.
struct named_weight {
    std::string name;
    std::string layer;
    const tensor* numbers;
};

/// All weights of a graph under the names that they have in the network: `dense_1.kernel`, counted in the
/// order of the layers; `forward.lstm.kernel` of two directions; `encoder.dense.kernel` of a part with a
/// name, of a shared one once.
inline std::vector<named_weight> parameter_names(const model_graph& graph,
                                                 const std::vector<std::size_t>& layer_order) {
    std::map<std::string, std::size_t> counts;
    std::map<std::string, double, std::less<>> uses; // of shared parts, the one that has their weights
    std::vector<named_weight> result;
    for (const std::size_t number : layer_order) {
        std::map<std::string, std::string> layers; // of this node, numbered once
        const graph_node& node = graph.nodes[number];
        const bool is_shared = node.has("shared");
        const std::string scope(node.text(is_shared ? "shared" : "part"));
        if (is_shared &&
            uses.try_emplace(scope, node.number("shared_use")).first->second != node.number("shared_use"))
            continue;
        for (const auto& [name, weight] : node.weights) {
            const std::size_t dot = name.rfind('.');
            const std::string kind =
                (scope.empty() ? "" : scope + ".") + (dot == name.npos ? node.kind : name.substr(0, dot));
            const auto [layer, is_new] = layers.try_emplace(kind, kind);
            if (is_new)
                if (const std::size_t count = counts[kind]++; count > 0)
                    layer->second = internal::concatenate(kind, "_", count);
            result.push_back(
                {layer->second + "." + (dot == name.npos ? name : name.substr(dot + 1)), node.name, &weight});
        }
    }
    return result;
}

} // namespace strata::bedrock::inline STRATA_SETTING::imports
