// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/io/import/graph.hpp>
#include <strata/io/import/onnx_builder.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING::imports {

/// Rows of a weight in the order of a flattened image's elements where they lie in strata.
inline void move_rows(tensor& weight, const std::vector<std::size_t>& places) {
    if (places.empty() || weight.shape.empty() || weight.shape.front() != places.size())
        return;
    const std::size_t width = weight.numbers.size() / places.size();
    std::vector<float> moved(weight.numbers.size());
    for (std::size_t row = 0; row < places.size(); ++row)
        std::copy_n(weight.numbers.begin() + static_cast<std::ptrdiff_t>(row * width), width,
                    moved.begin() + static_cast<std::ptrdiff_t>(places[row] * width));
    weight.numbers = std::move(moved);
}

/// A value whose last axis of ONNX is the last one in strata, as products want it.
inline std::optional<onnx_value> row_input(onnx_builder& graph, const onnx_node& at) {
    const onnx_value& value = graph.input(at, 0);
    if (value.constant || value.shape.size() < 2) {
        graph.add_problem(at, "its input is no row");
        return std::nullopt;
    }
    if (!value.places.empty() || (!value.axes.empty() && value.axes.back() + 1 == value.shape.size()))
        return value;
    return graph.arrange(at, value, graph.plain_axes(value.shape.size()));
}

/// Gemm, and MatMul by a constant: a dense layer, whose kernel's rows follow the elements of a flattened
/// image.
inline void read_product(onnx_builder& graph, const onnx_node& at) {
    const bool is_gemm = at.type == "Gemm";
    const onnx_constant* const matrix = graph.constant(at, 1);
    if (matrix == nullptr)
        return;
    if (matrix->shape.size() != 2 || (is_gemm && whole_of(at, "transA", 0) != 0))
        return graph.add_problem(at, "a product of other matrices than rows and a kernel");
    const auto rows = row_input(graph, at);
    if (!rows)
        return;
    const bool is_turned = is_gemm && whole_of(at, "transB", 0) != 0;
    const double scale = is_gemm ? real_of(at, "alpha", 1) : 1;
    const auto in = static_cast<std::size_t>(matrix->shape[is_turned ? 1 : 0]);
    const auto out = static_cast<std::size_t>(matrix->shape[is_turned ? 0 : 1]);
    if (rows->shape.back() != static_cast<std::int64_t>(in))
        graph.fail(at, internal::concatenate("rows of ", in),
                   internal::concatenate(static_cast<std::size_t>(rows->shape.back())));
    tensor kernel{{in, out}, std::vector<float>(in * out)};
    for (std::size_t i = 0; i < in; ++i)
        for (std::size_t o = 0; o < out; ++o)
            kernel.numbers[i * out + o] =
                static_cast<float>(scale * matrix->numbers[is_turned ? o * in + i : i * out + o]);
    move_rows(kernel, rows->places);
    graph_node made{"dense", ""};
    made.attributes = {{"units", static_cast<double>(out)}, {"bias", 0.0}};
    made.weights.emplace_back("kernel", std::move(kernel));
    if (is_gemm && graph.has_input(at, 2)) {
        const onnx_constant* const bias = graph.constant(at, 2);
        if (bias == nullptr)
            return;
        if (bias->numbers.size() != out && bias->numbers.size() != 1)
            return graph.add_problem(at, "a bias of another shape");
        tensor added{{out}, std::vector<float>(out)};
        for (std::size_t o = 0; o < out; ++o)
            added.numbers[o] =
                static_cast<float>(real_of(at, "beta", 1) * bias->numbers[bias->numbers.size() == 1 ? 0 : o]);
        made.weights.emplace_back("bias", std::move(added));
        made.attributes["bias"] = 1.0;
    }
    if (const auto number = graph.add(at, std::move(made), {rows->node})) {
        onnx_value result = *rows;
        result.node = *number;
        result.shape.back() = static_cast<std::int64_t>(out);
        result.places.clear();
        graph.set(at, std::move(result));
    }
}

/// BatchNormalization, whose channels are ONNX's axis 1.
inline void read_batch_norm(onnx_builder& graph, const onnx_node& at) {
    const onnx_value& value = graph.input(at, 0);
    if (value.constant || value.shape.size() < 2)
        return graph.add_problem(at, "its input has no channels");
    const bool is_last = !value.places.empty() || (!value.axes.empty() && value.axes.back() == 1);
    const auto input =
        is_last ? std::optional(value) : graph.arrange(at, value, graph.image_axes(value.shape.size()));
    if (!input)
        return;
    graph_node made{"batch_norm", ""};
    const double kept = real_of(at, "momentum", 0.9);
    made.attributes = {
        {"epsilon", real_of(at, "epsilon", 1e-5)}, {"momentum", kept}, {"axis", std::vector<double>{-1}}};
    constexpr const char* names[] = {"gamma", "beta", "moving_mean", "moving_variance"};
    for (std::size_t i = 0; i < 4; ++i) {
        const onnx_constant* const given = graph.constant(at, i + 1);
        if (given == nullptr)
            return;
        made.weights.emplace_back(names[i], as_weight(*given));
        move_rows(made.weights.back().second, input->places);
    }
    if (const auto number = graph.add(at, std::move(made), {input->node})) {
        onnx_value result = *input;
        result.node = *number;
        graph.set(at, std::move(result));
    }
}

/// LayerNormalization over the last axis.
inline void read_layer_norm(onnx_builder& graph, const onnx_node& at) {
    const auto input = row_input(graph, at);
    if (!input)
        return;
    const std::int64_t axis = whole_of(at, "axis", -1);
    if (!input->places.empty() || (axis != -1 && axis + 1 != static_cast<std::int64_t>(input->shape.size())))
        return graph.add_problem(at, "over other axes than the last");
    graph_node made{"layer_norm", ""};
    made.attributes = {{"epsilon", real_of(at, "epsilon", 1e-5)}};
    for (std::size_t i = 1; i < 3; ++i) {
        made.attributes[i == 1 ? "scale" : "center"] = graph.has_input(at, i) ? 1.0 : 0.0;
        if (!graph.has_input(at, i))
            continue;
        const onnx_constant* const given = graph.constant(at, i);
        if (given == nullptr)
            return;
        made.weights.emplace_back(i == 1 ? "gamma" : "beta", as_weight(*given));
    }
    if (const auto number = graph.add(at, std::move(made), {input->node})) {
        onnx_value result = *input;
        result.node = *number;
        graph.set(at, std::move(result));
    }
}

/// Softmax and LogSoftmax. Before opset 13 all axes from one on are one row.
inline void read_softmax(onnx_builder& graph, const onnx_node& at) {
    const onnx_value& value = graph.input(at, 0);
    if (value.constant)
        return graph.add_problem(at, "its input is a constant");
    const auto rank = static_cast<std::int64_t>(value.shape.size());
    std::int64_t axis = whole_of(at, "axis", graph.opset() < 13 ? 1 : -1);
    axis += axis < 0 ? rank : 0;
    if (axis <= 0 || axis >= rank)
        return graph.add_problem(at, "over the samples");
    if (graph.opset() < 13)
        for (std::int64_t other = axis + 1; other < rank; ++other)
            if (value.shape[static_cast<std::size_t>(other)] != 1)
                return graph.add_problem(at, "over several axes as one row");
    const auto place = std::find(value.axes.begin(), value.axes.end(), static_cast<std::size_t>(axis));
    if (place == value.axes.end() && value.places.empty())
        return graph.add_problem(at, "over an axis of one number");
    graph_node made{at.type == "Softmax" ? "softmax" : "log_softmax", ""};
    const bool is_last = !value.places.empty() || place + 1 == value.axes.end();
    made.attributes["axis"] = is_last ? -1.0 : static_cast<double>(place - value.axes.begin() + 1);
    if (const auto number = graph.add(at, std::move(made), {value.node})) {
        onnx_value result = value;
        result.node = *number;
        graph.set(at, std::move(result));
    }
}

} // namespace strata::bedrock::inline STRATA_SETTING::imports
