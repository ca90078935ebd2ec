// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/data/error.hpp>
#include <strata/expression/concatenate.hpp>
#include <strata/io/import/graph.hpp>
#include <strata/io/import/tree_expressions.hpp>
#include <strata/raise.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING::imports {

/// Finds how a graph is written with pipes and branches: the chain between a value and those that are wanted
/// is cut at nodes through which all ways lead, and between two of them are branches.
class tree_builder : tree_expressions {
public:
    using tree_expressions::tree_expressions;

    /// All layers behind the inputs, in the order in which strata numbers them.
    tree_chain build() {
        tree_chain result;
        build_between(graph_.inputs, graph_.outputs, result, 0);
        return result;
    }

private:
    [[noreturn]] void fail(std::size_t node) const {
        internal::raise(data_error::in_file(
            graph_.file, "a network of chains and branches that meet again",
            internal::concatenate("ways that cross, at layer ", internal::shown(graph_.nodes[node].name))));
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
        const bool is_apart =
            starts.size() == 1 ? groups.size() > 1 : arrange_by_start(starts, groups, members, group);
        if (!is_apart)
            return add_steps(starts, targets, result, depth);
        tree_item branches{makes_several(starts) ? tree_item::form::all : tree_item::form::branches};
        branches.is_split = starts.size() == 1 && !makes_several(starts);
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

    /// Behind several values there is one chain for each, in their order; false where some meet early.
    template <class Group>
    bool arrange_by_start(const values& starts, std::vector<std::size_t>& groups,
                          std::vector<values>& members, const Group& group) const {
        std::vector<values> arranged;
        for (const std::size_t start : starts) {
            const auto found = std::find(groups.begin(), groups.end(), group(start));
            if (found == groups.end())
                return false;
            arranged.push_back(std::move(members[static_cast<std::size_t>(found - groups.begin())]));
            *found = static_cast<std::size_t>(-1);
        }
        members = std::move(arranged);
        return true;
    }

    /// Ways that cross: one step after another, each of which gets all values that are still wanted. A
    /// stretch that begins and ends in one value is one step.
    void add_steps(values live, const values& targets, tree_chain& result, std::size_t depth) const {
        const std::vector<bool> is_between = nodes_between(live, targets);
        std::vector<bool> is_done(graph_.nodes.size(), false);
        if (makes_several(live))
            live = readers_[live.front()];
        for (const std::size_t start : live)
            is_done[start] = true;
        const auto is_wanted = [&](std::size_t value) {
            return contains(targets, value) ||
                   std::any_of(readers_[value].begin(), readers_[value].end(),
                               [&](std::size_t reader) { return is_between[reader] && !is_done[reader]; });
        };
        while (step_along(live, targets, is_done, result, depth) ||
               step_once(live, targets, is_between, is_done, is_wanted, result)) {
        }
        if (live == targets)
            return;
        tree_item picks{tree_item::form::picks};
        for (const std::size_t target : targets)
            picks.order.push_back(position(live, target));
        result.push_back(std::move(picks));
    }

    /// Takes one value along a stretch that nothing enters and nothing leaves.
    bool step_along(values& live, const values& targets, std::vector<bool>& is_done, tree_chain& result,
                    std::size_t depth) const {
        for (std::size_t& value : live) {
            auto end = contains(targets, value) ? std::nullopt : closed_stretch(value, targets, is_done);
            if (!end || makes_several({*end}))
                continue;
            while (!contains(targets, *end)) {
                const auto next = closed_stretch(*end, targets, is_done);
                if (!next || makes_several({*next}))
                    break;
                end = next;
            }
            const std::vector<bool> is_inside = nodes_between({value}, {*end});
            tree_item step{tree_item::form::branches};
            step.parts.resize(live.size());
            const auto index = static_cast<std::size_t>(&value - live.data());
            build_between({value}, {*end}, step.parts[index], depth + 1);
            for (std::size_t i = 0; i < is_inside.size(); ++i)
                is_done[i] = is_done[i] || is_inside[i];
            value = *end;
            if (live.size() == 1)
                result.insert(result.end(), step.parts[0].begin(), step.parts[0].end());
            else if (!result.empty() && goes_on_alone(result.back(), index, live.size()))
                result.back().parts[index].insert(result.back().parts[index].end(), step.parts[index].begin(),
                                                  step.parts[index].end());
            else
                result.push_back(std::move(step));
            return true;
        }
        return false;
    }

    /// Whether an item takes one of several values along and leaves the others as they are.
    static bool goes_on_alone(const tree_item& item, std::size_t index, std::size_t count) {
        if (item.what != tree_item::form::branches || item.parts.size() != count)
            return false;
        for (std::size_t part = 0; part < count; ++part)
            if (item.parts[part].empty() != (part != index))
                return false;
        return true;
    }

    /// Puts the next value that has several readers behind those that are still wanted.
    template <class IsWanted>
    bool step_once(values& live, const values& targets, const std::vector<bool>& is_between,
                   std::vector<bool>& is_done, const IsWanted& is_wanted, tree_chain& result) const {
        for (std::size_t i = 0; i < graph_.nodes.size(); ++i) {
            values layers;
            if (!is_between[i] || is_done[i] || !gather(i, live, targets, is_between, layers))
                continue;
            std::size_t end = i;
            while (!contains(targets, end) && readers_[end].size() == 1 && !makes_several({end})) {
                values more;
                if (!gather(readers_[end].front(), live, targets, is_between, more))
                    break;
                end = readers_[end].front();
                layers = std::move(more);
            }
            for (const std::size_t each : layers)
                is_done[each] = true;
            tree_item step{live.size() == 1 ? tree_item::form::branches : tree_item::form::all};
            step.is_split = live.size() == 1;
            values next;
            for (const std::size_t value : live)
                if (is_wanted(value)) {
                    next.push_back(value);
                    step.parts.push_back(expression(value, live));
                }
            step.parts.push_back(expression(end, live));
            if (makes_several({end}))
                for (const std::size_t result_of_it : readers_[end]) {
                    is_done[result_of_it] = true;
                    next.push_back(result_of_it);
                }
            else
                next.push_back(end);
            live = std::move(next);
            if (step.parts.size() == 1)
                result.insert(result.end(), step.parts[0].begin(), step.parts[0].end());
            else
                result.push_back(std::move(step));
            return true;
        }
        return false;
    }
};

} // namespace strata::bedrock::inline STRATA_SETTING::imports
