// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/io/import/graph.hpp>
#include <strata/io/import/shapes.hpp>
#include <strata/setting.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING::imports {

/// Why strata lacks a layer that reads its steps backwards, and whose results stand where their steps do: it
/// has them in a layer of both directions, and in the order in which they are computed.
inline constexpr std::string_view reverse_results = "results of all steps in the reverse direction alone";

/// How a layer of both directions joins two results; empty for what joins none.
inline const char* merge_of(const graph_node& node) {
    constexpr std::pair<std::string_view, const char*> merges[] = {
        {"add", "sum"}, {"multiply", "mul"}, {"average", "ave"}};
    for (const auto& [kind, merge] : merges)
        if (node.kind == kind)
            return merge;
    const auto axis = axis_in(node.number("axis", -1), node.shape.size());
    return node.kind == "concat" && axis && *axis + 1 == node.shape.size() ? "concat" : "";
}

/// Whether two recurrent layers are the directions of one: the same cell behind the same value, from the
/// first step and from the last one.
inline bool are_directions(const graph_node& forward, const graph_node& backward) {
    attribute_map attributes = backward.attributes;
    attributes["backwards"] = 0.0;
    return has_any_kind(forward, {"lstm", "gru", "simple_rnn"}) && forward.kind == backward.kind &&
           forward.sources == backward.sources && forward.sources.size() == 1 &&
           backward.number("backwards") != 0 && attributes == forward.attributes &&
           forward.number("keeps_state") == 0 && forward.hint.empty() &&
           backward.hint == (forward.number("last_step") != 0 ? std::string_view() : reverse_results);
}

/// Makes one layer of both directions of two layers, one a direction, whose results nothing reads but what
/// joins them.
inline void join_directions(model_graph& graph) {
    std::vector<std::size_t> readers(graph.nodes.size(), 0);
    for (const graph_node& node : graph.nodes)
        for (const std::size_t source : node.sources)
            ++readers[source];
    for (const std::size_t output : graph.outputs)
        ++readers[output];
    for (graph_node& node : graph.nodes) {
        const std::string merge = merge_of(node);
        if (merge.empty() || node.sources.size() != 2 || readers[node.sources[0]] != 1 ||
            readers[node.sources[1]] != 1)
            continue;
        std::size_t first = node.sources[0];
        std::size_t second = node.sources[1];
        if (merge != "concat" && graph.nodes[first].number("backwards") != 0)
            std::swap(first, second);
        graph_node& forward = graph.nodes[first];
        graph_node& backward = graph.nodes[second];
        if (!are_directions(forward, backward))
            continue;
        node.attributes = forward.attributes;
        node.attributes["merge"] = merge;
        node.attributes["cell"] = forward.kind;
        node.kind = "bidirectional";
        node.sources = forward.sources;
        for (graph_node* const direction : {&forward, &backward})
            for (auto& [name, weight] : direction->weights) {
                const char* const part = direction == &forward ? "forward." : "backward.";
                node.weights.emplace_back(part + direction->kind + "." + name, std::move(weight));
            }
    }
}

} // namespace strata::bedrock::inline STRATA_SETTING::imports
