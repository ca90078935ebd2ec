// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/io/import/graph.hpp>
#include <strata/io/import/onnx_builder.hpp>
#include <strata/io/import/onnx_rows.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING::imports {

/// A matrix of each sample with both its axes, as it lies; nothing where the value has other wide axes.
inline std::optional<onnx_value> matrix_input(onnx_builder& graph, const onnx_node& operation,
                                              const onnx_value& given) {
    const auto value = graph.straighten(operation, given);
    if (!value)
        return std::nullopt;
    const std::size_t rank = value->shape.size();
    const bool has_samples = graph.first_axis > 0;
    if (rank < 2 || (has_samples && rank < 3))
        return std::nullopt;
    for (std::size_t axis = graph.first_axis; axis + 2 < rank; ++axis)
        if (value->shape[axis] != 1)
            return std::nullopt;
    std::vector<std::size_t> axes{rank - 2, rank - 1};
    const auto place = [&](std::size_t axis) {
        return std::find(value->axes.begin(), value->axes.end(), axis) - value->axes.begin();
    };
    if (place(rank - 1) < place(rank - 2))
        std::swap(axes[0], axes[1]);
    return graph.arrange(operation, *value, axes);
}

/// MatMul of two values that are matrices: the dot products of one's rows with the other's columns.
inline void read_matrix_product(onnx_builder& graph, const onnx_node& operation) {
    const onnx_value first = graph.input(operation, 0);
    const onnx_value second = graph.input(operation, 1);
    if (first.constant || second.constant)
        return read_product(graph, operation);
    const auto left = matrix_input(graph, operation, first);
    const auto right = left ? matrix_input(graph, operation, second) : std::nullopt;
    const std::size_t rank = first.shape.size();
    if (!right || second.shape.size() != rank)
        return graph.add_problem(operation, "of values that are not a matrix each in a sample");
    if (first.shape.back() != second.shape[rank - 2])
        graph.fail(operation, "rows as long as the other's columns", "others");
    graph_node made{"dot", ""};
    made.attributes["axes"] = std::vector<double>{left->axes.back() + 1 == rank ? 1.0 : 0.0,
                                                  right->axes.back() + 1 == rank ? 0.0 : 1.0};
    if (const auto number = graph.add(operation, std::move(made), {left->node, right->node})) {
        onnx_value result;
        result.node = *number;
        result.shape = first.shape;
        result.shape.back() = second.shape.back();
        result.axes = {rank - 2, rank - 1};
        graph.set(operation, std::move(result));
    }
}

} // namespace strata::bedrock::inline STRATA_SETTING::imports
