// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/io/import/graph.hpp>
#include <strata/io/import/onnx_builder.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
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
inline std::optional<onnx_value> row_input(onnx_builder& graph, const onnx_node& operation) {
    const onnx_value& value = graph.input(operation, 0);
    if (value.constant || value.shape.size() < 2) {
        graph.add_problem(operation, "its input is no row");
        return std::nullopt;
    }
    if (!value.places.empty() || (!value.axes.empty() && value.axes.back() + 1 == value.shape.size()))
        return value;
    return graph.arrange(operation, value, graph.plain_axes(value.shape));
}

/// Gemm, and MatMul by a constant: a dense layer, whose kernel's rows follow the elements of a flattened
/// image.
inline void read_product(onnx_builder& graph, const onnx_node& operation) {
    const bool is_gemm = operation.type == "Gemm";
    const onnx_constant* const matrix = graph.constant(operation, 1);
    if (matrix == nullptr)
        return;
    if (matrix->shape.size() != 2 || (is_gemm && whole_of(operation, "transA", 0) != 0))
        return graph.add_problem(operation, "a product of other matrices than rows and a kernel");
    const auto rows = row_input(graph, operation);
    if (!rows)
        return;
    const bool is_turned = is_gemm && whole_of(operation, "transB", 0) != 0;
    const double scale = is_gemm ? real_of(operation, "alpha", 1) : 1;
    const auto inputs = static_cast<std::size_t>(matrix->shape[is_turned ? 1 : 0]);
    const auto outputs = static_cast<std::size_t>(matrix->shape[is_turned ? 0 : 1]);
    if (rows->shape.back() != static_cast<std::int64_t>(inputs))
        graph.fail(operation, internal::concatenate("rows of ", inputs),
                   internal::concatenate(static_cast<std::size_t>(rows->shape.back())));
    tensor kernel{{inputs, outputs}, std::vector<float>(inputs * outputs)};
    for (std::size_t i = 0; i < inputs; ++i)
        for (std::size_t o = 0; o < outputs; ++o)
            kernel.numbers[i * outputs + o] =
                static_cast<float>(scale * matrix->numbers[is_turned ? o * inputs + i : i * outputs + o]);
    move_rows(kernel, rows->places);
    graph_node made{"dense", ""};
    made.attributes = {{"units", static_cast<double>(outputs)}, {"bias", 0.0}};
    made.weights.emplace_back("kernel", std::move(kernel));
    if (is_gemm && graph.has_input(operation, 2)) {
        const onnx_constant* const bias = graph.constant(operation, 2);
        if (bias == nullptr)
            return;
        if (bias->numbers.size() != outputs && bias->numbers.size() != 1)
            return graph.add_problem(operation, "a bias of another shape");
        tensor added{{outputs}, std::vector<float>(outputs)};
        for (std::size_t o = 0; o < outputs; ++o)
            added.numbers[o] = static_cast<float>(real_of(operation, "beta", 1) *
                                                  bias->numbers[bias->numbers.size() == 1 ? 0 : o]);
        made.weights.emplace_back("bias", std::move(added));
        made.attributes["bias"] = 1.0;
    }
    if (const auto number = graph.add(operation, std::move(made), {rows->node})) {
        onnx_value result = *rows;
        result.node = *number;
        result.shape.back() = static_cast<std::int64_t>(outputs);
        result.places.clear();
        graph.set(operation, std::move(result));
    }
}

/// BatchNormalization, whose channels are ONNX's axis 1.
inline void read_batch_norm(onnx_builder& graph, const onnx_node& operation) {
    const onnx_value& value = graph.input(operation, 0);
    if (value.constant || value.shape.size() < 2)
        return graph.add_problem(operation, "its input has no channels");
    if (whole_of(operation, "training_mode", 0) != 0)
        return graph.add_problem(operation, "in training, by the statistics of a batch");
    const bool is_last = !value.places.empty() || (!value.axes.empty() && value.axes.back() == 1);
    const auto input = is_last ? std::optional(value)
                               : graph.arrange(operation, value, graph.image_axes(value.shape.size()));
    if (!input)
        return;
    graph_node made{"batch_norm", ""};
    const double kept = real_of(operation, "momentum", 0.9);
    made.attributes = {{"epsilon", real_of(operation, "epsilon", 1e-5)},
                       {"momentum", kept},
                       {"axis", std::vector<double>{-1}}};
    constexpr const char* names[] = {"gamma", "beta", "moving_mean", "moving_variance"};
    for (std::size_t i = 0; i < 4; ++i) {
        const onnx_constant* const given = graph.constant(operation, i + 1);
        if (given == nullptr)
            return;
        const auto is_idle = [&](double each) { return each == (i == 0 ? 1 : 0); };
        const bool is_told = operation.note == "without scale and B" ||
                             operation.note == (i == 0 ? "without scale" : "without B");
        if (i < 2 && is_told && std::all_of(given->numbers.begin(), given->numbers.end(), is_idle)) {
            made.attributes[i == 0 ? "scale" : "center"] = 0.0;
            continue;
        }
        made.weights.emplace_back(names[i], as_weight(*given));
        move_rows(made.weights.back().second, input->places);
    }
    if (const auto number = graph.add(operation, std::move(made), {input->node})) {
        onnx_value result = *input;
        result.node = *number;
        graph.set(operation, std::move(result));
    }
}

} // namespace strata::bedrock::inline STRATA_SETTING::imports
