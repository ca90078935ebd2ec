// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/io/import/graph.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING::imports {

/// Which ways lead from values of a graph to others, and where they meet.
class graph_ways {
public:
    using values = std::vector<std::size_t>;

    explicit graph_ways(const model_graph& graph) : graph_(graph), readers_(graph.nodes.size()) {
        for (std::size_t i = 0; i < graph.nodes.size(); ++i)
            for (const std::size_t source : graph.nodes[i].sources)
                readers_[source].push_back(i);
    }

    static bool contains(const values& list, std::size_t value) {
        return std::find(list.begin(), list.end(), value) != list.end();
    }
    static std::size_t position(const values& list, std::size_t value) {
        return static_cast<std::size_t>(std::find(list.begin(), list.end(), value) - list.begin());
    }

    /// How many of those read a node.
    [[nodiscard]] std::size_t count_readers(std::size_t node, const std::vector<bool>& is_between) const {
        return static_cast<std::size_t>(
            std::count_if(readers_[node].begin(), readers_[node].end(),
                          [&](std::size_t reader) { return is_between[reader]; }));
    }

    /// Which nodes are on a way from the starts to the targets.
    [[nodiscard]] std::vector<bool> nodes_between(const values& starts, const values& targets) const {
        const std::size_t count = graph_.nodes.size();
        std::vector<bool> is_reached(count, false);
        std::vector<bool> is_wanted(count, false);
        for (const std::size_t start : starts)
            is_reached[start] = true;
        for (std::size_t i = 0; i < count; ++i)
            for (const std::size_t source : graph_.nodes[i].sources)
                is_reached[i] = is_reached[i] || is_reached[source];
        for (const std::size_t target : targets)
            is_wanted[target] = true;
        for (std::size_t i = count; i-- > 0;)
            for (const std::size_t reader : readers_[i])
                is_wanted[i] = is_wanted[i] || is_wanted[reader];
        for (std::size_t i = 0; i < count; ++i)
            is_wanted[i] = is_wanted[i] && is_reached[i];
        return is_wanted;
    }

    /// The first node behind the starts through which all ways to the targets lead.
    [[nodiscard]] std::optional<std::size_t> meeting_point(const values& starts, const values& targets,
                                                           const std::vector<bool>& is_between) const {
        std::size_t open = 0; // ways from nodes that were passed to nodes that were not
        for (const std::size_t start : starts) {
            if (contains(targets, start))
                return std::nullopt;
            open += count_readers(start, is_between);
        }
        for (std::size_t i = 0; i < graph_.nodes.size(); ++i) {
            if (!is_between[i] || contains(starts, i))
                continue;
            const auto closed = static_cast<std::size_t>(
                std::count_if(graph_.nodes[i].sources.begin(), graph_.nodes[i].sources.end(),
                              [&](std::size_t source) { return is_between[source]; }));
            if (closed == open)
                return i;
            if (contains(targets, i))
                return std::nullopt;
            open += count_readers(i, is_between) - closed;
        }
        return std::nullopt;
    }

    /// The node at which all ways from a value meet again, where they read nothing else before.
    [[nodiscard]] std::optional<std::size_t> closed_stretch(std::size_t value, const values& targets,
                                                            const std::vector<bool>& is_done) const {
        const std::vector<bool> is_between = nodes_between({value}, targets);
        std::vector<bool> is_inside(graph_.nodes.size(), false);
        is_inside[value] = true;
        std::size_t open = count_readers(value, is_between);
        for (std::size_t i = value + 1; i < graph_.nodes.size(); ++i) {
            const values& sources = graph_.nodes[i].sources;
            if (!is_between[i])
                continue;
            if (is_done[i] || !std::all_of(sources.begin(), sources.end(),
                                           [&](std::size_t each) { return is_inside[each]; }))
                return std::nullopt;
            if (sources.size() == open)
                return i;
            if (contains(targets, i))
                return std::nullopt;
            is_inside[i] = true;
            open += count_readers(i, is_between) - sources.size();
        }
        return std::nullopt;
    }

protected:
    const model_graph& graph_;
    std::vector<values> readers_;
};

} // namespace strata::bedrock::inline STRATA_SETTING::imports
