// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/io/import/graph.hpp>
#include <strata/io/import/onnx_attention.hpp>
#include <strata/io/import/onnx_broadcasting.hpp>
#include <strata/io/import/onnx_builder.hpp>
#include <strata/io/import/onnx_constant_operands.hpp>
#include <strata/io/import/onnx_constant_parts.hpp>
#include <strata/io/import/onnx_elements.hpp>
#include <strata/io/import/onnx_joined_axes.hpp>
#include <strata/io/import/onnx_older_operands.hpp>
#include <strata/io/import/onnx_spelled_activations.hpp>
#include <strata/io/import/onnx_spelled_norms.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <limits>
#include <numeric>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING::imports {

/// Whether two values have the same numbers at the same places of a node: one may be the other, turned.
inline bool lie_alike(const onnx_value& one, const onnx_value& other) {
    return one.shape == other.shape && one.axes == other.axes && one.places == other.places;
}
/// x times a gate of x: silu and hard swish; nothing for other products.
inline std::optional<graph_node> gated_product(onnx_builder& graph, const onnx_value& x,
                                               const onnx_value& gate) {
    const graph_node& node = graph.node(gate.node);
    if (node.sources.empty() || !lie_alike(x, gate))
        return std::nullopt;
    if (node.sources.front() == x.node && node.kind == "sigmoid")
        return graph_node{"silu", ""};
    if (node.sources.front() == x.node && node.kind == "hard_sigmoid" &&
        std::abs(node.number("slope") - 1.0 / 6) < 1e-6 && node.number("offset", 0.5) == 0.5)
        return graph_node{"hard_silu", ""};
    return std::nullopt;
}
/// x relu6(x + 3), six times the hard swish.
inline bool is_open_hard_swish(onnx_builder& graph, const onnx_value& x, const onnx_value& gate) {
    const graph_node& node = graph.node(gate.node);
    if (!is_clipped_at_six(node) || !lie_alike(x, gate))
        return false;
    const graph_node& line = graph.node(node.sources.front());
    if (is_line(line, 1, 3) && line.sources.front() == x.node)
        return true;
    // Where x is a line itself, x + 3 was made one of what x is made of.
    const graph_node& own = graph.node(x.node);
    if (own.kind != "rescaling" || line.sources.front() != own.sources.front())
        return false;
    const double scale = own.list("scale").front();
    return is_line(line, scale, own.list("offset").front() + 3);
}

/// A normalization that is spelled out, and the value that it is of. The quotient is in that value's shape.
inline std::optional<std::pair<graph_node, onnx_value>>
find_norm(onnx_builder& graph, const onnx_value& value, const onnx_value& root, bool is_inverse) {
    if (value.constant || root.constant || !value.places.empty() || !root.places.empty() ||
        joint_shape(value.shape, root.shape) != value.shape)
        return std::nullopt;
    auto norm = spelled_norm(graph, value.node, root.node, is_inverse);
    if (!norm || graph.node(norm->second).shape != graph.node(value.node).shape)
        return std::nullopt;
    onnx_value input = value;
    input.node = norm->second;
    return std::pair(std::move(norm->first), std::move(input));
}

/// Max and Min of a value and numbers.
inline void bound_value(onnx_builder& graph, const onnx_node& operation) {
    const onnx_value* value = nullptr;
    graph_node made{"clipped", ""};
    constexpr double largest = std::numeric_limits<float>::max();
    made.attributes = {{"low", -largest}, {"high", largest}};
    const bool is_known = operation.type == "Max" || operation.type == "Min";
    for (std::size_t i = 0; i < operation.inputs.size(); ++i) {
        const onnx_value& each = graph.input(operation, i);
        if (!is_known || (each.constant ? each.constant->numbers.size() != 1 : value != nullptr))
            return graph.add_problem(operation, "of values and constants of several numbers");
        if (!each.constant)
            value = &each;
        else if (operation.type == "Max")
            made.attributes["low"] = std::max(made.number("low"), each.constant->numbers.front());
        else
            made.attributes["high"] = std::min(made.number("high"), each.constant->numbers.front());
    }
    if (made.number("low") == 0 && operation.type == "Max")
        made = graph_node{"relu", ""};
    apply(graph, operation, *value, std::move(made));
}

/// The second operand as what is newer than opset 6 would have it.
inline void spread_older(onnx_builder& graph, const onnx_node& operation, const onnx_value& first,
                         onnx_value& second) {
    if (!says_axis_of_operand(operation, graph.opset()))
        return;
    const bool is_spread =
        second.constant
            ? spread_operand(operation, first.shape.size(), *second.constant)
            : counted_place(whole_of(operation, "axis", 0), static_cast<std::int64_t>(first.shape.size())) ==
                  std::optional(first.shape.size() - std::min(first.shape.size(), second.shape.size()));
    if (!is_spread)
        return graph.add_problem(operation, "of operands from an axis on");
    if (second.constant)
        second.shape = second.constant->shape;
}

/// Add, Sub, Mul, Div, Max, Min, Sum and Mean.
inline void read_combination(onnx_builder& graph, const onnx_node& operation) {
    const auto is = [&](std::string_view type) { return operation.type == type; };
    if (operation.inputs.size() == 1)
        return graph.set(operation, graph.input(operation, 0));
    const onnx_value first = graph.input(operation, 0);
    onnx_value second = graph.input(operation, 1);
    spread_older(graph, operation, first, second);
    if (operation.inputs.size() == 2 && (first.constant || second.constant) &&
        (is("Add") || is("Sub") || is("Mul") || is("Div"))) {
        const onnx_value& value = first.constant ? second : first;
        if (add_mask(graph, operation, value, first.constant ? *first.constant : *second.constant))
            return;
        return combine_constant(graph, operation, value, first.constant ? *first.constant : *second.constant,
                                first.constant.has_value());
    }
    if (is("Mul") && (read_spelled_activation(graph, operation, first, second) ||
                      read_spelled_activation(graph, operation, second, first)))
        return;
    if (is("Div"))
        if (auto norm = find_norm(graph, first, second, false))
            return apply(graph, operation, norm->second, std::move(norm->first));
    if (is("Mul"))
        for (const bool is_swapped : {false, true})
            if (auto norm = find_norm(graph, is_swapped ? second : first, is_swapped ? first : second, true))
                return apply(graph, operation, norm->second, std::move(norm->first));
    if (is("Mul"))
        for (const bool is_swapped : {false, true}) {
            const onnx_value& x = is_swapped ? second : first;
            const onnx_value& gate = is_swapped ? first : second;
            if (auto made = gated_product(graph, x, gate))
                return apply(graph, operation, x, std::move(*made));
            if (is_open_hard_swish(graph, x, gate)) {
                apply(graph, operation, x, graph_node{"hard_silu", ""});
                const onnx_value open = graph.input(
                    {{operation.outputs.front()}, {}, operation.name, operation.type, operation.domain, {}},
                    0);
                return rescale(graph, operation, open, 6, 0);
            }
        }
    constexpr std::pair<std::string_view, const char*> names[] = {
        {"Add", "add"},      {"Sum", "add"},     {"Sub", "subtract"}, {"Mul", "multiply"},
        {"Div", "multiply"}, {"Max", "maximum"}, {"Min", "minimum"},  {"Mean", "average"}};
    const char* const kind = std::find_if(std::begin(names), std::end(names), [&](const auto& name) {
                                 return name.first == operation.type;
                             })->second;
    std::vector<onnx_value> values;
    for (std::size_t i = 0; i < operation.inputs.size(); ++i) {
        values.push_back(graph.input(operation, i));
        if (values.back().constant)
            return bound_value(graph, operation);
    }
    if (is("Div")) {
        const auto inverse = attach(graph, operation, values[1], graph_node{"reciprocal", ""});
        if (!inverse)
            return;
        values[1] = *inverse;
    }
    // Rows of flattened images stay as they are where all were flattened in one order.
    const bool is_alike = std::all_of(values.begin(), values.end(), [&](const onnx_value& each) {
        return each.shape == values.front().shape && each.places == values.front().places;
    });
    if (is_alike && !values.front().places.empty()) {
        std::vector<std::size_t> sources;
        for (const onnx_value& each : values)
            sources.push_back(each.node);
        onnx_value result = values.front();
        if (const auto number = graph.add(operation, graph_node{kind, ""}, sources)) {
            result.node = *number;
            graph.set(operation, std::move(result));
        }
        return;
    }
    if (auto result = merge_values(graph, operation, kind, values))
        graph.set(operation, std::move(*result));
}

inline void read_concat(onnx_builder& graph, const onnx_node& operation) {
    const onnx_value first = graph.input(operation, 0);
    const auto rank = static_cast<std::int64_t>(first.shape.size());
    std::int64_t axis = whole_of(operation, "axis", 1);
    axis += axis < 0 ? rank : 0;
    const bool counts_samples = graph.first_axis > 0 && axis == static_cast<std::int64_t>(first.samples);
    if (axis >= 0 && axis < rank && !counts_samples && !operation.outputs.empty() &&
        join_constant_parts(graph, operation, static_cast<std::size_t>(axis)))
        return;
    if (axis < 0 || axis >= rank || counts_samples || first.constant)
        return graph.add_problem(operation, "of samples, or of constants");
    // As one lies that has the axis, if it is of the extent 1 in others.
    const auto has_axis = [&](const onnx_value& value) {
        return std::find(value.axes.begin(), value.axes.end(), static_cast<std::size_t>(axis)) !=
               value.axes.end();
    };
    std::vector<std::size_t> axes = first.axes;
    for (std::size_t i = 1; i < operation.inputs.size() && !has_axis(first); ++i)
        if (has_axis(graph.input(operation, i))) {
            axes = graph.input(operation, i).axes;
            break;
        }
    if (std::find(axes.begin(), axes.end(), static_cast<std::size_t>(axis)) == axes.end()) {
        axes = graph.image_axes(first.shape.size());
        if (first.samples != 0)
            axes = axes_beside(first.shape.size(), first.samples);
        else if (axis == 0 || (graph.first_axis == 0 && first.shape.front() != 1)) {
            axes.resize(first.shape.size());
            std::iota(axes.begin(), axes.end(), std::size_t{0});
        }
    }
    std::vector<std::size_t> sources;
    onnx_value result = first;
    std::int64_t extent = 0;
    for (std::size_t i = 0; i < operation.inputs.size(); ++i) {
        const onnx_value& value = graph.input(operation, i);
        if (value.constant || value.shape.size() != first.shape.size())
            return graph.add_problem(operation, "of constants, or of values of another rank");
        if (value.samples != first.samples)
            return graph.add_problem(operation, "of values that count samples along different axes");
        const auto same = graph.arrange(operation, value, axes);
        if (!same)
            return;
        sources.push_back(same->node);
        extent += value.shape[static_cast<std::size_t>(axis)];
    }
    graph_node made{"concat", ""};
    made.attributes["axis"] = static_cast<double>(
        std::find(axes.begin(), axes.end(), static_cast<std::size_t>(axis)) - axes.begin());
    if (const auto number = graph.add(operation, std::move(made), sources)) {
        result.node = *number;
        result.axes = axes;
        result.shape[static_cast<std::size_t>(axis)] = extent;
        graph.set(operation, std::move(result));
    }
}

} // namespace strata::bedrock::inline STRATA_SETTING::imports
