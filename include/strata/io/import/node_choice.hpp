// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/data/error.hpp>
#include <strata/expression/concatenate.hpp>
#include <strata/io/import/graph.hpp>
#include <strata/raise.hpp>
#include <strata/setting.hpp>

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING::imports {

/// Drops nodes that no output needs: what stands in a recognised combination as one node instead. Inputs
/// stay.
inline void drop_unread_nodes(model_graph& graph) {
    std::vector<bool> is_read(graph.nodes.size(), false);
    for (const std::vector<std::size_t>* const list :
         {&std::as_const(graph).inputs, &std::as_const(graph).outputs})
        for (const std::size_t each : *list)
            is_read[each] = true;
    for (std::size_t i = graph.nodes.size(); i-- > 0;)
        if (is_read[i])
            for (const std::size_t source : graph.nodes[i].sources)
                is_read[source] = true;
    std::vector<std::size_t> places(graph.nodes.size(), 0);
    std::vector<graph_node> kept;
    for (std::size_t i = 0; i < graph.nodes.size(); ++i)
        if (is_read[i]) {
            places[i] = kept.size();
            kept.push_back(std::move(graph.nodes[i]));
        }
    const auto renumber = [&](std::vector<std::size_t>& numbers) {
        for (std::size_t& each : numbers)
            each = places[each];
    };
    for (graph_node& node : kept)
        renumber(node.sources);
    renumber(graph.inputs);
    renumber(graph.outputs);
    graph.nodes = std::move(kept);
}

/// Which of some names is the one that is meant: the same, or the only one that ends so behind a slash.
/// data_error with the words for what is named where there is none, or several.
inline std::size_t find_name(const std::vector<std::string>& names, const std::string& wanted,
                             const std::string& file, const char* what) {
    std::vector<std::size_t> fitting;
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (names[i] == wanted)
            return i;
        if (names[i].ends_with("/" + wanted))
            fitting.push_back(i);
    }
    if (fitting.size() != 1)
        internal::raise(data_error::in_file(
            file, internal::concatenate(what, " ", internal::shown(wanted)),
            fitting.empty() ? std::string("none of this name")
                            : internal::concatenate(fitting.size(), " whose names end so, ",
                                                    internal::shown(names[fitting[0]]), " and ",
                                                    internal::shown(names[fitting[1]]))));
    return fitting.front();
}

/// Lets a network end at other nodes, which are named, where there are names.
inline void choose_outputs(model_graph& graph, const std::vector<std::string>& names) {
    if (names.empty())
        return;
    std::vector<std::string> known;
    for (const graph_node& node : graph.nodes)
        known.push_back(node.name);
    graph.outputs.clear();
    for (const std::string& each : names)
        graph.outputs.push_back(find_name(known, each, graph.file, "a layer"));
    graph.output_axes.clear();
    drop_unread_nodes(graph);
}

} // namespace strata::bedrock::inline STRATA_SETTING::imports
