// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/io/import/attention_layers.hpp>
#include <strata/io/import/graph.hpp>
#include <strata/io/import/shapes.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING::imports {

/// Whether a node gives its input's mask on, as in Keras: what looks at each step by itself.
inline bool passes_mask(const graph_node& node) {
    return node.kind == "dense" || node.kind == "masking" || is_merge(node) || node.kind == "concat" ||
           keeps_shape(node) ||
           (has_any_kind(node, {"lstm", "gru", "simple_rnn", "bidirectional"}) &&
            node.number("last_step") == 0) ||
           (node.kind == "result" && node.number("index") == 0);
}

/// Whether a node puts sequences one behind another.
inline bool joins_steps(const graph_node& node) {
    return node.kind == "concat" && node.shape.size() == 2 && axis_in(node.number("axis", -1), 2) == 0;
}

/// Whether a node takes values of one mask alone.
inline bool needs_one_mask(const graph_node& node) {
    return has_any_kind(node, {"multiply", "maximum", "minimum"});
}

inline constexpr std::size_t no_mask = static_cast<std::size_t>(-1);

/// The mask of each value, by the number of the node that makes it; `no_mask` for none. Of several values
/// that become one all must have a mask, unless they are sequences one behind another, or one mask is enough.
inline std::vector<std::size_t> masks_of_values(const model_graph& graph) {
    std::vector<std::size_t> result(graph.nodes.size(), no_mask);
    for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
        const graph_node& node = graph.nodes[i];
        if (node.kind == "masking" || (node.kind == "embedding" && node.number("mask_zero") != 0))
            result[i] = i;
        if (result[i] == i || node.sources.empty() || !passes_mask(node))
            continue;
        const std::size_t first = result[node.sources.front()];
        const auto count = [&](const auto& is_counted) {
            return static_cast<std::size_t>(
                std::count_if(node.sources.begin(), node.sources.end(),
                              [&](std::size_t source) { return is_counted(result[source]); }));
        };
        const std::size_t masked = count([](std::size_t mask) { return mask != no_mask; });
        const bool are_equal = count([&](std::size_t mask) { return mask == first; }) == node.sources.size();
        const bool needs_all = !joins_steps(node) && !needs_one_mask(node) && node.unites_masks;
        if (!is_merge(node) && node.kind != "concat")
            result[i] = first;
        else if (are_equal && !joins_steps(node))
            result[i] = first;
        else if (masked == node.sources.size() || (masked > 0 && !needs_all))
            result[i] = i;
    }
    return result;
}

/// Whether a layer behind each value reads its mask.
inline std::vector<bool> read_masks(const model_graph& graph, const std::vector<std::size_t>& masks) {
    std::vector<bool> result(graph.nodes.size(), false);
    for (std::size_t i = graph.nodes.size(); i-- > 0;) {
        const graph_node& node = graph.nodes[i];
        const bool reads = has_any_kind(node, {"lstm", "gru", "simple_rnn", "bidirectional"}) ||
                           (node.kind == "global_average_pool" && !node.sources.empty() &&
                            graph.nodes[node.sources.front()].shape.size() == 2) ||
                           (passes_mask(node) && masks[i] != no_mask && result[i]);
        for (const std::size_t source : node.sources)
            result[source] = result[source] || reads;
    }
    return result;
}

/// What strata cannot do with the masks that reach a node; empty for nothing.
inline std::string mask_problem(const model_graph& graph, std::size_t number,
                                const std::vector<std::size_t>& masks, const std::vector<bool>& is_read) {
    const graph_node& node = graph.nodes[number];
    const auto has = [&](const auto& is_so) {
        return std::any_of(node.sources.begin(), node.sources.end(), is_so);
    };
    // Statistics of each channel would count masked steps, which they do in Keras.
    if ((is_attention(node.kind) || node.kind == "instance_norm") &&
        has([&](std::size_t source) { return masks[source] != no_mask; }))
        return "a mask reaches it";
    if (masks[number] != number || node.sources.size() < 2)
        return {};
    if (needs_one_mask(node) &&
        (is_read[number] || has([&](std::size_t source) { return bool{is_read[source]}; })))
        return "its values have different masks";
    if (!node.unites_masks && is_read[number] && !joins_steps(node))
        return "its values have different masks, and a step is hidden where any of them hides it";
    return {};
}

/// Has batch normalizations that a mask reaches predict alone: in training, their statistics would count
/// masked steps.
inline void freeze_masked_statistics(model_graph& graph, const std::vector<std::size_t>& masks) {
    for (graph_node& node : graph.nodes)
        if (node.kind == "batch_norm" && masks[node.sources.front()] != no_mask)
            node.attributes["frozen"] = 1.0;
}

/// Takes `mask_zero` from embeddings whose mask reaches nothing that reads it, which strata refuses, as a
/// mask that somebody forgot.
inline void keep_read_masks(model_graph& graph) {
    const std::vector<bool> is_read = read_masks(graph, masks_of_values(graph));
    for (std::size_t i = 0; i < graph.nodes.size(); ++i)
        if (graph.nodes[i].kind == "embedding" && !is_read[i])
            graph.nodes[i].attributes["mask_zero"] = 0.0;
}

} // namespace strata::bedrock::inline STRATA_SETTING::imports
