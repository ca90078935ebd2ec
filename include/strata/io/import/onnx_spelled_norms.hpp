// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/io/import/graph.hpp>
#include <strata/io/import/onnx_builder.hpp>
#include <strata/setting.hpp>

#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING::imports {

// Normalizations of rows that exporters spell out: (x - mean) / sqrt(variance + epsilon).

/// The node that a number of each row comes from, in front of what repeats it along the row.
inline std::size_t origin_of(onnx_builder& graph, std::size_t number) {
    const auto is_spread = [&](const graph_node& node) {
        return node.kind == "expand" || node.kind == "reshape" ||
               (node.kind == "upsample" && node.text("interpolation", "nearest") == "nearest");
    };
    while (is_spread(graph.node(number)))
        number = graph.node(number).sources.front();
    return number;
}

/// Whether a node is the mean of each row, of the last axis, of another one.
inline bool is_row_mean(onnx_builder& graph, std::size_t number) {
    const graph_node& node = graph.node(number);
    if (node.kind != "reduce_mean")
        return false;
    const extents& shape = graph.node(node.sources.front()).shape;
    return node.list("axes") == std::vector<double>{static_cast<double>(shape.size()) - 1};
}

/// The value whose squares' mean and an epsilon a root is taken of, and that epsilon. Nothing for others.
inline std::optional<std::pair<std::size_t, double>> find_deviation(onnx_builder& graph, std::size_t number) {
    const graph_node& root = graph.node(number);
    if (root.kind != "sqrt" && root.kind != "reciprocal_root")
        return std::nullopt;
    double epsilon = 0;
    std::size_t mean = origin_of(graph, root.sources.front());
    if (const graph_node& line = graph.node(mean); line.kind == "rescaling") {
        epsilon = line.list("offset").front();
        if (line.list("scale").front() != 1 || !(epsilon >= 0))
            return std::nullopt;
        mean = origin_of(graph, line.sources.front());
    }
    if (!is_row_mean(graph, mean))
        return std::nullopt;
    const graph_node& squares = graph.node(graph.node(mean).sources.front());
    const bool is_square =
        squares.kind == "square" || (squares.kind == "multiply" && squares.sources.size() == 2 &&
                                     squares.sources[0] == squares.sources[1]);
    return is_square ? std::optional(std::pair(squares.sources.front(), epsilon)) : std::nullopt;
}

/// The value that a difference takes the mean of each row from; nothing for other nodes.
inline std::optional<std::size_t> find_centered(onnx_builder& graph, std::size_t number) {
    const graph_node& node = graph.node(number);
    if (node.kind != "subtract" || node.sources.size() != 2)
        return std::nullopt;
    const std::size_t mean = origin_of(graph, node.sources[1]);
    return is_row_mean(graph, mean) && graph.node(mean).sources.front() == node.sources[0]
               ? std::optional(node.sources[0])
               : std::nullopt;
}

/// What a value over, or times the inverse of, another one is, where that is a root of its own rows' mean
/// squares: a normalization with what it stands behind. Nothing for other quotients.
inline std::optional<std::pair<graph_node, std::size_t>> spelled_norm(onnx_builder& graph, std::size_t value,
                                                                      std::size_t root, bool is_inverse) {
    std::size_t number = origin_of(graph, root);
    if (is_inverse && graph.node(number).kind == "reciprocal")
        number = origin_of(graph, graph.node(number).sources.front());
    else if (is_inverse != (graph.node(number).kind == "reciprocal_root"))
        return std::nullopt;
    const auto deviation = find_deviation(graph, number);
    if (!deviation)
        return std::nullopt;
    const auto centered = find_centered(graph, deviation->first);
    const auto own = find_centered(graph, value);
    const bool is_layer_norm = centered && own && *centered == *own;
    if (!is_layer_norm && deviation->first != value)
        return std::nullopt;
    graph_node made{is_layer_norm ? "layer_norm" : "rms_norm", ""};
    made.attributes = {{"epsilon", deviation->second}, {"scale", 0.0}, {"center", 0.0}};
    return std::pair(std::move(made), is_layer_norm ? *own : value);
}

} // namespace strata::bedrock::inline STRATA_SETTING::imports
