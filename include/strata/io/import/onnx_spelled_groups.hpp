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

/// What turns the channels of an image that are its last axis to the front; nothing for other nodes.
inline std::optional<std::size_t> find_turned_image(onnx_builder& graph, std::size_t number) {
    const graph_node& node = graph.node(number);
    const std::vector<double> order = node.list("order");
    if (node.kind != "permute" || order.size() < 2 || order.front() != static_cast<double>(order.size()) ||
        !std::is_sorted(order.begin() + 1, order.end()))
        return std::nullopt;
    return node.sources.front();
}

/// A group normalization as it was written before ONNX had one: an image as [groups, numbers] through an
/// instance normalization, and in its own shape again. Nothing for other values. Its scale and center, of
/// channels, follow, where those of groups do nothing.
inline std::optional<onnx_value> spelled_group_norm(onnx_builder& graph, const onnx_node& operation,
                                                    const onnx_value& value,
                                                    const std::vector<std::int64_t>& shape) {
    if (value.constant || value.samples != 0 || value.joined || !graph.is_read_once(value.node) ||
        graph.node(value.node).kind != "instance_norm")
        return std::nullopt;
    const graph_node norm = graph.node(value.node);
    const std::size_t groups = norm.shape.back();
    std::size_t number = norm.sources.front();
    if (graph.node(number).kind == "permute" && groups > 1) // [groups, numbers] with the groups last
        number = graph.node(number).sources.front();
    if (norm.shape.size() != 2 || graph.node(number).kind != "reshape")
        return std::nullopt;
    const extents rows = graph.node(number).shape;
    const auto image = find_turned_image(graph, graph.node(number).sources.front());
    if (!image || rows != (groups > 1 ? extents{groups, norm.shape.front()} : norm.shape))
        return std::nullopt;
    onnx_value result = value;
    result.shape = shape;
    result.axes = onnx_builder::image_axes(shape.size());
    const extents before = graph.node(*image).shape;
    bool fits = result.axes.size() == before.size() && before.back() % groups == 0;
    for (std::size_t i = 0; fits && i < before.size(); ++i)
        fits = shape[result.axes[i]] == static_cast<std::int64_t>(before[i]);
    for (const auto& [name, weight] : norm.weights)
        fits = fits &&
               std::all_of(weight.numbers.begin(), weight.numbers.end(),
                           [is_scale = name == "gamma"](float each) { return each == (is_scale ? 1 : 0); });
    if (!fits)
        return std::nullopt;
    graph_node made{"group_norm", ""};
    made.attributes = {{"epsilon", norm.number("epsilon")},
                       {"scale", 0.0},
                       {"center", 0.0},
                       {"groups", static_cast<double>(groups)}};
    const auto added = graph.add(operation, std::move(made), {*image});
    if (!added)
        return std::nullopt;
    result.node = *added;
    return result;
}

} // namespace strata::bedrock::inline STRATA_SETTING::imports
