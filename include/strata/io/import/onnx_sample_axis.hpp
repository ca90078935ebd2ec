// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/io/import/graph.hpp>
#include <strata/io/import/onnx_attributes.hpp>
#include <strata/io/import/onnx_builder.hpp>
#include <strata/io/import/onnx_joined_axes.hpp>
#include <strata/io/import/onnx_shapes.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <utility>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING::imports {

// Values whose samples are counted by another axis than the first, as those of sequences that have their
// steps first.

/// Where each of the old axes is among the new ones, where some of these, of the extent 1, are added.
inline std::vector<std::size_t> axes_behind_insertion(std::size_t old_rank,
                                                      const std::vector<std::int64_t>& inserted) {
    std::vector<std::size_t> result;
    for (std::size_t axis = 0; result.size() < old_rank; ++axis)
        if (!std::binary_search(inserted.begin(), inserted.end(), static_cast<std::int64_t>(axis)))
            result.push_back(axis);
    return result;
}

/// Adds axes of the extent 1. False where both the old and the new value count samples first.
inline bool insert_axes(onnx_builder& graph, const onnx_node& operation, const onnx_value& value) {
    const std::size_t added = graph.has_input(operation, 1) && graph.input(operation, 1).constant
                                  ? graph.input(operation, 1).constant->numbers.size()
                                  : wholes_of(operation, "axes").size();
    const std::size_t rank = value.shape.size() + added;
    const auto axes = axes_of(graph, operation, 1, static_cast<std::int64_t>(rank));
    if (!axes || axes->size() != added)
        return false;
    const std::vector<std::size_t> moved = axes_behind_insertion(value.shape.size(), *axes);
    if (value.samples == 0 && moved.front() == 0)
        return false;
    onnx_value result = value;
    result.shape.assign(rank, 1);
    for (std::size_t axis = 0; axis < moved.size(); ++axis)
        result.shape[moved[axis]] = value.shape[axis];
    for (std::size_t& axis : result.axes)
        axis = moved[axis];
    result.samples = moved[value.samples];
    graph.set(operation, std::move(result));
    return true;
}

/// Leaves out axes of the extent 1.
inline bool drop_axes(onnx_builder& graph, const onnx_node& operation, const onnx_value& value) {
    const auto axes = axes_of(graph, operation, 1, static_cast<std::int64_t>(value.shape.size()));
    if (!axes)
        return false;
    std::vector<std::size_t> moved(value.shape.size());
    std::vector<std::int64_t> shape;
    std::vector<std::size_t> kept;
    const auto is_dropped = [&](std::size_t axis) {
        return std::binary_search(axes->begin(), axes->end(), static_cast<std::int64_t>(axis)) ||
               (axes->empty() && value.shape[axis] == 1 && axis != value.samples);
    };
    for (std::size_t axis = 0; axis < value.shape.size(); ++axis) {
        moved[axis] = shape.size();
        if (!is_dropped(axis))
            shape.push_back(value.shape[axis]);
        else if (value.shape[axis] != 1)
            graph.fail(operation, "axes of the extent 1",
                       internal::concatenate(std::size_t(value.shape[axis])));
    }
    if (value.samples == 0 && !is_dropped(0))
        return false;
    if (is_dropped(value.samples)) {
        graph.add_problem(operation, "it leaves out the axis of the samples");
        return true;
    }
    std::copy_if(value.axes.begin(), value.axes.end(), std::back_inserter(kept),
                 [&](std::size_t axis) { return !is_dropped(axis); });
    auto result = graph.arrange(operation, value, kept);
    if (!result)
        return true;
    for (std::size_t& axis : result->axes)
        axis = moved[axis];
    result->shape = std::move(shape);
    result->samples = moved[value.samples];
    graph.set(operation, std::move(*result));
    return true;
}

/// What moves axes of values that count their samples elsewhere, or will. True where that was all, or where
/// an operator that needs its samples first cannot take such a value. `read` reads an operator.
template <class Read>
bool move_sample_axis(onnx_builder& graph, const onnx_node& operation, const Read& read) {
    if (graph.first_axis == 0 || !graph.has_input(operation, 0))
        return false;
    if (read_joined(graph, operation, read))
        return true;
    const onnx_value value = graph.input(operation, 0);
    if (!value.constant) {
        if (is_any_operator(operation, {"Unsqueeze"}) && insert_axes(graph, operation, value))
            return true;
        if (is_any_operator(operation, {"Squeeze"}) && drop_axes(graph, operation, value))
            return true;
        if (is_any_operator(operation, {"Transpose"}) && permute_axes(graph, operation, value))
            return true;
        if (is_any_operator(operation, {"Reshape"}) && reshape_samples(graph, operation, value))
            return true;
    }
    // What treats each number, or each row of the last axis, by itself does not ask.
    if (is_any_operator(operation, {"LSTM",     "GRU",       "RNN",         "Unsqueeze",
                                    "Squeeze",  "Transpose", "Reshape",     "Identity",
                                    "Cast",     "Dropout",   "Shape",       "Size",
                                    "MatMul",   "Add",       "Sub",         "Mul",
                                    "Div",      "Relu",      "Sigmoid",     "Tanh",
                                    "Softplus", "Softsign",  "Exp",         "LeakyRelu",
                                    "Elu",      "Selu",      "HardSigmoid", "HardSwish",
                                    "Gelu",     "Clip",      "Gemm",        "LayerNormalization",
                                    "Slice",    "Split",     "Gather",      "Concat"}))
        return false;
    for (std::size_t i = 0; i < operation.inputs.size(); ++i)
        if (graph.has_input(operation, i) && !graph.input(operation, i).constant &&
            graph.input(operation, i).samples != 0) {
            graph.add_problem(operation, "its samples are along another axis than the first");
            return true;
        }
    return false;
}

} // namespace strata::bedrock::inline STRATA_SETTING::imports
