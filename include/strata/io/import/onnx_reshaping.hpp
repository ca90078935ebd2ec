// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/io/import/graph.hpp>
#include <strata/io/import/onnx_builder.hpp>
#include <strata/io/import/onnx_shapes.hpp>
#include <strata/io/import/onnx_spelled_groups.hpp>
#include <strata/io/import/onnx_step_samples.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING::imports {

/// Reshape, Flatten, Squeeze and Unsqueeze.
inline void read_reshape(onnx_builder& graph, const onnx_node& operation) {
    const auto shape = target_shape(graph, operation, shape_of_input(graph.input(operation, 0)));
    if (!shape)
        return;
    if (const auto norm = spelled_group_norm(graph, operation, graph.input(operation, 0), *shape))
        return graph.set(operation, *norm);
    if (!join_steps(graph, operation, *shape) && !part_steps(graph, operation, *shape))
        reshape(graph, operation, *shape);
}
inline void read_flatten(onnx_builder& graph, const onnx_node& operation) {
    const std::vector<std::int64_t> old = shape_of_input(graph.input(operation, 0));
    std::int64_t axis = whole_of(operation, "axis", 1);
    axis += axis < 0 ? static_cast<std::int64_t>(old.size()) : 0;
    if (axis < 0 || axis > static_cast<std::int64_t>(old.size()))
        graph.fail(operation, internal::concatenate("axes of ", old.size()), "another axis");
    reshape(
        graph, operation,
        {size_of_shape({old.begin(), old.begin() + axis}), size_of_shape({old.begin() + axis, old.end()})});
}
inline void read_squeeze(onnx_builder& graph, const onnx_node& operation) {
    const std::vector<std::int64_t> old = shape_of_input(graph.input(operation, 0));
    const auto axes = axes_of(graph, operation, 1, static_cast<std::int64_t>(old.size()));
    if (!axes)
        return;
    std::vector<std::int64_t> shape;
    for (std::size_t i = 0; i < old.size(); ++i) {
        const bool is_named = std::binary_search(axes->begin(), axes->end(), static_cast<std::int64_t>(i));
        if (is_named && old[i] != 1)
            graph.fail(operation, "axes of the extent 1", internal::concatenate(std::size_t(old[i])));
        if (!is_named && !(axes->empty() && old[i] == 1))
            shape.push_back(old[i]);
    }
    reshape(graph, operation, shape);
}
inline void read_unsqueeze(onnx_builder& graph, const onnx_node& operation) {
    const std::vector<std::int64_t> old = shape_of_input(graph.input(operation, 0));
    const std::size_t added = graph.has_input(operation, 1) && graph.input(operation, 1).constant
                                  ? graph.input(operation, 1).constant->numbers.size()
                                  : wholes_of(operation, "axes").size();
    const auto axes = axes_of(graph, operation, 1, static_cast<std::int64_t>(old.size() + added));
    if (!axes)
        return;
    std::vector<std::int64_t> shape;
    std::size_t next = 0;
    for (std::size_t i = 0; i < old.size() + axes->size(); ++i)
        shape.push_back(std::binary_search(axes->begin(), axes->end(), static_cast<std::int64_t>(i)) ||
                                next >= old.size()
                            ? 1
                            : old[next++]);
    reshape(graph, operation, shape);
}

/// Transpose: other axes for the same numbers.
inline void read_transpose(onnx_builder& graph, const onnx_node& operation) {
    const onnx_value& value = graph.input(operation, 0);
    const std::size_t rank = value.shape.size();
    const std::vector<std::int64_t> order = permutation(graph, operation, rank);
    if (graph.first_axis > 0 && (order.empty() || order.front() != 0))
        return graph.add_problem(operation, "it moves the axis of the samples");
    const auto straight = graph.straighten(operation, value);
    if (!straight)
        return;
    onnx_value result = *straight;
    for (std::size_t axis = 0; axis < rank; ++axis)
        result.shape[axis] = straight->shape[static_cast<std::size_t>(order[axis])];
    for (std::size_t& axis : result.axes)
        axis = static_cast<std::size_t>(
            std::find(order.begin(), order.end(), static_cast<std::int64_t>(axis)) - order.begin());
    graph.set(operation, std::move(result));
}

} // namespace strata::bedrock::inline STRATA_SETTING::imports
