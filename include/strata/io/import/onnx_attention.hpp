// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/io/import/graph.hpp>
#include <strata/io/import/onnx_builder.hpp>
#include <strata/io/import/onnx_constant_arithmetic.hpp>
#include <strata/io/import/onnx_matrices.hpp>
#include <strata/io/import/onnx_shapes.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING::imports {

// Attention as exporters spell it out: products of queries and keys for each head, [.., heads, queries,
// keys], scaled, masked, through a softmax, and a product with the values. The first product is a node
// `head_scores` of [queries, heads, width] and [keys, heads, width], which is in no network by itself.

/// The scores that a value is, times a number.
struct scaled_scores {
    std::size_t node = 0;
    double scale = 1;
};
inline std::optional<scaled_scores> find_scores(onnx_builder& graph, std::size_t number) {
    scaled_scores result{number, 1};
    while (graph.node(result.node).kind == "rescaling" &&
           graph.node(result.node).list("offset").front() == 0) {
        result.scale *= graph.node(result.node).list("scale").front();
        result.node = graph.node(result.node).sources.front();
    }
    if (graph.node(result.node).kind != "head_scores")
        return std::nullopt;
    result.scale *= graph.node(result.node).number("scale", 1);
    return result;
}

/// Whether a mask leaves each query the keys up to its own: `is_left` says it of a number of the mask.
template <class IsLeft>
bool is_causal_mask(const onnx_constant& mask, std::int64_t queries, std::int64_t keys,
                    const IsLeft& is_left) {
    if (queries != keys || mask.shape.size() < 2 || mask.shape.back() != keys ||
        mask.shape.end()[-2] != queries || mask.numbers.size() != static_cast<std::size_t>(queries * keys))
        return false;
    for (std::size_t i = 0; i < mask.numbers.size(); ++i) {
        const std::size_t query = i / static_cast<std::size_t>(keys);
        const std::size_t key = i % static_cast<std::size_t>(keys);
        if (is_left(mask.numbers[i]) != (key <= query))
            return false;
    }
    return true;
}
constexpr double least_masked = -1e4; ///< what exporters add to scores that do not count, or less

/// The scores of a value, of which each query sees the keys up to its own alone.
inline void mask_scores(onnx_builder& graph, const onnx_node& operation, const onnx_value& value,
                        const scaled_scores& scores) {
    graph_node masked = graph.node(scores.node);
    const std::vector<std::size_t> sources = masked.sources;
    masked.attributes["scale"] = scores.scale;
    masked.attributes["causal"] = 1.0;
    if (const auto number = graph.add(operation, std::move(masked), sources)) {
        onnx_value result = value;
        result.node = *number;
        graph.set(operation, std::move(result));
    }
}

/// A constant added to scores that is a causal mask. False for all others.
inline bool add_mask(onnx_builder& graph, const onnx_node& operation, const onnx_value& value,
                     const onnx_constant& mask) {
    const auto scores = find_scores(graph, value.node);
    if (!scores || operation.type != "Add")
        return false;
    const std::size_t rank = value.shape.size();
    const bool is_known = std::all_of(mask.numbers.begin(), mask.numbers.end(),
                                      [](double each) { return each == 0 || each <= least_masked; }) &&
                          is_causal_mask(mask, value.shape[rank - 2], value.shape[rank - 1],
                                         [](double each) { return each == 0; });
    if (is_known)
        mask_scores(graph, operation, value, *scores);
    return is_known;
}

/// Where: one of constants, or a causal mask of scores.
inline void read_choice(onnx_builder& graph, const onnx_node& operation) {
    const onnx_value& condition = graph.input(operation, 0);
    for (const std::size_t chosen : {std::size_t{1}, std::size_t{2}}) {
        const onnx_value& value = graph.input(operation, chosen);
        const onnx_value& other = graph.input(operation, 3 - chosen);
        const std::size_t rank = value.shape.size();
        if (!condition.constant || value.constant || !other.constant || rank < 2)
            continue;
        const auto scores = find_scores(graph, value.node);
        const bool is_masked = std::all_of(other.constant->numbers.begin(), other.constant->numbers.end(),
                                           [](double each) { return each <= least_masked; });
        if (scores && is_masked &&
            is_causal_mask(*condition.constant, value.shape[rank - 2], value.shape[rank - 1],
                           [&](double each) { return (each != 0) == (chosen == 1); }))
            return mask_scores(graph, operation, value, *scores);
    }
    graph.add_problem(operation, "of values, other than a causal mask of an attention");
}

/// A value [.., heads, rows, columns] with the axes rows or columns, heads and the other; nothing for a value
/// that has other wide axes, or one head.
inline std::optional<onnx_value> head_input(onnx_builder& graph, const onnx_node& operation,
                                            const onnx_value& value, bool has_columns_first) {
    const std::size_t rank = value.shape.size();
    if (rank < graph.first_axis + 3 || value.shape[rank - 3] < 2 || !value.places.empty())
        return std::nullopt;
    for (std::size_t axis = graph.first_axis; axis + 3 < rank; ++axis)
        if (value.shape[axis] != 1)
            return std::nullopt;
    return graph.arrange(
        operation, value,
        {has_columns_first ? rank - 1 : rank - 2, rank - 3, has_columns_first ? rank - 2 : rank - 1});
}

/// A node's [steps, heads, width] as [steps, heads x width], without a scale, which the scores take.
inline std::optional<std::size_t> join_heads(onnx_builder& graph, const onnx_node& operation,
                                             std::size_t number, double* scale = nullptr) {
    const extents shape = graph.node(number).shape;
    std::size_t origin = number;
    for (bool is_scale = true; scale != nullptr && is_scale;) {
        const graph_node& node = graph.node(origin);
        is_scale = node.kind == "rescaling" && node.list("offset").front() == 0;
        if (is_scale)
            *scale *= node.list("scale").front();
        if (is_scale)
            number = node.sources.front();
        is_scale = is_scale || node.kind == "reshape";
        if (is_scale)
            origin = node.sources.front();
    }
    return add_reshape(graph, operation, number, {shape[0], shape[1] * shape[2]});
}

/// MatMul of matrices of several heads. False where it is none.
inline bool read_head_product(onnx_builder& graph, const onnx_node& operation, const onnx_value& first,
                              const onnx_value& second) {
    const std::size_t rank = first.shape.size();
    if (second.shape.size() != rank || rank < 3 || first.shape[rank - 3] != second.shape[rank - 3] ||
        first.shape[rank - 1] != second.shape[rank - 2])
        return false;
    const graph_node& weights = graph.node(first.node);
    // Weights that were turned belong to other values.
    const bool is_upright = first.axes == std::vector<std::size_t>{rank - 3, rank - 2, rank - 1};
    const auto scores = weights.kind == "softmax" && weights.number("axis") == -1 && is_upright
                            ? find_scores(graph, weights.sources.front())
                            : std::nullopt;
    onnx_value result;
    result.shape = first.shape;
    result.shape.back() = second.shape.back();
    if (!scores) {
        const auto queries = head_input(graph, operation, first, false);
        const auto keys = queries ? head_input(graph, operation, second, true) : std::nullopt;
        if (!keys)
            return false;
        graph_node made{"head_scores", ""};
        made.hint = "products of several heads that are no attention";
        const auto number = graph.add(operation, std::move(made), {queries->node, keys->node});
        result.axes = {rank - 3, rank - 2, rank - 1};
        if (number) {
            result.node = *number;
            graph.set(operation, std::move(result));
        }
        return true;
    }
    const auto values = head_input(graph, operation, second, false);
    if (!values)
        return false;
    const graph_node found = graph.node(scores->node);
    double scale = scores->scale;
    const auto queries = join_heads(graph, operation, found.sources[0], &scale);
    const auto keys = join_heads(graph, operation, found.sources[1], &scale);
    const auto joined = join_heads(graph, operation, values->node);
    if (!queries || !keys || !joined)
        return true;
    const auto heads = static_cast<std::size_t>(first.shape[rank - 3]);
    graph_node made{"dot_attention", ""};
    made.attributes = {{"heads", static_cast<double>(heads)}, {"scale", scale}};
    if (found.number("causal") != 0)
        made.attributes["causal"] = 1.0;
    const auto number = graph.add(operation, std::move(made), {*queries, *keys, *joined});
    if (!number)
        return true;
    const extents shape = graph.node(*number).shape;
    const auto parted = add_reshape(graph, operation, *number, {shape[0], heads, shape[1] / heads});
    result.axes = {rank - 2, rank - 3, rank - 1};
    if (parted) {
        result.node = *parted;
        graph.set(operation, std::move(result));
    }
    return true;
}

/// MatMul: of a constant, of two matrices, or of those of several heads.
inline void read_matmul(onnx_builder& graph, const onnx_node& operation) {
    const onnx_value first = graph.input(operation, 0);
    const onnx_value second = graph.input(operation, 1);
    if (first.constant || second.constant || !read_head_product(graph, operation, first, second))
        read_matrix_product(graph, operation);
}

} // namespace strata::bedrock::inline STRATA_SETTING::imports
