// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/io/import/graph.hpp>
#include <strata/io/import/onnx_builder.hpp>
#include <strata/io/import/onnx_constant_operands.hpp>
#include <strata/io/import/onnx_constant_places.hpp>
#include <strata/io/import/onnx_padding.hpp>
#include <strata/setting.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING::imports {

/// A constant of one sample: those of all samples, where they are the same. Nothing where they differ.
inline std::optional<onnx_constant> constant_of_sample(const onnx_builder& graph,
                                                       const onnx_constant& given) {
    if (graph.first_axis == 0 || given.shape.empty() || given.shape.front() <= 1)
        return given;
    onnx_constant result = given;
    const std::size_t size = given.numbers.size() / static_cast<std::size_t>(given.shape.front());
    for (std::size_t i = size; i < given.numbers.size(); ++i)
        if (given.numbers[i] != given.numbers[i - size])
            return std::nullopt;
    result.shape.front() = 1;
    result.numbers.resize(size);
    return result;
}

/// Concat of one value and constants, as that of a class token: the value with zeros where the constants
/// come, to which these are added. False for others.
inline bool join_constant_parts(onnx_builder& graph, const onnx_node& operation, std::size_t axis) {
    const onnx_value* value = nullptr;
    std::vector<onnx_constant> parts;
    std::vector<std::int64_t> margins[2];
    for (std::size_t i = 0; i < operation.inputs.size(); ++i) {
        const onnx_value& each = graph.input(operation, i);
        if (!each.constant && (value != nullptr || each.samples != 0 || each.shape.size() <= axis))
            return false;
        if (!each.constant) {
            value = &each;
            onnx_constant zeros{each.shape, {}, false};
            if (graph.first_axis > 0)
                zeros.shape.front() = 1;
            const auto size = constant_size(zeros.shape);
            if (!size)
                return false;
            zeros.numbers.resize(*size);
            parts.push_back(std::move(zeros));
            continue;
        }
        auto part = constant_of_sample(graph, *each.constant);
        if (!part || part->shape.size() <= axis)
            return false;
        margins[value == nullptr ? 0 : 1].push_back(part->shape[axis]);
        parts.push_back(std::move(*part));
    }
    if (value == nullptr || parts.size() < 2)
        return false;
    std::vector<const onnx_constant*> pointers;
    for (const onnx_constant& part : parts)
        pointers.push_back(&part);
    auto added = join_constants(pointers, axis);
    if (!added)
        return false;
    const std::size_t rank = value->shape.size();
    onnx_constant pads{{static_cast<std::int64_t>(2 * rank)}, std::vector<double>(2 * rank, 0), true};
    for (const bool is_behind : {false, true})
        for (const std::int64_t margin : margins[is_behind ? 1 : 0])
            pads.numbers[axis + (is_behind ? rank : 0)] += static_cast<double>(margin);
    const std::string name = operation.outputs.front();
    const onnx_node padding{
        {name + " value", name + " margins"}, {name + " padded"}, operation.name, "Pad", "", {}};
    const onnx_value whole = *value;
    graph.values[padding.inputs[0]] = whole;
    graph.set_constant({{}, {padding.inputs[1]}, operation.name, "Constant", "", {}}, std::move(pads));
    read_padding(graph, padding);
    const onnx_value padded = graph.values[padding.outputs.front()];
    if (!padded.is_known || padded.shape.empty()) { // which has said why
        graph.values[name].is_known = false;
        return true;
    }
    combine_constant(graph, operation, padded, std::move(*added), false);
    return true;
}

} // namespace strata::bedrock::inline STRATA_SETTING::imports
