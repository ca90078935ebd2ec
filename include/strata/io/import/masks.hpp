// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/io/import/graph.hpp>
#include <strata/io/import/shapes.hpp>
#include <strata/setting.hpp>

#include <cstddef>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING::imports {

/// Whether a node gives its input's mask on, as in Keras: what looks at each step by itself.
inline bool passes_mask(const graph_node& node) {
    return node.kind == "dense" || node.kind == "masking" || node.kind == "add" || node.kind == "concat" ||
           keeps_shape(node) ||
           (has_any_kind(node, {"lstm", "gru", "simple_rnn", "bidirectional"}) &&
            node.number("last_step") == 0) ||
           (node.kind == "result" && node.number("index") == 0);
}

/// Which values have a mask.
inline std::vector<bool> masked_values(const model_graph& graph) {
    std::vector<bool> result(graph.nodes.size(), false);
    for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
        const graph_node& node = graph.nodes[i];
        result[i] = node.kind == "masking" || (node.kind == "embedding" && node.number("mask_zero") != 0);
        if (passes_mask(node))
            for (const std::size_t source : node.sources)
                result[i] = result[i] || result[source];
    }
    return result;
}

/// Takes `mask_zero` from embeddings whose mask reaches nothing that reads it, which strata refuses, as a
/// mask that somebody forgot.
inline void keep_read_masks(model_graph& graph) {
    std::vector<bool> is_read(graph.nodes.size(), false);
    for (std::size_t i = graph.nodes.size(); i-- > 0;) {
        const graph_node& node = graph.nodes[i];
        const bool reads = has_any_kind(node, {"lstm", "gru", "simple_rnn", "bidirectional"}) ||
                           (node.kind == "global_average_pool" && !node.sources.empty() &&
                            graph.nodes[node.sources.front()].shape.size() == 2) ||
                           (passes_mask(node) && is_read[i]);
        for (const std::size_t source : node.sources)
            is_read[source] = is_read[source] || reads;
    }
    for (std::size_t i = 0; i < graph.nodes.size(); ++i)
        if (graph.nodes[i].kind == "embedding" && !is_read[i])
            graph.nodes[i].attributes["mask_zero"] = 0.0;
}

} // namespace strata::bedrock::inline STRATA_SETTING::imports
