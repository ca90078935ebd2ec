// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/io/import/each_step.hpp>
#include <strata/io/import/graph.hpp>
#include <strata/io/import/keras_time_distributed.hpp>
#include <strata/io/import/onnx_builder.hpp>
#include <strata/io/import/onnx_shapes.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING::imports {

// Layers of each step as exporters write them: a reshape that takes the steps of all samples for samples,
// [samples, steps, ...] as [samples steps, ...], the layers, and a reshape that parts them again. In between
// a node of the kind `steps` stands for one step of the sequence that it reads.

/// Takes steps for samples. False where a reshape does not.
inline bool join_steps(onnx_builder& graph, const onnx_node& operation,
                       const std::vector<std::int64_t>& shape) {
    const onnx_value& value = graph.input(operation, 0);
    const std::vector<std::int64_t>& old = value.shape;
    if (graph.first_axis != 1 || value.constant || value.samples != 0 || !value.places.empty() ||
        old.size() != shape.size() + 1 || shape.size() < 2 || old.front() != graph.batch || old[1] < 2 ||
        shape.front() != old[0] * old[1] || !std::equal(shape.begin() + 1, shape.end(), old.begin() + 2))
        return false;
    const auto sequence = graph.arrange(operation, value, graph.plain_axes(old));
    if (!sequence)
        return true;
    graph_node made{"steps", ""};
    made.attributes["count"] = static_cast<double>(old[1]);
    made.hint = "steps and samples on one axis, which nothing parts again";
    if (const auto number = graph.add(operation, std::move(made), {sequence->node})) {
        onnx_value result;
        result.node = *number;
        result.shape = shape;
        result.axes = graph.plain_axes(shape);
        graph.set(operation, std::move(result));
    }
    return true;
}

/// The nodes from those of the kind `steps` to one, in their order. Nothing where a way leads to the node
/// that passes none of so many steps.
inline std::optional<std::vector<std::size_t>> nodes_of_step(onnx_builder& graph, std::size_t last,
                                                             std::size_t steps) {
    std::set<std::size_t> seen{last};
    std::vector<std::size_t> open{last};
    while (!open.empty()) {
        const graph_node& node = graph.node(open.back());
        open.pop_back();
        if (node.kind == "steps") {
            if (node.count("count") != steps)
                return std::nullopt;
            continue;
        }
        if (node.sources.empty())
            return std::nullopt;
        for (const std::size_t source : node.sources)
            if (seen.insert(source).second)
                open.push_back(source);
    }
    return std::vector<std::size_t>(seen.begin(), seen.end());
}

/// Parts steps from samples: all between becomes layers of each step. False where a reshape does not.
inline bool part_steps(onnx_builder& graph, const onnx_node& operation,
                       const std::vector<std::int64_t>& shape) {
    const onnx_value given = graph.input(operation, 0);
    if (graph.first_axis != 1 || given.constant || given.samples != 0 || shape.size() < 3 ||
        shape.front() != graph.batch || given.shape.front() == graph.batch ||
        shape[0] * shape[1] != given.shape.front())
        return false;
    // One step as it is to be, and then all of them.
    std::vector<std::int64_t> step = shape;
    step.erase(step.begin());
    step.front() = given.shape.front();
    auto value = reshape_value(graph, operation, given, step);
    value = value ? graph.straighten(operation, *value) : value;
    value = value ? graph.arrange(operation, *value, graph.plain_axes(step)) : value;
    const auto nodes =
        value ? nodes_of_step(graph, value->node, static_cast<std::size_t>(shape[1])) : std::nullopt;
    if (!nodes)
        return !value;
    std::map<std::size_t, std::size_t> places;
    for (const std::size_t number : *nodes) {
        graph_node& one = graph.node(number);
        if (one.kind == "steps") {
            places[number] = one.sources.front();
            continue;
        }
        if (one.has("parted")) {
            graph.add_problem(operation, "steps that several readers part from samples");
            return true;
        }
        auto weights = std::exchange(one.weights, {});
        graph_node made = one;
        made.weights = std::move(weights);
        one.attributes["parted"] = 1.0;
        one.hint = "steps and samples on one axis, which one reader of it parts, and another one does not";
        std::vector<std::size_t> sources;
        for (const std::size_t source : made.sources)
            sources.push_back(places[source]);
        make_each_step(made);
        // A reshape behind another one would take its place, and that one is of all steps.
        const graph_node& before = graph.node(sources.front());
        if (made.kind == "reshape" && before.kind == "reshape" && !is_each_step(before)) {
            graph.add_problem(operation, "steps and samples on one axis, and in another shape");
            return true;
        }
        const auto added = graph.add(operation, std::move(made), sources);
        if (!added)
            return true;
        places[number] = *added;
    }
    onnx_value result;
    result.node = places[value->node];
    result.shape = shape;
    result.axes = graph.plain_axes(shape);
    graph.set(operation, std::move(result));
    return true;
}

} // namespace strata::bedrock::inline STRATA_SETTING::imports
