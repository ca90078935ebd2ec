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

inline void set_constant(onnx_builder& graph, const onnx_node& at, onnx_constant constant) {
    onnx_value value;
    value.shape = constant.shape;
    value.constant = std::move(constant);
    graph.set(at, std::move(value));
}

/// Two constants of equal shapes, or one of a single number.
inline bool fold_pair(onnx_builder& graph, const onnx_node& at) {
    const onnx_constant& a = *graph.input(at, 0).constant;
    const onnx_constant& b = *graph.input(at, 1).constant;
    const bool is_fitting = a.shape == b.shape || a.numbers.size() == 1 || b.numbers.size() == 1;
    if (!is_fitting || a.numbers.empty() || b.numbers.empty())
        return false;
    onnx_constant result = a.numbers.size() >= b.numbers.size() ? a : b;
    for (std::size_t i = 0; i < result.numbers.size(); ++i) {
        const double x = a.numbers[a.numbers.size() == 1 ? 0 : i];
        const double y = b.numbers[b.numbers.size() == 1 ? 0 : i];
        if (at.type == "Div" && a.is_whole && y == 0)
            return false;
        const double quotient = a.is_whole ? std::trunc(x / y) : x / y;
        result.numbers[i] = at.type == "Add"   ? x + y
                            : at.type == "Sub" ? x - y
                            : at.type == "Mul" ? x * y
                                               : quotient;
    }
    set_constant(graph, at, std::move(result));
    return true;
}

/// Lists of numbers one behind another.
inline bool fold_concat(onnx_builder& graph, const onnx_node& at) {
    onnx_constant result;
    result.is_whole = true;
    for (std::size_t i = 0; i < at.inputs.size(); ++i) {
        const onnx_constant& each = *graph.input(at, i).constant;
        if (each.shape.size() != 1)
            return false;
        result.is_whole = result.is_whole && each.is_whole;
        result.numbers.insert(result.numbers.end(), each.numbers.begin(), each.numbers.end());
    }
    result.shape = {static_cast<std::int64_t>(result.numbers.size())};
    set_constant(graph, at, std::move(result));
    return true;
}

/// Some numbers of a list: Gather along its only axis, and Slice.
inline bool fold_choice(onnx_builder& graph, const onnx_node& at) {
    const onnx_constant& list = *graph.input(at, 0).constant;
    if (list.shape.size() != 1)
        return false;
    const auto size = static_cast<std::int64_t>(list.numbers.size());
    onnx_constant result{{}, {}, list.is_whole};
    if (at.type == "Gather") {
        const onnx_constant& chosen = *graph.input(at, 1).constant;
        result.shape = chosen.shape;
        for (const std::int64_t number : as_wholes(chosen)) {
            const std::int64_t place = number + (number < 0 ? size : 0);
            if (place < 0 || place >= size)
                graph.fail(at, internal::concatenate("places in a list of ", list.numbers.size()), "others");
            result.numbers.push_back(list.numbers[static_cast<std::size_t>(place)]);
        }
    } else {
        const auto bound = [&](const char* key, std::size_t index, std::int64_t fallback) {
            if (graph.has_input(at, index) && !graph.input(at, index).constant->numbers.empty())
                fallback = as_wholes(*graph.input(at, index).constant).front();
            else if (const auto given = wholes_of(at, key); !given.empty())
                fallback = given.front();
            return std::clamp<std::int64_t>(fallback + (fallback < 0 ? size : 0), 0, size);
        };
        if (graph.has_input(at, 4) && graph.input(at, 4).constant->numbers != std::vector<double>{1})
            return false;
        const std::int64_t end = bound("ends", 2, size);
        for (std::int64_t place = bound("starts", 1, 0); place < end; ++place)
            result.numbers.push_back(list.numbers[static_cast<std::size_t>(place)]);
        result.shape = {static_cast<std::int64_t>(result.numbers.size())};
    }
    set_constant(graph, at, std::move(result));
    return true;
}

/// A matrix with its axes changed.
inline bool fold_transpose(onnx_builder& graph, const onnx_node& at) {
    const onnx_constant& matrix = *graph.input(at, 0).constant;
    const std::vector<std::int64_t> order = wholes_of(at, "perm");
    if (matrix.shape.size() != 2 || (!order.empty() && order != std::vector<std::int64_t>{1, 0}))
        return false;
    const auto rows = static_cast<std::size_t>(matrix.shape[0]);
    const auto columns = static_cast<std::size_t>(matrix.shape[1]);
    onnx_constant result{
        {matrix.shape[1], matrix.shape[0]}, std::vector<double>(rows * columns), matrix.is_whole};
    for (std::size_t row = 0; row < rows; ++row)
        for (std::size_t column = 0; column < columns; ++column)
            result.numbers[column * rows + row] = matrix.numbers[row * columns + column];
    set_constant(graph, at, std::move(result));
    return true;
}

/// Computes a node whose inputs are all known before the network runs, as those of shapes. False where it is
/// none of these.
inline bool fold(onnx_builder& graph, const onnx_node& at) {
    if (at.type == "Shape" && !graph.input(at, 0).constant) {
        const std::vector<std::int64_t>& shape = graph.input(at, 0).shape;
        const auto rank = static_cast<std::int64_t>(shape.size());
        const auto bound = [&](std::string_view key, std::int64_t fallback) {
            const std::int64_t given = whole_of(at, key, fallback);
            return std::clamp<std::int64_t>(given + (given < 0 ? rank : 0), 0, rank);
        };
        onnx_constant result{{}, {}, true};
        for (std::int64_t axis = bound("start", 0); axis < bound("end", rank); ++axis)
            result.numbers.push_back(static_cast<double>(shape[static_cast<std::size_t>(axis)]));
        result.shape = {static_cast<std::int64_t>(result.numbers.size())};
        set_constant(graph, at, std::move(result));
        return true;
    }
    if (at.inputs.empty())
        return false;
    for (std::size_t i = 0; i < at.inputs.size(); ++i)
        if (graph.has_input(at, i) && !graph.input(at, i).constant)
            return false;
    const auto is = [&](std::string_view type) { return at.type == type; };
    if (is("Add") || is("Sub") || is("Mul") || is("Div"))
        return fold_pair(graph, at);
    if (is("Concat"))
        return fold_concat(graph, at);
    if (is("Gather") || is("Slice"))
        return fold_choice(graph, at);
    if (is("Transpose"))
        return fold_transpose(graph, at);
    if (is("Cast") || is("Floor") || is("Ceil")) {
        onnx_constant result = *graph.input(at, 0).constant;
        const std::int64_t type = whole_of(at, "to", 1);
        result.is_whole = is("Cast") ? type != 1 && type != 10 && type != 11 : result.is_whole;
        for (double& number : result.numbers)
            number = is("Ceil")        ? std::ceil(number)
                     : is("Floor")     ? std::floor(number)
                     : result.is_whole ? std::trunc(number)
                                       : number;
        set_constant(graph, at, std::move(result));
        return true;
    }
    return false;
}

} // namespace strata::bedrock::inline STRATA_SETTING::imports
