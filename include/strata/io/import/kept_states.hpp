// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/io/import/graph.hpp>
#include <strata/io/import/keras_time_distributed.hpp>
#include <strata/io/import/shapes.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING::imports {

/// Steps of a network that becomes of a model for one: a stream of it takes any number.
inline constexpr std::size_t presented_steps = 16;

/// Puts a node before the one that has its place so far.
inline void insert_node(model_graph& graph, std::size_t place, graph_node made) {
    const auto renumber = [&](std::vector<std::size_t>& numbers) {
        for (std::size_t& each : numbers)
            each += each >= place ? 1 : 0;
    };
    for (graph_node& node : graph.nodes)
        renumber(node.sources);
    renumber(graph.inputs);
    renumber(graph.outputs);
    graph.nodes.insert(graph.nodes.begin() + static_cast<std::ptrdiff_t>(place), std::move(made));
}

/// A model that computes one step of a sequence and hands its states on becomes a network of sequences: each
/// input has steps, its layers are applied to each of them, and the recurrent ones go along them.
inline void lengthen_steps(model_graph& graph) {
    const auto keeps_state = [](const graph_node& node) { return node.number("keeps_state") != 0; };
    const auto is_one_step = [&](const graph_node& node) {
        return keeps_state(node) && graph.nodes[node.sources.front()].shape.front() == 1;
    };
    if (std::none_of(graph.nodes.begin(), graph.nodes.end(), is_one_step))
        return;
    for (std::size_t number = 0; number < graph.nodes.size(); ++number) {
        graph_node& node = graph.nodes[number];
        if (node.kind == "input") {
            node.shape.insert(node.shape.begin(), presented_steps);
            continue;
        }
        if (!keeps_state(node)) {
            make_each_step(node);
            continue;
        }
        if (!is_one_step(node))
            node.hint = "it reads several steps where another layer reads one, and both keep their states";
        node.attributes["last_step"] = 0.0;
        // What stands before it makes a step, [1, features], of a row.
        graph_node& row = graph.nodes[node.sources.front()];
        if (row.kind == "reshape" && row.sources.size() == 1) {
            const std::size_t source = row.sources.front();
            const extents& shape = graph.nodes[source].shape;
            const bool was_lengthened = graph.nodes[source].kind == "input";
            if (shape.size() == (was_lengthened ? 2U : 1U)) {
                node.sources.front() = source;
                continue;
            }
        }
        if (row.kind != "reshape") {
            // An image of one pixel, say, whose channels are the features.
            const std::vector<double> features(row.shape.begin() + 1, row.shape.end());
            graph_node made{"reshape", node.name, {{"target", features}, {"each_step", 1.0}}};
            made.sources = {node.sources.front()};
            insert_node(graph, number, std::move(made));
            ++number;
            graph.nodes[number].sources.front() = number - 1;
            continue;
        }
        const std::vector<double> target = row.list("target");
        row.attributes["target"] =
            std::vector<double>(target.empty() ? target.begin() : target.begin() + 1, target.end());
    }
}

} // namespace strata::bedrock::inline STRATA_SETTING::imports
