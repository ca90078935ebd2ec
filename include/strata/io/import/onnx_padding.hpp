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

/// How many places Pad adds along each axis, those before all and then those behind all.
inline std::optional<std::vector<std::int64_t>> pads_of(onnx_builder& graph, const onnx_node& operation,
                                                        std::size_t rank) {
    std::vector<std::int64_t> pads = wholes_of(operation, "pads");
    if (graph.has_input(operation, 1)) {
        const onnx_constant* const given = graph.constant(operation, 1);
        if (given == nullptr)
            return std::nullopt;
        pads = as_wholes(*given);
    }
    if (graph.has_input(operation, 3)) { // axes that the list is of
        const onnx_constant* const given = graph.constant(operation, 3);
        if (given == nullptr)
            return std::nullopt;
        const std::vector<std::int64_t> axes = as_wholes(*given);
        std::vector<std::int64_t> all(2 * rank, 0);
        for (std::size_t i = 0; i < axes.size(); ++i) {
            const std::int64_t axis = axes[i] + (axes[i] < 0 ? static_cast<std::int64_t>(rank) : 0);
            if (axis < 0 || axis >= static_cast<std::int64_t>(rank) || pads.size() != 2 * axes.size())
                graph.fail(operation, "a begin and an end for each of its axes", "others");
            all[static_cast<std::size_t>(axis)] = pads[i];
            all[rank + static_cast<std::size_t>(axis)] = pads[axes.size() + i];
        }
        pads = std::move(all);
    }
    if (pads.size() != 2 * rank)
        graph.fail(operation, internal::concatenate(2 * rank, " pads"), internal::concatenate(pads.size()));
    return pads;
}

/// Pad by zeros, by the outermost places or by what lies within, mirrored.
inline void read_padding(onnx_builder& graph, const onnx_node& operation) {
    const onnx_value value = graph.input(operation, 0);
    const std::size_t rank = value.shape.size();
    const auto pads = pads_of(graph, operation, rank);
    if (!pads)
        return;
    if (std::all_of(pads->begin(), pads->end(), [](std::int64_t each) { return each == 0; }))
        return graph.set(operation, value);
    constexpr std::int64_t most = std::int64_t{1} << 31;
    if (std::any_of(pads->begin(), pads->end(), [](std::int64_t each) { return each < 0 || each > most; }))
        return graph.add_problem(operation, "a padding below 0, or larger than any image");
    const std::string mode = word_of(operation, "mode", "constant");
    double filler = real_of(operation, "value", 0);
    if (graph.has_input(operation, 2)) {
        const onnx_constant* const given = graph.constant(operation, 2);
        if (given == nullptr)
            return;
        filler = given->numbers.empty() ? 0 : given->numbers.front();
    }
    graph_node made{mode == "constant" ? "zero_pad" : mode == "edge" ? "edge_pad" : "reflect_pad", ""};
    if ((mode == "constant" && filler != 0) || (mode != "constant" && mode != "edge" && mode != "reflect"))
        return graph.add_problem(operation, "padding by other numbers than zeros, edges and reflections");

    // strata pads all axes of an image but the last, so that one which is not padded, or one of 1, is put
    // there.
    const auto is_padded = [&](std::size_t axis) { return (*pads)[axis] != 0 || (*pads)[rank + axis] != 0; };
    std::vector<std::size_t> order;
    std::optional<std::size_t> last;
    for (const std::size_t axis : value.axes)
        if (!is_padded(axis))
            last = axis;
    for (const std::size_t axis : value.axes)
        if (axis != last)
            order.push_back(axis);
    for (std::size_t axis = 0; axis < rank; ++axis)
        if (is_padded(axis) && std::find(order.begin(), order.end(), axis) == order.end())
            return graph.add_problem(operation, "of samples, or of an axis of one number");
    if (last)
        order.push_back(*last);
    auto arranged = graph.arrange(operation, value, order);
    if (!arranged)
        return;
    onnx_value result = *arranged;
    std::vector<double> shape;
    std::vector<double> begin;
    std::vector<double> end;
    for (const std::size_t axis : order) {
        shape.push_back(static_cast<double>(value.shape[axis]));
        begin.push_back(static_cast<double>((*pads)[axis]));
        end.push_back(static_cast<double>((*pads)[rank + axis]));
        result.shape[axis] += (*pads)[axis] + (*pads)[rank + axis];
    }
    const auto reshaped = [&](std::vector<double> target, std::size_t source) {
        graph_node reshape{"reshape", ""};
        reshape.attributes["target"] = std::move(target);
        return graph.add(operation, std::move(reshape), {source});
    };
    if (last) {
        begin.pop_back();
        end.pop_back();
    } else {
        shape.push_back(1);
        const auto widened = reshaped(shape, result.node);
        if (!widened)
            return;
        result.node = *widened;
    }
    made.attributes["begin"] = std::move(begin);
    made.attributes["end"] = std::move(end);
    auto number = graph.add(operation, std::move(made), {result.node});
    if (number && !last) {
        std::vector<double> target;
        for (const std::size_t axis : order)
            target.push_back(static_cast<double>(result.shape[axis]));
        number = reshaped(std::move(target), *number);
    }
    if (!number)
        return;
    result.node = *number;
    graph.set(operation, std::move(result));
}

} // namespace strata::bedrock::inline STRATA_SETTING::imports
