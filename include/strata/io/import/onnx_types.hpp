// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/io/import/graph.hpp>
#include <strata/io/import/onnx_attributes.hpp>
#include <strata/io/import/onnx_builder.hpp>
#include <strata/io/import/onnx_constant.hpp>
#include <strata/io/import/onnx_constant_arithmetic.hpp>
#include <strata/io/import/onnx_number_types.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace strata::bedrock::inline STRATA_SETTING::imports {

// A network computes with reals alone. Values of whole numbers may be moved, and may be added up and
// multiplied, but what ONNX rounds or wraps would be another number.

constexpr std::int64_t truth_type = 9;
/// Whether numbers of a type are few enough to wrap where a sum or a product is larger.
inline bool wraps_soon(std::int64_t type) { return is_whole_onnx_type(type) && type != 6 && type != 7; }

/// Whether an input is a value, or a constant, whose numbers become those of the result.
inline bool reads_numbers(const onnx_builder& graph, const onnx_node& operation, std::size_t index,
                          bool is_constant = false) {
    const bool is_choice =
        (operation.type == "Gather" && index > 0) || (operation.type == "Where" && index == 0);
    return graph.has_input(operation, index) && !is_choice &&
           graph.input(operation, index).constant.has_value() == is_constant;
}

/// Whether an operator of whole numbers gives the numbers that it has for reals.
inline bool computes_alike(const onnx_builder& graph, const onnx_node& operation, std::int64_t type) {
    const auto is_whole = [](double number) { return number == std::floor(number); };
    if (is_any_operator(operation,
                        {"Cast",      "Clip",      "Concat",       "DepthToSpace", "Dropout", "Expand",
                         "Flatten",   "Gather",    "Identity",     "Max",          "MaxPool", "Min",
                         "Pad",       "ReduceMax", "Relu",         "ReduceMin",    "Reshape", "Shape",
                         "Size",      "Slice",     "SpaceToDepth", "Split",        "Squeeze", "Tile",
                         "Transpose", "Unsqueeze", "Where"}))
        return true;
    if (operation.type == "Pow" && !wraps_soon(type) && graph.has_input(operation, 1) &&
        graph.input(operation, 1).constant) {
        const std::vector<double>& powers = graph.input(operation, 1).constant->numbers;
        return std::all_of(powers.begin(), powers.end(),
                           [&](double power) { return power >= 0 && is_whole(power); });
    }
    return !wraps_soon(type) &&
           (is_any_operator(operation, {"Abs", "Add", "MatMul", "Mul", "Neg", "PRelu", "ReduceL1",
                                        "ReduceSum", "ReduceSumSquare", "Sign", "Sub", "Sum"}) ||
            (operation.type == "Gemm" && is_whole(real_of(operation, "alpha", 1)) &&
             is_whole(real_of(operation, "beta", 1))));
}

/// Whether an operator takes tokens that were reals to an embedding, which takes them as whole ones.
inline bool leads_tokens(const onnx_builder& graph, const onnx_node& operation) {
    return is_any_operator(operation, {"Cast", "Flatten", "Identity", "Reshape", "Shape", "Size", "Squeeze",
                                       "Unsqueeze"}) ||
           (operation.type == "Gather" && graph.input(operation, 0).constant);
}

/// A problem, and true, where an operator rounds what a network does not.
inline bool refuse_rounding(onnx_builder& graph, const onnx_node& operation) {
    for (std::size_t i = 0; i < operation.inputs.size(); ++i) {
        if (!graph.has_input(operation, i) || graph.input(operation, i).constant)
            continue;
        const onnx_value& value = graph.input(operation, i);
        if (value.is_rounded && !leads_tokens(graph, operation)) {
            graph.add_problem(operation,
                              "of an input as whole numbers, which nothing but an embedding takes");
            return true;
        }
        if (reads_numbers(graph, operation, i) && is_whole_onnx_type(value.type) &&
            !computes_alike(graph, operation, value.type)) {
            graph.add_problem(operation, "of whole numbers, which a network neither rounds nor wraps");
            return true;
        }
    }
    return false;
}

/// Cast between floats, and of whole numbers to those that hold them. An input's reals may be tokens.
inline void read_cast(onnx_builder& graph, const onnx_node& operation) {
    onnx_value value = graph.input(operation, 0);
    const std::int64_t type = whole_of(operation, "to", 1);
    const bool is_whole = is_whole_onnx_type(type);
    const bool was_whole = is_whole_onnx_type(value.type);
    const bool is_kept =
        !is_whole || type == value.type || value.type == truth_type || (was_whole && !wraps_soon(type));
    const bool is_token = !was_whole && !wraps_soon(type) && graph.node(value.node).kind == "input";
    if ((!is_kept && !is_token) || (value.is_rounded && !is_whole))
        return graph.add_problem(operation, "to whole numbers or truths");
    value.is_rounded = is_whole && (value.is_rounded || !is_kept);
    graph.set(operation, std::move(value));
}

/// Whether a constant's numbers are some of its type; stand-ins are larger than what they stand for.
inline bool holds_numbers(std::int64_t type, const onnx_constant& constant) {
    const auto range = range_of_type(type);
    for (std::size_t i = 0; range && i < constant.numbers.size(); ++i)
        if (!range->contains(constant.numbers[i]) && (constant.counts.empty() || !constant.counts[i]))
            return false;
    return true;
}

/// Whether an operator of constants gives other numbers than it reads.
inline bool computes_numbers(const onnx_node& operation) {
    return find_unary_function(operation.type) != nullptr ||
           find_binary_function(operation.type) != nullptr || operation.type.starts_with("Reduce");
}

/// What ONNX computes in floats is the nearest of them: what is just below 7 there may be 7, which a floor
/// tells.
inline void round_numbers(std::int64_t type, onnx_constant& constant) {
    for (std::size_t i = 0; i < constant.numbers.size(); ++i)
        if (constant.counts.empty() || !constant.counts[i])
            constant.numbers[i] = cast_number(constant.numbers[i], false, type).value_or(constant.numbers[i]);
}

/// Says of which type the results of an operator are. A problem where constants of few bits have become
/// larger than their type holds.
inline void set_types(onnx_builder& graph, const onnx_node& operation) {
    std::int64_t type = 0;
    bool is_rounded = false;
    for (const bool is_constant : {false, true}) // whose type a file may not say
        for (std::size_t i = 0; i < operation.inputs.size(); ++i)
            if (graph.has_input(operation, i) && reads_numbers(graph, operation, i, is_constant)) {
                const onnx_value& value = graph.input(operation, i);
                type = type == 0 ? value.type : type;
                is_rounded = is_rounded || value.is_rounded;
            }
    for (const std::string& output : operation.outputs) {
        const auto made = graph.values.find(output);
        if (made == graph.values.end())
            continue;
        onnx_value& value = made->second;
        const bool is_made = operation.type == "Shape" || operation.type == "Size" ||
                             operation.type == "ConstantOfShape" ||
                             (value.constant && value.constant->is_whole != is_whole_onnx_type(type));
        if (is_made && value.constant)
            type = value.constant->is_whole ? 7 : 1;
        value.type =
            operation.type == "Cast" ? whole_of(operation, "to", 1) : std::max<std::int64_t>(type, 1);
        if (operation.type != "Cast")
            value.is_rounded = is_rounded;
        if (!value.constant || !value.is_known)
            continue;
        if (computes_numbers(operation) && !is_whole_onnx_type(value.type))
            round_numbers(value.type, *value.constant);
        if (!holds_numbers(value.type, *value.constant))
            return graph.add_problem(operation, "it gives numbers that their type does not hold");
    }
}

} // namespace strata::bedrock::inline STRATA_SETTING::imports
