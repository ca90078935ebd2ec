// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/io/import/graph.hpp>
#include <strata/io/import/onnx_builder.hpp>
#include <strata/io/import/onnx_elements.hpp>
#include <strata/setting.hpp>

#include <cmath>
#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING::imports {

// Activations that exporters spell out as a product of a value and its gate: GELU, by erf or by tanh, and
// Mish.

/// An activation and a number that it is multiplied with.
struct scaled_activation {
    const char* kind;
    double factor;
};

inline bool is_near(double number, double wanted) { return std::abs(number - wanted) < 1e-5; }

/// The node that another one is a multiple of, and by what number: itself by 1 where it is no line.
inline std::pair<std::size_t, double> multiple_of(onnx_builder& graph, std::size_t number) {
    const graph_node& node = graph.node(number);
    return node.kind == "rescaling" && node.list("offset").front() == 0
               ? std::pair(node.sources.front(), node.list("scale").front())
               : std::pair(number, 1.0);
}

/// Whether a node is x^3, as a power or as products.
inline bool is_cube(onnx_builder& graph, std::size_t number, std::size_t x) {
    const graph_node& node = graph.node(number);
    if (node.kind == "whole_power")
        return node.sources.front() == x && node.number("exponent") == 3;
    if (node.kind != "multiply" || node.sources.size() != 2)
        return false;
    const auto is_square = [&](std::size_t other) {
        const graph_node& square = graph.node(other);
        return (square.kind == "square" && square.sources.front() == x) ||
               (square.kind == "multiply" && square.sources == std::vector<std::size_t>{x, x});
    };
    return (node.sources[0] == x && is_square(node.sources[1])) ||
           (node.sources[1] == x && is_square(node.sources[0]));
}

/// x + 0.044715 x^3.
inline bool is_bent_line(onnx_builder& graph, std::size_t number, std::size_t x) {
    const graph_node& node = graph.node(number);
    if (node.kind != "add" || node.sources.size() != 2 || (node.sources[0] != x && node.sources[1] != x))
        return false;
    const auto [cube, factor] = multiple_of(graph, node.sources[node.sources[0] == x ? 1 : 0]);
    return is_near(factor, 0.044715) && is_cube(graph, cube, x);
}

/// What x times a gate of x is; nothing for other products.
inline std::optional<scaled_activation> spelled_activation(onnx_builder& graph, std::size_t x,
                                                           std::size_t gate) {
    double scale = 1;
    double offset = 0;
    if (graph.node(gate).kind == "rescaling") {
        scale = graph.node(gate).list("scale").front();
        offset = graph.node(gate).list("offset").front();
        gate = graph.node(gate).sources.front();
    }
    const graph_node& inner = graph.node(gate);
    if (inner.kind != "erf" && inner.kind != "tanh")
        return std::nullopt;
    const std::size_t argument = inner.sources.front();
    const graph_node& soft = graph.node(argument);
    if (inner.kind == "tanh" && offset == 0 && soft.kind == "softplus" && soft.sources.front() == x)
        return scaled_activation{"mish", scale};
    if (scale == 0 || !is_near(offset / scale, 1))
        return std::nullopt;
    constexpr double root_of_half = 0.70710678118654752440;
    constexpr double root_of_two_over_pi = 0.79788456080286535588;
    const auto [base, factor] = multiple_of(graph, argument);
    if (inner.kind == "erf" && base == x && is_near(factor, root_of_half))
        return scaled_activation{"gelu", 2 * scale};
    if (inner.kind == "tanh" && is_near(factor, root_of_two_over_pi) && is_bent_line(graph, base, x))
        return scaled_activation{"gelu_tanh", 2 * scale};
    return std::nullopt;
}

/// A product of a value, or a multiple of it, and its gate as one activation. False for other products.
inline bool read_spelled_activation(onnx_builder& graph, const onnx_node& operation, const onnx_value& value,
                                    const onnx_value& gate) {
    if (value.constant || gate.constant || value.shape != gate.shape || value.axes != gate.axes ||
        value.places != gate.places)
        return false;
    const auto [base, multiple] = multiple_of(graph, value.node);
    onnx_value input = value;
    double factor = 1;
    auto found = spelled_activation(graph, value.node, gate.node);
    if (!found) {
        found = spelled_activation(graph, base, gate.node);
        input.node = base;
        factor = multiple;
    }
    if (!found)
        return false;
    factor *= found->factor;
    if (const auto number = graph.add(operation, graph_node{found->kind, ""}, {input.node})) {
        input.node = *number;
        rescale(graph, operation, input, is_near(factor, 1) ? 1 : factor, 0);
    }
    return true;
}

} // namespace strata::bedrock::inline STRATA_SETTING::imports
