// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/expression/concatenate.hpp>
#include <strata/io/import/graph.hpp>
#include <strata/setting.hpp>

#include <cstddef>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING::imports {

/// An array of a graph: its name in the network, its layer's name in the file, its numbers.
struct named_weight {
    std::string name;
    std::string layer;
    const tensor* numbers;
};

/// All weights of a graph under the names that they have in the network: `dense_1.kernel`, counted in the
/// order of the layers; `forward.lstm.kernel` of two directions.
inline std::vector<named_weight> parameter_names(const model_graph& graph,
                                                 const std::vector<std::size_t>& layer_order) {
    std::map<std::string, std::size_t> counts;
    std::vector<named_weight> result;
    for (const std::size_t number : layer_order) {
        std::map<std::string, std::string> layers; // of this node, numbered once
        for (const auto& [name, weight] : graph.nodes[number].weights) {
            const std::size_t dot = name.rfind('.');
            const std::string kind = dot == name.npos ? graph.nodes[number].kind : name.substr(0, dot);
            const auto [layer, is_new] = layers.try_emplace(kind, kind);
            if (is_new)
                if (const std::size_t count = counts[kind]++; count > 0)
                    layer->second = internal::concatenate(kind, "_", count);
            result.push_back({layer->second + "." + (dot == name.npos ? name : name.substr(dot + 1)),
                              graph.nodes[number].name, &weight});
        }
    }
    return result;
}

} // namespace strata::bedrock::inline STRATA_SETTING::imports
