// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/io/import/graph.hpp>
#include <strata/io/import/onnx_builder.hpp>
#include <strata/io/import/onnx_constant_arithmetic.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING::imports {

/// A value behind another one, with the same axes.
inline std::optional<onnx_value> attach(onnx_builder& graph, const onnx_node& operation, onnx_value value,
                                        graph_node made) {
    const auto number = graph.add(operation, std::move(made), {value.node});
    if (!number)
        return std::nullopt;
    value.node = *number;
    return value;
}

/// A value with axes of the extent 1 in front, as broadcasting counts axes from the last one. Nothing, and a
/// problem, where that would put other axes beside that of the samples.
inline std::optional<onnx_value> lift_rank(onnx_builder& graph, const onnx_node& operation, onnx_value value,
                                           std::size_t rank) {
    const std::size_t added = rank - value.shape.size();
    if (added == 0)
        return value;
    if (graph.first_axis > 0) {
        graph.add_problem(operation, "values of which one has its samples where the other has another axis");
        return std::nullopt;
    }
    value.shape.insert(value.shape.begin(), added, 1);
    for (std::size_t& axis : value.axes)
        axis += added;
    return value;
}

/// The order in which a value of some shape lies whose parts come from others: that of one that has all axes,
/// else ONNX's own.
inline std::vector<std::size_t> joint_axes(const onnx_builder& graph, const std::vector<onnx_value>& values,
                                           const std::vector<std::int64_t>& shape) {
    for (const onnx_value& value : values) {
        bool has_all = value.places.empty();
        for (std::size_t axis = 0; axis < shape.size(); ++axis)
            has_all = has_all && (shape[axis] == 1 || (graph.first_axis > 0 && axis == value.samples) ||
                                  std::find(value.axes.begin(), value.axes.end(), axis) != value.axes.end());
        if (has_all)
            return value.axes;
    }
    return graph.plain_axes(shape);
}

/// A value in a larger shape, where it is repeated along axes of the extent 1, with its axes in an order.
/// Ranks are equal.
inline std::optional<onnx_value> broadcast(onnx_builder& graph, const onnx_node& operation,
                                           const onnx_value& value, const std::vector<std::int64_t>& shape,
                                           const std::vector<std::size_t>& axes) {
    auto result = graph.arrange(operation, value, axes);
    if (!result || value.shape == shape)
        return result;
    if (graph.first_axis > 0 && value.shape.front() != shape.front()) {
        graph.add_problem(operation, "values of other numbers of samples");
        return std::nullopt;
    }
    std::vector<double> target;
    for (const std::size_t axis : axes)
        target.push_back(static_cast<double>(shape[axis]));
    if (target.empty())
        return result;
    const extents narrow = graph.node(result->node).shape;
    // Pixels are repeated as an image is made larger.
    constexpr std::size_t most_axes = 4;
    const bool is_image = target.size() > 1 && target.size() <= most_axes &&
                          static_cast<double>(narrow.back()) == target.back();
    graph_node made{is_image ? "upsample" : "expand", ""};
    if (is_image) {
        std::vector<double> factors;
        for (std::size_t axis = 0; axis + 1 < target.size(); ++axis)
            factors.push_back(narrow[axis] == 1 ? target[axis] : 1);
        made.attributes["size"] = std::move(factors);
    } else
        made.attributes["target"] = std::move(target);
    result = attach(graph, operation, *result, std::move(made));
    if (result)
        result->shape = shape;
    return result;
}

/// Values in the shape that they have together, all with their axes in one order.
inline std::optional<std::vector<onnx_value>>
broadcast_together(onnx_builder& graph, const onnx_node& operation, std::vector<onnx_value> values) {
    std::vector<std::int64_t> shape = values.front().shape;
    for (const onnx_value& value : values) {
        if (value.samples != values.front().samples) {
            graph.add_problem(operation, "values that count samples along different axes");
            return std::nullopt;
        }
        const auto joint = joint_shape(shape, value.shape);
        if (!joint) {
            graph.add_problem(operation, "values of shapes that do not fit");
            return std::nullopt;
        }
        shape = *joint;
    }
    for (onnx_value& value : values) {
        auto lifted = lift_rank(graph, operation, std::move(value), shape.size());
        if (!lifted)
            return std::nullopt;
        value = std::move(*lifted);
    }
    const std::vector<std::size_t> axes = joint_axes(graph, values, shape);
    for (onnx_value& value : values) {
        auto spread = broadcast(graph, operation, value, shape, axes);
        if (!spread)
            return std::nullopt;
        value = std::move(*spread);
    }
    return values;
}

/// A node of several values of one shape, such as a sum.
inline std::optional<onnx_value> merge_values(onnx_builder& graph, const onnx_node& operation,
                                              const char* kind, const std::vector<onnx_value>& values) {
    const auto same = broadcast_together(graph, operation, values);
    if (!same)
        return std::nullopt;
    std::vector<std::size_t> sources;
    for (const onnx_value& value : *same)
        sources.push_back(value.node);
    const auto number = graph.add(operation, graph_node{kind, ""}, sources);
    if (!number)
        return std::nullopt;
    onnx_value result = same->front();
    result.node = *number;
    return result;
}

} // namespace strata::bedrock::inline STRATA_SETTING::imports
