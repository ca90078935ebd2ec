// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/io/import/graph.hpp>
#include <strata/io/import/line_nodes.hpp>
#include <strata/io/import/onnx_broadcasting.hpp>
#include <strata/io/import/onnx_builder.hpp>
#include <strata/io/import/onnx_constant_arithmetic.hpp>
#include <strata/io/import/onnx_constant_places.hpp>
#include <strata/io/import/onnx_elements.hpp>
#include <strata/io/import/shapes.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING::imports {

/// Takes numbers of each channel into the layer before, where it can have them: a bias behind a product, the
/// scale and the center of a normalization. False where it cannot.
inline bool absorb_numbers(onnx_builder& graph, const onnx_value& value, std::vector<float>& numbers,
                           bool is_factor) {
    if (!graph.is_read_once(value.node))
        return false;
    graph_node& producer = graph.node(value.node);
    const auto lacks = [&](const char* key) { return producer.has(key) && producer.number(key) == 0; };
    const bool is_norm = (has_any_kind(producer, {"layer_norm", "group_norm"}) ||
                          (producer.kind == "rms_norm" && is_factor)) &&
                         producer.number("axes", 1) == 1;
    // What others call their bias is no number that is added at the end.
    if (!is_norm && !is_product(producer))
        return false;
    const char* const part = is_norm ? (is_factor ? "scale" : "center") : "bias";
    if (!lacks(part) || (!is_norm && is_factor) || (is_norm && is_factor && !lacks("center")))
        return false;
    const std::size_t size = numbers.size();
    producer.attributes[part] = 1.0;
    producer.weights.emplace_back(is_norm ? (is_factor ? "gamma" : "beta") : "bias",
                                  tensor{{size}, std::move(numbers)});
    return true;
}

/// A constant of any shape that fits: a number for each element of the last axes, which are one row for it.
inline void combine_spread(onnx_builder& graph, const onnx_node& operation, const onnx_value& given,
                           onnx_constant constant, bool is_factor) {
    auto shape = joint_shape(given.shape, constant.shape);
    std::vector<std::int64_t> sample = shape.value_or(given.shape);
    if (graph.first_axis > 0 && sample.size() == given.shape.size()) // any number of samples fits
        sample[given.samples] = 1;
    if (!shape || constant_size(sample) == std::nullopt)
        return graph.add_problem(operation, "a constant of a shape that does not fit");
    constant.shape.insert(constant.shape.begin(), shape->size() - constant.shape.size(), 1);
    if (graph.first_axis > 0 && constant.shape[given.samples] != 1)
        return graph.add_problem(operation, "another constant for each sample");
    auto value = lift_rank(graph, operation, given, shape->size());
    if (value)
        value = broadcast(graph, operation, *value, *shape, joint_axes(graph, {*value}, *shape));
    if (!value)
        return;
    // The constant as the value's node has its axes, of which those in front may all have the same numbers.
    std::vector<std::size_t> order;
    std::vector<std::int64_t> expanded = constant.shape;
    for (std::size_t axis = 0; axis < constant.shape.size(); ++axis)
        if (std::find(value->axes.begin(), value->axes.end(), axis) == value->axes.end())
            order.push_back(axis);
    std::size_t shared = 1;
    bool is_shared = true;
    for (const std::size_t axis : value->axes) {
        is_shared = is_shared && constant.shape[axis] == 1;
        if (is_shared)
            shared *= static_cast<std::size_t>((*shape)[axis]);
        else
            expanded[axis] = (*shape)[axis];
        order.push_back(axis);
    }
    const onnx_constant turned = permute_constant(*expand_constant(constant, expanded), order);
    const extents old_shape = graph.node(value->node).shape;
    const std::size_t width = turned.numbers.size();
    const bool has_rows = old_shape.back() != width;
    graph_node rows{"reshape", ""};
    rows.attributes["target"] =
        shared == 1 ? std::vector<double>{static_cast<double>(width)}
                    : std::vector<double>{static_cast<double>(shared), static_cast<double>(width)};
    if (has_rows)
        value = attach(graph, operation, *value, std::move(rows));
    if (value)
        value = attach(graph, operation, *value,
                       channel_line({turned.numbers.begin(), turned.numbers.end()}, is_factor));
    graph_node restored{"reshape", ""};
    restored.attributes["target"] = std::vector<double>(old_shape.begin(), old_shape.end());
    if (value && has_rows)
        value = attach(graph, operation, *value, std::move(restored));
    if (value)
        graph.set(operation, std::move(*value));
}

/// Add, Sub, Mul and Div of a value and a constant.
inline void combine_constant(onnx_builder& graph, const onnx_node& operation, onnx_value value,
                             onnx_constant constant, bool is_constant_first) {
    const bool is_quotient = operation.type == "Div";
    const bool is_difference = operation.type == "Sub";
    const bool is_factor = operation.type == "Mul" || is_quotient;
    if (is_quotient && is_constant_first) {
        const auto inverse = attach(graph, operation, value, graph_node{"reciprocal", ""});
        if (!inverse)
            return;
        value = *inverse;
    }
    // A constant of one number may still have more axes than the value.
    if (constant.numbers.size() == 1 && constant.shape.size() <= value.shape.size()) {
        const double number = constant.numbers.front();
        const double offset = is_difference && !is_constant_first ? -number : number;
        const double sign = is_difference && is_constant_first ? -1 : 1;
        const double scale = is_quotient && !is_constant_first ? 1 / number : number;
        return rescale(graph, operation, value, is_factor ? scale : sign, is_factor ? 0 : offset);
    }
    if (is_difference && is_constant_first) {
        graph_node opposite{"rescaling", ""};
        opposite.attributes = {{"scale", std::vector<double>{-1}}, {"offset", std::vector<double>{0}}};
        const auto turned = attach(graph, operation, value, std::move(opposite));
        if (!turned)
            return;
        value = *turned;
    }
    if (!is_constant_first)
        for (double& number : constant.numbers)
            number = is_difference ? -number : is_quotient ? 1 / number : number;
    auto numbers = channel_numbers(graph, value, constant);
    if (!numbers)
        return combine_spread(graph, operation, value, std::move(constant), is_factor);
    if (absorb_numbers(graph, value, *numbers, is_factor))
        return graph.set(operation, value);
    apply(graph, operation, value, channel_line(std::move(*numbers), is_factor));
}

} // namespace strata::bedrock::inline STRATA_SETTING::imports
