// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/io/import/graph.hpp>
#include <strata/io/import/onnx_builder.hpp>
#include <strata/io/import/onnx_elements.hpp>
#include <strata/io/import/onnx_images.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING::imports {

/// x times a gate of x: silu and hard swish; nothing for other products.
inline std::optional<graph_node> gated_product(onnx_builder& graph, const onnx_value& x,
                                               const onnx_value& gate) {
    const graph_node& node = graph.node(gate.node);
    if (node.sources.empty())
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
    if (!is_clipped_at_six(node))
        return false;
    const graph_node& line = graph.node(node.sources.front());
    return is_line(line, 1, 3) && line.sources.front() == x.node;
}

/// A number for each channel at all places of an image, [N, C, 1, 1] beside [N, C, H, W], as an image; a
/// value of another shape as it is.
inline std::optional<onnx_value> spread(onnx_builder& graph, const onnx_node& operation,
                                        const onnx_value& value, const std::vector<std::int64_t>& shape) {
    const bool is_channels =
        shape.size() > 2 && value.shape.size() == shape.size() && value.shape != shape &&
        value.places.empty() && value.shape[1] == shape[1] &&
        std::all_of(value.shape.begin() + 2, value.shape.end(), [](std::int64_t each) { return each == 1; });
    if (!is_channels)
        return value;
    const auto image = graph.arrange(operation, value, graph.image_axes(shape.size()));
    if (!image)
        return std::nullopt;
    graph_node made{"upsample", ""};
    made.attributes["size"] = std::vector<double>(shape.begin() + 2, shape.end());
    const auto number = graph.add(operation, std::move(made), {image->node});
    return number ? std::optional(image_value(graph, shape[0], *number)) : std::nullopt;
}

/// Add, Sub, Mul, Div, Max, Min, Sum and Mean.
inline void read_combination(onnx_builder& graph, const onnx_node& operation) {
    const auto is = [&](std::string_view type) { return operation.type == type; };
    if (operation.inputs.size() == 1)
        return graph.set(operation, graph.input(operation, 0));
    onnx_value first = graph.input(operation, 0);
    const onnx_value second = graph.input(operation, 1);
    if (operation.inputs.size() == 2 && (first.constant || second.constant) &&
        (is("Add") || is("Sub") || is("Mul") || is("Div"))) {
        const onnx_value& value = first.constant ? second : first;
        return combine_constant(graph, operation, value, first.constant ? *first.constant : *second.constant,
                                first.constant.has_value());
    }
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
    if (!first.constant && !second.constant) {
        const auto spread_first = spread(graph, operation, first, second.shape);
        if (!spread_first)
            return;
        first = *spread_first;
    }
    std::vector<std::size_t> sources;
    for (std::size_t i = 0; i < operation.inputs.size(); ++i) {
        const auto given = i == 0 || graph.input(operation, i).constant || first.constant
                               ? std::optional(i == 0 ? first : graph.input(operation, i))
                               : spread(graph, operation, graph.input(operation, i), first.shape);
        if (!given)
            return;
        const onnx_value& value = *given;
        if (value.constant || value.shape != first.shape)
            return graph.add_problem(operation, "values of different shapes");
        const auto arranged = value.places == first.places ? std::optional(value) : std::nullopt;
        if (!arranged)
            return graph.add_problem(operation, "images that were flattened in another order");
        if (!value.places.empty()) {
            sources.push_back(value.node);
            continue;
        }
        const auto same = graph.arrange(operation, value, first.axes);
        if (!same)
            return;
        sources.push_back(same->node);
    }
    constexpr std::pair<std::string_view, const char*> names[] = {
        {"Add", "add"},     {"Sum", "add"},     {"Sub", "subtract"}, {"Mul", "multiply"},
        {"Max", "maximum"}, {"Min", "minimum"}, {"Mean", "average"}};
    graph_node made{operation.type, ""};
    for (const auto& [type, kind] : names)
        if (operation.type == type)
            made.kind = kind;
    if (made.kind == operation.type)
        return graph.add_problem(operation, "of two values");
    if (const auto number = graph.add(operation, std::move(made), sources)) {
        onnx_value result = first;
        result.node = *number;
        graph.set(operation, std::move(result));
    }
}

inline void read_concat(onnx_builder& graph, const onnx_node& operation) {
    const onnx_value first = graph.input(operation, 0);
    const auto rank = static_cast<std::int64_t>(first.shape.size());
    std::int64_t axis = whole_of(operation, "axis", 1);
    axis += axis < 0 ? rank : 0;
    if (axis <= 0 || axis >= rank || first.constant)
        return graph.add_problem(operation, "of samples, or of constants");
    std::vector<std::size_t> axes = first.axes;
    if (std::find(axes.begin(), axes.end(), static_cast<std::size_t>(axis)) == axes.end())
        axes = graph.image_axes(first.shape.size());
    std::vector<std::size_t> sources;
    onnx_value result = first;
    std::int64_t extent = 0;
    for (std::size_t i = 0; i < operation.inputs.size(); ++i) {
        const onnx_value& value = graph.input(operation, i);
        if (value.constant || !value.places.empty() || value.shape.size() != first.shape.size())
            return graph.add_problem(operation, "of constants, or of flattened images");
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
