// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/io/import/clipped_lines.hpp>
#include <strata/io/import/graph.hpp>
#include <strata/io/import/tensorflow_builder.hpp>
#include <strata/io/import/tensorflow_elements.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING::imports {

/// Another operation in the place of one.
inline tensorflow_node renamed(tensorflow_node operation, const char* type) {
    operation.operation = type;
    return operation;
}

/// Adds, multiplies or bounds a value by a constant.
inline void combine_constant(tensorflow_builder& graph, const tensorflow_node& operation,
                             const tensorflow_value& value, const tensorflow_constant& constant,
                             bool is_constant_first) {
    const auto is = [&](std::string_view type) { return operation.operation == type; };
    const bool is_factor = is("Mul") || is("RealDiv");
    const bool is_small = constant.data.shape.size() <= value.rank();
    if (is("RealDiv") && is_constant_first) { // times the value's reciprocal
        graph.apply(operation, value, graph_node{"reciprocal", ""});
        if (const tensorflow_value made = *graph.find(operation.name); made.is_known)
            combine_constant(graph, renamed(operation, "Mul"), made, constant, false);
        return;
    }
    auto numbers = is_small ? channel_numbers(graph, value, constant) : std::nullopt;
    if (numbers && is("Sub") && !is_constant_first)
        for (float& each : *numbers)
            each = -each;
    if (numbers && is("RealDiv"))
        for (float& each : *numbers)
            each = 1 / each;
    const bool is_sum =
        is("Add") || is("AddV2") || is("AddN") || is("BiasAdd") || (is("Sub") && !is_constant_first);
    if (numbers && is_sum && add_bias(graph, value.node, *numbers))
        return graph.set(operation, value);
    if (is_single(constant) && is_small && (constant.data.numbers.size() == 1 || numbers)) {
        const double number = constant.data.numbers.front();
        constexpr double open = std::numeric_limits<float>::max();
        if (is("Maximum"))
            return clip(graph, operation, value, number, open);
        if (is("Minimum"))
            return clip(graph, operation, value, -open, number);
        if (is_factor || is_sum || is("Sub"))
            return rescale(graph, operation, value,
                           is("Mul")              ? number
                           : is("RealDiv")        ? 1 / number
                           : is("Sub") && !is_sum ? -1
                                                  : 1,
                           is_factor             ? 0
                           : is("Sub") && is_sum ? -number
                                                 : number);
    }
    if (numbers && (is_sum || is_factor))
        return apply_channels(graph, operation, value, is_factor, std::move(*numbers));
    graph.add_problem(operation, "a constant of another shape than a number a channel");
}

/// x times a gate of x: silu and hard swish; nothing for other products.
inline std::optional<graph_node> gate_product(tensorflow_builder& graph, std::size_t x, std::size_t gate) {
    const graph_node& node = graph.node(gate);
    if (node.sources.size() != 1)
        return std::nullopt;
    const std::size_t source = node.sources.front();
    if (source == x && node.kind == "sigmoid")
        return graph_node{"silu", ""};
    if (source == x && node.kind == "hard_sigmoid" && std::abs(node.number("slope") - 1.0 / 6) < 1e-6)
        return graph_node{"hard_silu", ""};
    return std::nullopt;
}

/// x relu6(x + 3), six times the hard swish.
inline bool is_open_hard_swish(tensorflow_builder& graph, std::size_t x, std::size_t gate) {
    const graph_node& node = graph.node(gate);
    if (!is_clipped_at_six(node))
        return false;
    const graph_node& line = graph.node(node.sources.front());
    return is_line(line, 1, 3) && line.sources.front() == x;
}

/// A value repeated along its axes of the extent 1 until it has a shape; as it is where it has it, or has
/// another one that does not fit. Channels at all places of an image are an image that is enlarged.
inline std::optional<tensorflow_value> spread(tensorflow_builder& graph, const tensorflow_node& operation,
                                              const tensorflow_value& value, const tensorflow_shape& shape) {
    if (value.shape == shape || !value.is_batched || value.rank() != shape.size() || shape.size() < 2)
        return value;
    const auto is_one = [](std::int64_t each) { return each == 1; };
    const bool is_row = shape.size() > 2 && value.shape.back() == shape.back() &&
                        std::all_of(value.shape.begin() + 1, value.shape.end() - 1, is_one);
    for (std::size_t axis = 1; axis < shape.size(); ++axis)
        if (value.shape[axis] != shape[axis] && value.shape[axis] != 1)
            return value;
    graph_node made{is_row ? "upsample" : "expand", ""};
    made.attributes[is_row ? "size" : "target"] =
        std::vector<double>(shape.begin() + 1, shape.end() - (is_row ? 1 : 0));
    const auto number = graph.add(operation, std::move(made), {value.node});
    if (!number)
        return std::nullopt;
    tensorflow_value result = value;
    result.node = *number;
    result.shape = shape;
    return result;
}

/// The shape that values of one rank are spread to: the larger extent of each axis.
inline tensorflow_shape widest_shape(const std::vector<tensorflow_value>& values) {
    tensorflow_shape result = values.front().shape;
    for (const tensorflow_value& each : values)
        for (std::size_t axis = 0; axis < result.size() && each.rank() == result.size(); ++axis)
            result[axis] = std::max(result[axis], each.shape[axis]);
    return result;
}

/// Add, AddV2, AddN, BiasAdd, Sub, Mul, RealDiv, Maximum and Minimum.
inline void read_combination(tensorflow_builder& graph, const tensorflow_node& operation) {
    std::vector<tensorflow_value> values;
    for (std::size_t i = 0; i < operation.inputs.size(); ++i)
        values.push_back(graph.input(operation, i));
    if (values.size() == 1)
        return graph.set(operation, values.front());
    if (values.size() == 2 && (values[0].constant || values[1].constant)) {
        const bool is_first = values[0].constant.has_value();
        return combine_constant(graph, operation, values[is_first ? 1 : 0],
                                *values[is_first ? 0 : 1].constant, is_first);
    }
    if (values.empty() || std::any_of(values.begin(), values.end(), [](const tensorflow_value& each) {
            return each.constant || each.blocks;
        }))
        return graph.add_problem(operation, "constants beside several values");
    if (operation.operation == "RealDiv") { // a product with the second one's reciprocal
        const auto divided = graph.add(operation, graph_node{"reciprocal", ""}, {values[1].node});
        if (!divided)
            return;
        values[1].node = *divided;
    }
    if (operation.operation == "Mul")
        for (const std::size_t x : {0u, 1u}) {
            if (auto made = gate_product(graph, values[x].node, values[1 - x].node))
                return graph.apply(operation, values[x], std::move(*made));
            if (is_open_hard_swish(graph, values[x].node, values[1 - x].node)) {
                graph.apply(operation, values[x], graph_node{"hard_silu", ""});
                const tensorflow_value open = *graph.find(operation.name);
                return rescale(graph, operation, open, 6, 0);
            }
        }
    std::vector<std::size_t> sources;
    const tensorflow_shape shape = widest_shape(values);
    for (tensorflow_value& each : values) {
        const auto wide = spread(graph, operation, each, shape);
        if (!wide)
            return;
        each = *wide;
        sources.push_back(each.node);
    }
    for (const tensorflow_value& each : values)
        if (each.shape != values.front().shape || each.is_batched != values.front().is_batched)
            return graph.add_problem(operation, "values of different shapes");
    constexpr std::pair<std::string_view, const char*> names[] = {
        {"Add", "add"},      {"AddV2", "add"},       {"AddN", "add"},
        {"BiasAdd", "add"},  {"Mul", "multiply"},    {"RealDiv", "multiply"},
        {"Sub", "subtract"}, {"Maximum", "maximum"}, {"Minimum", "minimum"}};
    graph_node made{"", ""};
    for (const auto& [type, kind] : names)
        if (operation.operation == type)
            made.kind = kind;
    if (made.kind.empty())
        return graph.add_problem(operation, "of two values");
    if (const auto number = graph.add(operation, std::move(made), sources)) {
        tensorflow_value result = values.front();
        result.node = *number;
        graph.set(operation, std::move(result));
    }
}

/// Pow by a constant, Neg and SquaredDifference.
inline void read_power(tensorflow_builder& graph, const tensorflow_node& operation) {
    const tensorflow_constant* const exponents = graph.constant(operation, 1);
    if (exponents == nullptr)
        return;
    if (exponents->data.numbers.size() != 1)
        return graph.add_problem(operation, "several exponents");
    const double exponent = exponents->data.numbers.front();
    constexpr double most_products = 16;
    const bool is_whole = exponent == std::floor(exponent) && exponent >= 0 && exponent <= most_products;
    graph_node made{exponent == 2      ? "square"
                    : exponent == 0.5  ? "sqrt"
                    : exponent == -1   ? "reciprocal"
                    : exponent == -0.5 ? "reciprocal_root"
                    : is_whole         ? "whole_power"
                                       : "power",
                    ""};
    if (made.kind.ends_with("power"))
        made.attributes["exponent"] = exponent;
    if (made.kind == "power" && exponent == std::floor(exponent)) // of which a logarithm would lose the sign
        return graph.add_problem(operation, "a whole exponent below 0 or above 16");
    graph.apply(operation, graph.input(operation, 0), std::move(made));
}
inline void read_negation(tensorflow_builder& graph, const tensorflow_node& operation) {
    if (const tensorflow_value value = graph.input(operation, 0); value.constant)
        graph.add_problem(operation, "of a constant");
    else
        rescale(graph, operation, value, -1, 0);
}
inline void read_squared_difference(tensorflow_builder& graph, const tensorflow_node& operation) {
    read_combination(graph, renamed(operation, "Sub"));
    if (const tensorflow_value difference = *graph.find(operation.name); difference.is_known)
        graph.apply(operation, difference, graph_node{"square", ""});
}

/// MatMul and _FusedMatMul by a constant.
inline void read_product(tensorflow_builder& graph, const tensorflow_node& operation) {
    const tensorflow_constant* const matrix = graph.constant(operation, 1);
    if (matrix == nullptr)
        return;
    const tensorflow_value value = graph.input(operation, 0);
    if (operation.truth("transpose_a") || operation.truth("adj_x") || value.constant || value.rank() < 2)
        return graph.add_problem(operation, "rows that are no samples");
    tensor kernel = matrix->data;
    if (kernel.shape.size() != 2)
        return graph.add_problem(operation, "a constant that is no matrix");
    if (operation.truth("transpose_b") || operation.truth("adj_y")) {
        const std::size_t rows = kernel.shape[0];
        const std::size_t columns = kernel.shape[1];
        for (std::size_t i = 0; i < kernel.numbers.size(); ++i)
            kernel.numbers[i] = matrix->data.numbers[i % rows * columns + i / rows];
        std::swap(kernel.shape[0], kernel.shape[1]);
    }
    if (kernel.shape[0] != graph.shape(value).back())
        graph.fail(operation, internal::concatenate("a matrix of ", graph.shape(value).back(), " rows"),
                   internal::concatenate(kernel.shape[0]));
    graph_node made{"dense", ""};
    made.attributes["units"] = static_cast<double>(kernel.shape[1]);
    made.weights.emplace_back("kernel", std::move(kernel));
    apply_fused(graph, operation, value, std::move(made), 2);
}

/// FusedBatchNormV3 by constant statistics.
inline void read_batch_norm(tensorflow_builder& graph, const tensorflow_node& operation) {
    const tensorflow_value value = graph.input(operation, 0);
    if (value.constant || operation.truth("is_training") || operation.text("data_format", "NHWC") != "NHWC")
        return graph.add_problem(operation, "with statistics of samples, or of channels that are first");
    graph_node made{"batch_norm", ""};
    made.attributes = {{"epsilon", operation.number("epsilon", 1e-3)},
                       {"scale", 1.0},
                       {"center", 1.0},
                       {"axis", std::vector<double>{-1}}};
    std::size_t index = 1;
    for (const char* const name : {"gamma", "beta", "moving_mean", "moving_variance"}) {
        const tensorflow_constant* const numbers = graph.constant(operation, index++);
        if (numbers == nullptr)
            return;
        if (numbers->data.shape != extents{graph.shape(value).back()})
            graph.fail(operation, internal::concatenate(graph.shape(value).back(), " numbers of ", name),
                       internal::concatenate(numbers->data.numbers.size()));
        made.weights.emplace_back(name, numbers->data);
    }
    graph.apply(operation, value, std::move(made));
}

inline void read_softmax(tensorflow_builder& graph, const tensorflow_node& operation) {
    const tensorflow_value value = graph.input(operation, 0);
    if (value.constant || value.rank() < 2)
        return graph.add_problem(operation, "over the samples");
    graph.apply(operation, value,
                graph_node{operation.operation == "Softmax" ? "softmax" : "log_softmax", ""});
}

} // namespace strata::bedrock::inline STRATA_SETTING::imports
