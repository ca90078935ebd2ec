// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/data/error.hpp>
#include <strata/expression/concatenate.hpp>
#include <strata/io/import/graph.hpp>
#include <strata/raise.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING::imports {

/// A part of a topology as it is written: a layer, or chains beside each other.
struct tree_item {
    enum class form {
        layer,    ///< a node of the graph
        branches, ///< chains behind one value, or one behind each of several
        picks     ///< some of the values so far, in another order
    };
    form what = form::layer;
    std::size_t node = 0;
    std::vector<std::vector<tree_item>> parts{};
    std::vector<std::size_t> order{};
};
using tree_chain = std::vector<tree_item>;

/// Finds how a graph is written with pipes and branches: the chain between a value and those that are wanted
/// is cut at nodes through which all ways lead, and between two of them are branches.
class tree_builder {
public:
    explicit tree_builder(const model_graph& graph) : graph_(graph), readers_(graph.nodes.size()) {
        for (std::size_t i = 0; i < graph.nodes.size(); ++i)
            for (const std::size_t source : graph.nodes[i].sources)
                readers_[source].push_back(i);
    }

    /// All layers behind the inputs, in the order in which strata numbers them.
    tree_chain build() {
        tree_chain result;
        build_between(graph_.inputs, graph_.outputs, result, 0);
        return result;
    }

private:
    using values = std::vector<std::size_t>;
    static constexpr std::size_t deepest = 200;

    [[noreturn]] void fail(std::size_t node) const {
        internal::raise(data_error::in_file(
            graph_.file, "a network of chains and branches that meet again",
            internal::concatenate("ways that cross, at layer ", internal::shown(graph_.nodes[node].name))));
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
        const auto is_in = [](const values& list, std::size_t node) {
            return std::find(list.begin(), list.end(), node) != list.end();
        };
        const auto ways = [&](std::size_t node) {
            return static_cast<std::size_t>(
                std::count_if(readers_[node].begin(), readers_[node].end(),
                              [&](std::size_t reader) { return is_between[reader]; }));
        };
        for (const std::size_t start : starts) {
            if (is_in(targets, start))
                return std::nullopt;
            open += ways(start);
        }
        for (std::size_t i = 0; i < graph_.nodes.size(); ++i) {
            if (!is_between[i] || is_in(starts, i))
                continue;
            const auto closed = static_cast<std::size_t>(
                std::count_if(graph_.nodes[i].sources.begin(), graph_.nodes[i].sources.end(),
                              [&](std::size_t source) { return is_between[source]; }));
            if (closed == open)
                return i;
            if (is_in(targets, i))
                return std::nullopt;
            open += ways(i) - closed;
        }
        return std::nullopt;
    }

    void build_between(values starts, const values& targets, tree_chain& result, std::size_t depth) const {
        if (depth == deepest)
            fail(starts.front());
        while (starts != targets) {
            const std::vector<bool> is_between = nodes_between(starts, targets);
            const auto next = meeting_point(starts, targets, is_between);
            if (!next) {
                add_branches(starts, targets, result, depth);
                return;
            }
            const values& sources = graph_.nodes[*next].sources;
            for (const std::size_t source : sources)
                if (!is_between[source])
                    fail(*next);
            if (sources != starts)
                add_branches(starts, sources, result, depth);
            result.push_back({tree_item::form::layer, *next});
            starts = {*next};
        }
    }

    /// Chains beside each other from the starts to the targets. Those that share layers are one chain.
    void add_branches(const values& starts, const values& targets, tree_chain& result,
                      std::size_t depth) const {
        const std::vector<bool> is_between = nodes_between(starts, targets);
        // Each target belongs to the ways by which it is reached: a start's readers, or the start itself.
        const std::size_t count = graph_.nodes.size();
        std::vector<std::size_t> group_of(count + targets.size());
        for (std::size_t i = 0; i < group_of.size(); ++i)
            group_of[i] = i;
        const auto group = [&](std::size_t node) {
            while (group_of[node] != node)
                node = group_of[node] = group_of[group_of[node]];
            return node;
        };
        const auto is_start = [&](std::size_t node) {
            return std::find(starts.begin(), starts.end(), node) != starts.end();
        };
        for (std::size_t i = 0; i < count; ++i)
            if (is_between[i] && !is_start(i))
                for (const std::size_t source : graph_.nodes[i].sources)
                    if (is_between[source] && (!is_start(source) || starts.size() > 1))
                        group_of[group(i)] = group(source);
        // A start that is itself wanted is a way of its own, each time.
        std::vector<std::size_t> groups;
        std::vector<values> members;
        std::vector<values> origins;
        values order;
        for (std::size_t t = 0; t < targets.size(); ++t) {
            const std::size_t own =
                is_start(targets[t]) && starts.size() == 1 ? count + t : group(targets[t]);
            const auto found = std::find(groups.begin(), groups.end(), own);
            const auto place = static_cast<std::size_t>(found - groups.begin());
            if (found == groups.end()) {
                groups.push_back(own);
                members.emplace_back();
                origins.emplace_back();
            }
            members[place].push_back(t);
        }
        if (starts.size() == 1 && groups.size() == 1)
            fail(targets.front());
        if (starts.size() > 1)
            arrange_by_start(starts, groups, members, group);
        tree_item branches{tree_item::form::branches};
        for (const values& each : members) {
            values wanted;
            for (const std::size_t t : each) {
                wanted.push_back(targets[t]);
                order.push_back(t);
            }
            tree_chain part;
            const std::size_t index = static_cast<std::size_t>(&each - members.data());
            const values begin = starts.size() == 1 ? starts : values{starts[index]};
            build_between(begin, wanted, part, depth + 1);
            branches.parts.push_back(std::move(part));
        }
        result.push_back(std::move(branches));
        if (std::is_sorted(order.begin(), order.end()))
            return;
        tree_item picks{tree_item::form::picks};
        picks.order.resize(order.size());
        for (std::size_t place = 0; place < order.size(); ++place)
            picks.order[order[place]] = place;
        result.push_back(std::move(picks));
    }

    /// Behind several values there is one chain for each, in their order.
    template <class Group>
    void arrange_by_start(const values& starts, std::vector<std::size_t>& groups,
                          std::vector<values>& members, const Group& group) const {
        std::vector<values> arranged;
        for (const std::size_t start : starts) {
            const auto found = std::find(groups.begin(), groups.end(), group(start));
            if (found == groups.end())
                fail(start);
            arranged.push_back(std::move(members[static_cast<std::size_t>(found - groups.begin())]));
            *found = static_cast<std::size_t>(-1); // two inputs that meet early
        }
        members = std::move(arranged);
    }

    const model_graph& graph_;
    std::vector<values> readers_;
};

} // namespace strata::bedrock::inline STRATA_SETTING::imports
