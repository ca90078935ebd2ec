// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/io/import/onnx_builder.hpp>
#include <strata/io/import/onnx_shapes.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING::imports {

inline void set_constant(onnx_builder& graph, const onnx_node& operation, onnx_constant constant) {
    onnx_value value;
    value.shape = constant.shape;
    value.constant = std::move(constant);
    graph.set(operation, std::move(value));
}

/// Two constants of equal shapes, or one of a single number.
inline bool fold_pair(onnx_builder& graph, const onnx_node& operation) {
    const onnx_constant& a = *graph.input(operation, 0).constant;
    const onnx_constant& b = *graph.input(operation, 1).constant;
    const bool is_fitting = a.shape == b.shape || a.numbers.size() == 1 || b.numbers.size() == 1;
    if (!is_fitting || a.numbers.empty() || b.numbers.empty())
        return false;
    onnx_constant result = a.numbers.size() >= b.numbers.size() ? a : b;
    for (std::size_t i = 0; i < result.numbers.size(); ++i) {
        const double x = a.numbers[a.numbers.size() == 1 ? 0 : i];
        const double y = b.numbers[b.numbers.size() == 1 ? 0 : i];
        if (operation.type == "Div" && a.is_whole && y == 0)
            return false;
        const double quotient = a.is_whole ? std::trunc(x / y) : x / y;
        result.numbers[i] = operation.type == "Add"   ? x + y
                            : operation.type == "Sub" ? x - y
                            : operation.type == "Mul" ? x * y
                                                      : quotient;
    }
    set_constant(graph, operation, std::move(result));
    return true;
}

/// Lists of numbers one behind another.
inline bool fold_concat(onnx_builder& graph, const onnx_node& operation) {
    onnx_constant result;
    result.is_whole = true;
    for (std::size_t i = 0; i < operation.inputs.size(); ++i) {
        const onnx_constant& each = *graph.input(operation, i).constant;
        if (each.shape.size() != 1)
            return false;
        result.is_whole = result.is_whole && each.is_whole;
        result.numbers.insert(result.numbers.end(), each.numbers.begin(), each.numbers.end());
    }
    result.shape = {static_cast<std::int64_t>(result.numbers.size())};
    set_constant(graph, operation, std::move(result));
    return true;
}

/// Some numbers of a list: Gather along its only axis, and Slice.
inline bool fold_choice(onnx_builder& graph, const onnx_node& operation) {
    const onnx_constant& list = *graph.input(operation, 0).constant;
    if (list.shape.size() != 1)
        return false;
    const auto size = static_cast<std::int64_t>(list.numbers.size());
    onnx_constant result{{}, {}, list.is_whole};
    if (operation.type == "Gather") {
        const onnx_constant& chosen = *graph.input(operation, 1).constant;
        result.shape = chosen.shape;
        for (const std::int64_t number : as_wholes(chosen)) {
            const std::int64_t place = number + (number < 0 ? size : 0);
            if (place < 0 || place >= size)
                graph.fail(operation, internal::concatenate("places in a list of ", list.numbers.size()),
                           "others");
            result.numbers.push_back(list.numbers[static_cast<std::size_t>(place)]);
        }
    } else {
        const auto bound = [&](const char* key, std::size_t index, std::int64_t fallback) {
            if (graph.has_input(operation, index) && !graph.input(operation, index).constant->numbers.empty())
                fallback = as_wholes(*graph.input(operation, index).constant).front();
            else if (const auto given = wholes_of(operation, key); !given.empty())
                fallback = given.front();
            return std::clamp<std::int64_t>(fallback + (fallback < 0 ? size : 0), 0, size);
        };
        if (graph.has_input(operation, 4) &&
            graph.input(operation, 4).constant->numbers != std::vector<double>{1})
            return false;
        const std::int64_t end = bound("ends", 2, size);
        for (std::int64_t place = bound("starts", 1, 0); place < end; ++place)
            result.numbers.push_back(list.numbers[static_cast<std::size_t>(place)]);
        result.shape = {static_cast<std::int64_t>(result.numbers.size())};
    }
    set_constant(graph, operation, std::move(result));
    return true;
}

/// A matrix with its axes changed.
inline bool fold_transpose(onnx_builder& graph, const onnx_node& operation) {
    const onnx_constant& matrix = *graph.input(operation, 0).constant;
    const std::vector<std::int64_t> order = wholes_of(operation, "perm");
    if (matrix.shape.size() != 2 || (!order.empty() && order != std::vector<std::int64_t>{1, 0}))
        return false;
    const auto rows = static_cast<std::size_t>(matrix.shape[0]);
    const auto columns = static_cast<std::size_t>(matrix.shape[1]);
    onnx_constant result{
        {matrix.shape[1], matrix.shape[0]}, std::vector<double>(rows * columns), matrix.is_whole};
    for (std::size_t row = 0; row < rows; ++row)
        for (std::size_t column = 0; column < columns; ++column)
            result.numbers[column * rows + row] = matrix.numbers[row * columns + column];
    set_constant(graph, operation, std::move(result));
    return true;
}

/// Computes a node whose inputs are all known before the network runs, as those of shapes. False where it is
/// none of these.
inline bool fold(onnx_builder& graph, const onnx_node& operation) {
    if (operation.type == "Shape" && !graph.input(operation, 0).constant) {
        const std::vector<std::int64_t>& shape = graph.input(operation, 0).shape;
        const auto rank = static_cast<std::int64_t>(shape.size());
        const auto bound = [&](std::string_view key, std::int64_t fallback) {
            const std::int64_t given = whole_of(operation, key, fallback);
            return std::clamp<std::int64_t>(given + (given < 0 ? rank : 0), 0, rank);
        };
        onnx_constant result{{}, {}, true};
        for (std::int64_t axis = bound("start", 0); axis < bound("end", rank); ++axis)
            result.numbers.push_back(static_cast<double>(shape[static_cast<std::size_t>(axis)]));
        result.shape = {static_cast<std::int64_t>(result.numbers.size())};
        set_constant(graph, operation, std::move(result));
        return true;
    }
    if (operation.inputs.empty())
        return false;
    for (std::size_t i = 0; i < operation.inputs.size(); ++i)
        if (graph.has_input(operation, i) && !graph.input(operation, i).constant)
            return false;
    const auto is = [&](std::string_view type) { return operation.type == type; };
    if (is("Add") || is("Sub") || is("Mul") || is("Div"))
        return fold_pair(graph, operation);
    if (is("Concat"))
        return fold_concat(graph, operation);
    if (is("Gather") || is("Slice"))
        return fold_choice(graph, operation);
    if (is("Transpose"))
        return fold_transpose(graph, operation);
    if (is("Cast") || is("Floor") || is("Ceil")) {
        onnx_constant result = *graph.input(operation, 0).constant;
        const std::int64_t type = whole_of(operation, "to", 1);
        result.is_whole = is("Cast") ? type != 1 && type != 10 && type != 11 : result.is_whole;
        for (double& number : result.numbers)
            number = is("Ceil")        ? std::ceil(number)
                     : is("Floor")     ? std::floor(number)
                     : result.is_whole ? std::trunc(number)
                                       : number;
        set_constant(graph, operation, std::move(result));
        return true;
    }
    return false;
}

} // namespace strata::bedrock::inline STRATA_SETTING::imports
