// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/io/import/graph.hpp>
#include <strata/io/import/onnx_broadcasting.hpp>
#include <strata/io/import/onnx_builder.hpp>
#include <strata/io/import/onnx_constant_arithmetic.hpp>
#include <strata/io/import/onnx_constant_places.hpp>
#include <strata/io/import/onnx_images.hpp>
#include <strata/io/import/onnx_rows.hpp>
#include <strata/io/import/onnx_shapes.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING::imports {

/// LayerNormalization over the last axes, from `axis` on.
inline void read_layer_norm(onnx_builder& graph, const onnx_node& operation) {
    const onnx_value value = graph.input(operation, 0);
    const auto rank = static_cast<std::int64_t>(value.shape.size());
    const auto axis = counted_place(whole_of(operation, "axis", -1), rank);
    if (value.constant || !axis)
        return graph.add_problem(operation, "of a constant, or along an axis that its input lacks");
    if (*axis < graph.first_axis)
        return graph.add_problem(operation, "over the samples");
    if (operation.outputs.size() > 1)
        for (std::size_t i = 1; i < operation.outputs.size(); ++i)
            if (graph.uses[operation.outputs[i]] > 0)
                return graph.add_problem(operation, "its means and deviations as results");
    const bool is_last = *axis + 1 == value.shape.size();
    const auto input = is_last ? row_input(graph, operation)
                               : graph.arrange(operation, value, graph.plain_axes(value.shape));
    if (!input)
        return;
    if (!input->places.empty())
        return graph.add_problem(operation, "of a flattened image");
    graph_node made{"layer_norm", ""};
    made.attributes["epsilon"] = real_of(operation, "epsilon", 1e-5);
    std::vector<std::int64_t> row(value.shape.begin() + static_cast<std::ptrdiff_t>(*axis),
                                  value.shape.end());
    const auto first_of_row =
        std::find_if(input->axes.begin(), input->axes.end(), [&](std::size_t each) { return each >= *axis; });
    const auto axes = static_cast<std::size_t>(input->axes.end() - first_of_row);
    extents row_shape;
    for (auto each = first_of_row; each != input->axes.end(); ++each)
        row_shape.push_back(static_cast<std::size_t>(value.shape[*each]));
    if (axes > 1)
        made.attributes["axes"] = static_cast<double>(axes);
    for (std::size_t i = 1; i < 3; ++i) {
        made.attributes[i == 1 ? "scale" : "center"] = graph.has_input(operation, i) ? 1.0 : 0.0;
        if (!graph.has_input(operation, i))
            continue;
        const onnx_constant* const given = graph.constant(operation, i);
        if (given == nullptr)
            return;
        const auto spread = expand_constant(*given, row);
        if (!spread)
            graph.fail(operation, "a scale and a bias of its row's shape", "another");
        made.weights.emplace_back(i == 1 ? "gamma" : "beta",
                                  tensor{row_shape, {spread->numbers.begin(), spread->numbers.end()}});
    }
    if (auto result = attach(graph, operation, *input, std::move(made)))
        graph.set(operation, std::move(*result));
}

/// InstanceNormalization, and GroupNormalization, whose scale and bias are of groups before opset 21.
inline void read_group_norm(onnx_builder& graph, const onnx_node& operation) {
    const auto image = image_input(graph, operation);
    if (!image)
        return;
    const bool has_groups = operation.type == "GroupNormalization";
    const std::int64_t groups = whole_of(operation, "num_groups", 1);
    const std::int64_t channels = image->shape[1];
    if (groups <= 0 || channels % groups != 0)
        graph.fail(operation, "groups that divide its channels", "others");
    graph_node made{has_groups ? "group_norm" : "instance_norm", ""};
    made.attributes = {{"epsilon", real_of(operation, "epsilon", 1e-5)},
                       {"scale", 1.0},
                       {"center", 1.0},
                       {"groups", static_cast<double>(groups)}};
    for (std::size_t i = 1; i < 3; ++i) {
        const onnx_constant* const given = graph.constant(operation, i);
        if (given == nullptr)
            return;
        const std::size_t count = given->numbers.size();
        const auto size = static_cast<std::size_t>(channels);
        if (count != size && !(has_groups && count == static_cast<std::size_t>(groups)))
            graph.fail(operation, internal::concatenate("a scale and a bias of ", size, " numbers"),
                       internal::concatenate(count));
        tensor spread{{size}, std::vector<float>(size)};
        for (std::size_t channel = 0; channel < size; ++channel)
            spread.numbers[channel] = static_cast<float>(given->numbers[channel * count / size]);
        made.weights.emplace_back(i == 1 ? "gamma" : "beta", std::move(spread));
    }
    if (auto result = attach(graph, operation, *image, std::move(made)))
        graph.set(operation, std::move(*result));
}

/// Softmax and LogSoftmax. Before opset 13 all axes from one on are one row.
inline void read_softmax(onnx_builder& graph, const onnx_node& operation) {
    onnx_value value = graph.input(operation, 0);
    if (value.constant)
        return graph.add_problem(operation, "its input is a constant");
    const std::vector<std::int64_t> shape = value.shape;
    const auto rank = static_cast<std::int64_t>(shape.size());
    const auto given = counted_place(whole_of(operation, "axis", graph.opset() < 13 ? 1 : -1), rank);
    if (!given)
        graph.fail(operation, internal::concatenate("axes of ", shape.size()), "another axis");
    if (*given < graph.first_axis)
        return graph.add_problem(operation, "over the samples");
    std::size_t axis = *given;
    const auto is_wide = [](std::int64_t extent) { return extent != 1; };
    const auto begin = shape.begin() + static_cast<std::ptrdiff_t>(axis);
    const bool is_row = graph.opset() < 13 && std::any_of(begin + 1, shape.end(), is_wide);
    if (is_row) {
        std::vector<std::int64_t> joined(shape.begin(), begin);
        joined.push_back(size_of_shape({begin, shape.end()}));
        const auto flat = reshape_value(graph, operation, value, joined);
        if (!flat)
            return;
        value = *flat;
    }
    const auto place = std::find(value.axes.begin(), value.axes.end(), axis);
    if (place == value.axes.end() && value.places.empty())
        return graph.add_problem(operation, "over an axis of one number");
    graph_node made{operation.type == "Softmax" ? "softmax" : "log_softmax", ""};
    const bool is_last = !value.places.empty() || place + 1 == value.axes.end();
    made.attributes["axis"] = is_last ? -1.0 : static_cast<double>(place - value.axes.begin() + 1);
    auto result = attach(graph, operation, value, std::move(made));
    if (result && is_row)
        result = reshape_value(graph, operation, *result, shape);
    if (result)
        graph.set(operation, std::move(*result));
}

} // namespace strata::bedrock::inline STRATA_SETTING::imports
