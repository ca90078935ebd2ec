// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/setting.hpp>
#include <strata/source/piece.hpp>

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING::detail {

/// A topology as numbers: which layer makes which values of which others.
struct source_flow {
    using values = std::vector<std::size_t>;
    static constexpr std::size_t nobody = static_cast<std::size_t>(-1);

    struct node {
        topology_piece piece;
        values sources;
        values results;
        bool closes_bypass = false; ///< the sum behind a residual block
        std::string shared = {};    ///< whose weights it has in a part that may stand in several places
        std::size_t value = 0;      ///< the number of what it makes, all results together
        values input = {};          ///< the extents of its first value
        values output = {};         ///< those of its result
    };
    values inputs;
    values outputs;
    std::vector<node> nodes; ///< in their order
};

/// Answers what lies between values of a flow.
class flow_map {
public:
    using values = source_flow::values;
    using flags = std::vector<char>;

    explicit flow_map(const source_flow& whole) : flow(whole) {
        for (std::size_t i = 0; i < flow.nodes.size(); ++i)
            for (const std::size_t result : flow.nodes[i].results) {
                if (makers.size() <= result)
                    makers.resize(result + 1, source_flow::nobody);
                makers[result] = i;
            }
    }

    static bool has(const values& list, std::size_t value) {
        return std::find(list.begin(), list.end(), value) != list.end();
    }
    static std::size_t place(const values& list, std::size_t value) {
        return static_cast<std::size_t>(std::find(list.begin(), list.end(), value) - list.begin());
    }

    [[nodiscard]] const source_flow::node& maker(std::size_t value) const {
        return flow.nodes[makers[value]];
    }

    /// Results of nodes of which nobody reads any.
    [[nodiscard]] values unused() const {
        values result;
        for (const source_flow::node& each : flow.nodes) {
            const auto is_used = [&](std::size_t value) {
                return has(flow.outputs, value) || std::any_of(flow.nodes.begin(), flow.nodes.end(),
                                                               [&](const source_flow::node& reader) {
                                                                   return has(reader.sources, value);
                                                               });
            };
            if (std::none_of(each.results.begin(), each.results.end(), is_used))
                result.insert(result.end(), each.results.begin(), each.results.end());
        }
        return result;
    }

    /// The nodes between open and wanted values, and how often each value is read there.
    struct region {
        flags nodes;
        std::vector<std::size_t> uses;
        flags reads_open; // which of the open values

        [[nodiscard]] bool meets(const region& other) const {
            for (std::size_t i = 0; i < nodes.size(); ++i)
                if (nodes[i] && other.nodes[i])
                    return true;
            return false;
        }
    };
    [[nodiscard]] region region_between(const values& open, const values& wanted,
                                        const values& borders = {}) const {
        region result{flags(flow.nodes.size()), std::vector<std::size_t>(makers.size() + flow.inputs.size()),
                      flags(open.size())};
        values left = wanted;
        while (!left.empty()) {
            const std::size_t value = left.back();
            left.pop_back();
            if (value < result.uses.size())
                ++result.uses[value];
            if (has(open, value)) {
                result.reads_open[place(open, value)] = 1;
                continue;
            }
            if (has(borders, value) || result.nodes[makers[value]])
                continue;
            result.nodes[makers[value]] = 1;
            const values& sources = maker(value).sources;
            left.insert(left.end(), sources.begin(), sources.end());
        }
        return result;
    }

    using ranges = std::vector<std::pair<std::size_t, std::size_t>>;

    /// Which nodes groups of values need, one after another in the order of the nodes: the number of each
    // one's group.
    std::vector<std::pair<std::size_t, std::size_t>> nodes_of(const ranges& groups,
                                                              const std::vector<region>& regions) const {
        std::vector<std::pair<std::size_t, std::size_t>> result; // node, group
        for (std::size_t node = 0; node < flow.nodes.size(); ++node)
            for (std::size_t group = 0; group < groups.size(); ++group)
                if (std::any_of(regions.begin() + static_cast<std::ptrdiff_t>(groups[group].first),
                                regions.begin() + static_cast<std::ptrdiff_t>(groups[group].second),
                                [&](const region& each) { return each.nodes[node] != 0; }))
                    result.emplace_back(node, group);
        return result;
    }

    /// The wanted values in the order in which their groups are made, if each is made as a whole.
    values in_order(const ranges& groups, const std::vector<region>& regions, const values& wanted) const {
        std::vector<std::size_t> order;
        for (const auto& [node, group] : nodes_of(groups, regions)) {
            if (!order.empty() && order.back() == group)
                continue;
            if (has(order, group))
                return wanted;
            order.push_back(group);
        }
        if (std::is_sorted(order.begin(), order.end()))
            return wanted;
        for (std::size_t group = 0; group < groups.size(); ++group)
            if (!has(order, group))
                order.push_back(group); // of open values
        values result;
        for (const std::size_t group : order)
            result.insert(result.end(), wanted.begin() + static_cast<std::ptrdiff_t>(groups[group].first),
                          wanted.begin() + static_cast<std::ptrdiff_t>(groups[group].second));
        return result;
    }

    /// Where groups are made in turns: the values that the first turn leaves to the next, or those that are
    /// wanted if there is one turn.
    values made_before(const ranges& groups, const std::vector<region>& regions, const values& open,
                       const values& wanted) const {
        const auto nodes = nodes_of(groups, regions);
        std::size_t turn = 1;
        while (turn < nodes.size() && nodes[turn].second >= nodes[turn - 1].second)
            ++turn;
        if (turn >= nodes.size())
            return wanted;
        values read = wanted;
        for (std::size_t i = turn; i < nodes.size(); ++i) {
            const values& sources = flow.nodes[nodes[i].first].sources;
            read.insert(read.end(), sources.begin(), sources.end());
        }
        // Open values stand where the groups do that need them.
        values result;
        for (std::size_t group = 0; group < groups.size(); ++group) {
            for (std::size_t i = 0; i < open.size(); ++i) {
                const bool is_read = std::any_of(
                    nodes.begin() + static_cast<std::ptrdiff_t>(turn), nodes.end(), [&](const auto& each) {
                        return each.second == group && has(flow.nodes[each.first].sources, open[i]);
                    });
                const auto first = wanted.begin() + static_cast<std::ptrdiff_t>(groups[group].first);
                const auto last = wanted.begin() + static_cast<std::ptrdiff_t>(groups[group].second);
                if ((is_read || std::find(first, last, open[i]) != last) && !has(result, open[i]))
                    result.push_back(open[i]);
            }
            for (std::size_t i = 0; i < turn; ++i)
                if (nodes[i].second == group)
                    for (const std::size_t value : flow.nodes[nodes[i].first].results)
                        if (has(read, value))
                            result.push_back(value);
        }
        return result;
    }

    const source_flow& flow;
    values makers;
};

} // namespace strata::bedrock::inline STRATA_SETTING::detail
