// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/io/import/graph.hpp>
#include <strata/io/import/line_nodes.hpp>
#include <strata/io/import/onnx_builder.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <cstddef>
#include <limits>
#include <optional>
#include <utility>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING::imports {

/// Puts a node behind a value which leaves axes and shape as they are.
inline void apply(onnx_builder& graph, const onnx_node& operation, const onnx_value& value, graph_node made) {
    if (value.constant)
        return graph.add_problem(operation, "its input is a constant");
    if (const auto number = graph.add(operation, std::move(made), {value.node})) {
        onnx_value result = value;
        result.node = *number;
        graph.set(operation, std::move(result));
    }
}

inline void read_clip(onnx_builder& graph, const onnx_node& operation) {
    double low = real_of(operation, "min", -std::numeric_limits<double>::infinity());
    double high = real_of(operation, "max", std::numeric_limits<double>::infinity());
    for (std::size_t i = 1; i < 3; ++i)
        if (graph.has_input(operation, i)) {
            const onnx_constant* const bound = graph.constant(operation, i);
            if (bound == nullptr)
                return;
            (i == 1 ? low : high) = bound->numbers.empty() ? 0 : bound->numbers.front();
        }
    // Exporters write the largest float for no bound.
    const bool is_open = high >= static_cast<double>(std::numeric_limits<float>::max());
    graph_node made{low == 0 && is_open ? "relu" : "clipped", ""};
    if (made.kind == "clipped")
        made.attributes = {{"low", std::max(low, -double{std::numeric_limits<float>::max()})},
                           {"high", std::min(high, double{std::numeric_limits<float>::max()})}};
    apply(graph, operation, graph.input(operation, 0), std::move(made));
}

/// scale x + offset. One line behind another is one line, relu6(x + 3) / 6 a hard sigmoid.
inline void rescale(onnx_builder& graph, const onnx_node& operation, onnx_value value, double scale,
                    double offset) {
    if (auto made = line_node(graph, value.node, scale, offset, true))
        apply(graph, operation, value, std::move(*made));
    else
        graph.set(operation, std::move(value));
}

/// Whether a constant has one number for each channel, the last axis of a value in strata; the numbers then.
inline std::optional<std::vector<float>> channel_numbers(onnx_builder& graph, const onnx_value& value,
                                                         const onnx_constant& constant) {
    const std::size_t rank = value.shape.size();
    std::size_t wide = 0;
    std::size_t axis = 0;
    for (std::size_t i = 0; i < constant.shape.size(); ++i)
        if (constant.shape[i] != 1) {
            ++wide;
            axis = rank + i - constant.shape.size();
        }
    if (wide != 1 || constant.shape.size() > rank || value.axes.empty() || value.axes.back() != axis ||
        graph.node(value.node).shape.back() != constant.numbers.size())
        return std::nullopt;
    tensor result{{constant.numbers.size()}, {constant.numbers.begin(), constant.numbers.end()}};
    if (!value.places.empty()) {
        std::vector<float> moved(result.numbers.size());
        for (std::size_t i = 0; i < moved.size(); ++i)
            moved[value.places[i]] = result.numbers[i];
        return moved;
    }
    return result.numbers;
}

} // namespace strata::bedrock::inline STRATA_SETTING::imports
