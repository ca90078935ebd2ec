// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/io/import/graph.hpp>
#include <strata/io/import/onnx_attributes.hpp>
#include <strata/io/import/onnx_builder.hpp>
#include <strata/io/import/onnx_shapes.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING::imports {

// Values that have samples and another axis as one, as exporters make them: [steps, samples x heads, width]
// inside an attention, [samples x steps, features] in front of a product. They are kept with both axes apart,
// and `joined` says which one ONNX has as one with the next.

/// All axes but one.
inline std::vector<std::size_t> axes_beside(std::size_t rank, std::size_t left_out) {
    std::vector<std::size_t> result(rank);
    std::iota(result.begin(), result.end(), std::size_t{0});
    result.erase(result.begin() + static_cast<std::ptrdiff_t>(left_out));
    return result;
}

/// A value's shape as ONNX has it.
inline std::vector<std::int64_t> shape_in_onnx(const onnx_value& value) {
    std::vector<std::int64_t> result = value.shape;
    if (value.joined) {
        const auto axis = result.begin() + static_cast<std::ptrdiff_t>(*value.joined);
        axis[0] *= axis[1];
        result.erase(axis + 1);
    }
    return result;
}

/// A shape for a value's numbers with the axis of its samples, which may be joined with another one in it.
/// Nothing where they would be between two others.
inline std::optional<onnx_value> part_samples(const onnx_value& value, std::vector<std::int64_t> shape) {
    const std::int64_t samples = value.shape[value.samples];
    std::int64_t leading = 1;
    for (std::size_t axis = 0; axis < value.samples; ++axis)
        leading *= value.shape[axis];
    for (std::size_t axis = 0; axis < shape.size(); leading /= shape[axis++]) {
        if (shape[axis] % (leading * samples) != 0) {
            if (leading % shape[axis] != 0)
                return std::nullopt;
            continue;
        }
        const std::int64_t trailing = shape[axis] / (leading * samples);
        if (leading > 1 && trailing > 1)
            return std::nullopt;
        onnx_value result;
        result.samples = axis + (leading > 1 ? 1 : 0);
        if (leading > 1 || trailing > 1) {
            result.joined = axis;
            shape[axis] = leading > 1 ? leading : samples;
            shape.insert(shape.begin() + static_cast<std::ptrdiff_t>(axis) + 1,
                         leading > 1 ? samples : trailing);
        }
        result.shape = std::move(shape);
        return result;
    }
    return std::nullopt;
}

/// Reshape of a value whose samples are, or will be, elsewhere than first. False where they stay first.
inline bool reshape_samples(onnx_builder& graph, const onnx_node& operation, const onnx_value& value) {
    const auto shape = target_shape(graph, operation, shape_in_onnx(value));
    if (!shape)
        return true;
    const bool is_plain = value.samples == 0 && !value.joined;
    // Images of each step become layers of each step, by whoever reads reshapes.
    const bool joins_images = value.shape.size() > 4 && shape->size() + 1 == value.shape.size() &&
                              std::equal(shape->begin() + 1, shape->end(), value.shape.begin() + 2);
    if (is_plain &&
        (shape->front() == value.shape.front() || value.shape.front() != graph.batch || joins_images))
        return false;
    auto result = part_samples(value, *shape);
    if (!result) {
        graph.add_problem(operation, "it mixes samples");
        return true;
    }
    const auto plain = graph.arrange(operation, value, axes_beside(value.shape.size(), value.samples));
    if (!plain)
        return true;
    result->axes = axes_beside(result->shape.size(), result->samples);
    extents target;
    for (const std::size_t axis : result->axes)
        target.push_back(static_cast<std::size_t>(result->shape[axis]));
    if (const auto number =
            add_reshape(graph, operation, plain->node, target.empty() ? extents{1} : target)) {
        result->node = *number;
        graph.set(operation, std::move(*result));
    }
    return true;
}

/// Transpose of a value whose samples are, or will be, elsewhere than first. False where they stay first.
inline bool permute_axes(onnx_builder& graph, const onnx_node& operation, const onnx_value& value) {
    std::vector<std::int64_t> order = permutation(graph, operation, shape_in_onnx(value).size());
    if (order.empty() || !value.places.empty() || (value.samples == 0 && !value.joined && order.front() == 0))
        return false;
    if (value.joined) { // both axes, beside each other
        const auto joined = static_cast<std::int64_t>(*value.joined);
        for (std::int64_t& axis : order)
            axis += axis > joined ? 1 : 0;
        order.insert(std::find(order.begin(), order.end(), joined) + 1, joined + 1);
    }
    const auto moved = [&](std::size_t axis) {
        return static_cast<std::size_t>(
            std::find(order.begin(), order.end(), static_cast<std::int64_t>(axis)) - order.begin());
    };
    onnx_value result = value;
    for (std::size_t axis = 0; axis < order.size(); ++axis)
        result.shape[axis] = value.shape[static_cast<std::size_t>(order[axis])];
    for (std::size_t& axis : result.axes)
        axis = moved(axis);
    result.samples = moved(value.samples);
    if (value.joined)
        result.joined = moved(*value.joined);
    graph.set(operation, std::move(result));
    return true;
}

/// Whether an operator computes the same of a joined value as of one whose axes are apart: it treats each
/// number, or each row of the last axis, by itself, or multiplies matrices of the last two.
inline bool ignores_joined_axes(onnx_builder& graph, const onnx_node& operation, const onnx_value& joined) {
    const std::size_t rank = joined.shape.size();
    const bool has_rows = *joined.joined + 2 < rank;
    const bool is_sum = is_any_operator(operation, {"Add", "Sub", "Mul", "Div"});
    const bool is_product = is_any_operator(operation, {"MatMul", "Gemm"});
    for (std::size_t i = 0; i < operation.inputs.size(); ++i) {
        if (!graph.has_input(operation, i))
            continue;
        const onnx_value& value = graph.input(operation, i);
        // A constant that is the same along both axes.
        const auto wide =
            std::find_if(value.shape.begin(), value.shape.end(), [](std::int64_t each) { return each != 1; });
        const auto counted = static_cast<std::size_t>(value.shape.end() - wide);
        const bool is_spread = value.shape.size() < rank && counted + *joined.joined + 2 <= rank;
        const bool fits = value.constant ? is_spread || (is_product && has_rows && i > 0)
                                         : value.joined == joined.joined && value.samples == joined.samples &&
                                               (is_product || value.shape == joined.shape);
        if (!fits)
            return false;
    }
    if (is_any_operator(operation, {"Softmax", "LogSoftmax", "LayerNormalization"})) {
        const bool is_norm = operation.type == "LayerNormalization";
        const std::int64_t axis = whole_of(operation, "axis", is_norm || graph.opset() >= 13 ? -1 : 1);
        return has_rows && (axis == -1 || axis + 2 == static_cast<std::int64_t>(rank));
    }
    if (operation.type == "MatMul" && !graph.input(operation, 1).constant)
        return rank == 4 && *joined.joined == 0 && joined.samples == 0;
    return is_sum || (is_product && has_rows) ||
           is_any_operator(operation, {"Identity", "Cast",        "Dropout",   "Relu", "Sigmoid",   "Tanh",
                                       "Softplus", "Softsign",    "Exp",       "Erf",  "LeakyRelu", "Elu",
                                       "Selu",     "HardSigmoid", "HardSwish", "Gelu", "Clip",      "Sqrt",
                                       "Neg",      "Abs",         "Sin",       "Cos"});
}

/// Does what an operator with a joined value does, which `read` reads of others. False where it has none.
template <class Read>
bool read_joined(onnx_builder& graph, const onnx_node& operation, const Read& read) {
    std::vector<std::pair<std::string, onnx_value>> kept;
    for (std::size_t i = 0; i < operation.inputs.size(); ++i)
        if (graph.has_input(operation, i) && graph.input(operation, i).joined)
            kept.emplace_back(operation.inputs[i], graph.input(operation, i));
    if (kept.empty())
        return false;
    const onnx_value value = kept.front().second;
    const bool is_first = graph.input(operation, 0).joined.has_value();
    if (is_first && operation.type == "Reshape")
        return reshape_samples(graph, operation, value);
    if (is_first && operation.type == "Transpose")
        return permute_axes(graph, operation, value);
    const bool asks_shape = operation.type == "Shape" || operation.type == "Size";
    if (!asks_shape && !ignores_joined_axes(graph, operation, value)) {
        graph.add_problem(operation, "its samples are counted together with another axis");
        return true;
    }
    for (const auto& [name, each] : kept) {
        onnx_value apart = each;
        apart.joined.reset();
        if (asks_shape)
            apart.shape = shape_in_onnx(each);
        graph.values[name] = std::move(apart);
    }
    onnx_node changed = operation;
    if (operation.type.ends_with("Softmax") || operation.type == "LayerNormalization")
        changed.attributes["axis"].whole = static_cast<std::int64_t>(value.shape.size()) - 1; // the last one
    read(graph, changed);
    for (const auto& [name, each] : kept)
        graph.values[name] = each;
    if (!operation.outputs.empty())
        if (onnx_value& result = graph.values[operation.outputs.front()]; !result.constant && result.is_known)
            result.joined = value.joined;
    return true;
}

} // namespace strata::bedrock::inline STRATA_SETTING::imports
