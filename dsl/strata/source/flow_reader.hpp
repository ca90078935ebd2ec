// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/setting.hpp>
#include <strata/source/flow.hpp>
#include <strata/source/piece.hpp>

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING::detail {

/// Finds the branches, residual blocks and chains which make a flow: from values that are open it makes those
/// that are wanted, and cuts where values are used several times. Each node must come in its order, as the
/// order is part of the type; where that fails, every value is kept by hand as long as somebody needs it.
class flow_reader : flow_map {
public:
    using flow_map::flow_map;

    /// What stands behind the inputs.
    std::vector<topology_piece> pieces() {
        values wanted = flow.outputs;
        const values dropped = unused();
        wanted.insert(wanted.end(), dropped.begin(), dropped.end());
        if (!dropped.empty())
            std::sort(wanted.begin(), wanted.end());
        std::vector<topology_piece> result = make(flow.inputs, wanted);
        if (!dropped.empty())
            append_pieces(result, choices(wanted, flow.outputs));
        bool is_in_order = !has_failed_ && made_.size() == flow.nodes.size();
        for (std::size_t i = 0; is_in_order && i < made_.size(); ++i)
            is_in_order = made_[i] == i;
        return is_in_order ? result : step_by_step();
    }

private:
    using kind = topology_piece::kind;

    values made_; // the nodes, as they were written
    bool has_failed_ = false;

    static void append_pieces(std::vector<topology_piece>& list, std::vector<topology_piece> added) {
        for (topology_piece& each : added)
            list.push_back(std::move(each));
    }
    // Some of the values that are open.
    static std::vector<topology_piece> choices(const values& open, const values& wanted) {
        if (open == wanted)
            return {};
        std::vector<topology_piece> result;
        for (const std::size_t value : wanted)
            result.push_back(open.size() == 1 ? topology_piece{}
                                              : topology_piece::chosen(place(open, value)));
        if (wanted.size() > 1)
            result = {
                topology_piece::made(open.size() == 1 ? kind::fork : kind::fork_of_all, std::move(result))};
        return result;
    }

    std::vector<topology_piece> make(const values& open, const values& wanted) {
        if (has_failed_ ||
            std::all_of(wanted.begin(), wanted.end(), [&](std::size_t value) { return has(open, value); }))
            return choices(open, wanted);
        if (makers[wanted[0]] != source_flow::nobody && !has(open, wanted[0])) {
            const std::size_t last = makers[wanted[0]];
            const source_flow::node& node = flow.nodes[last];
            if (node.results == wanted) {
                std::vector<topology_piece> result = make(open, node.sources);
                made_.push_back(last);
                if (node.closes_bypass && !result.empty() && result.back().is == kind::fork &&
                    result.back().parts.size() == 2)
                    result.back().is = kind::bypass;
                else
                    result.push_back(node.piece);
                return result;
            }
            if (wanted.size() == 1) {
                std::vector<topology_piece> result = make(open, node.results);
                append_pieces(result, choices(node.results, wanted));
                return result;
            }
        }
        return make_several(open, wanted);
    }

    std::vector<topology_piece> make_several(const values& open, const values& wanted) {
        std::vector<region> regions;
        for (const std::size_t value : wanted)
            regions.push_back(region_between(open, {value}));
        // Values of which two have nodes in common belong together, with all between them.
        std::vector<std::pair<std::size_t, std::size_t>> groups;
        for (std::size_t begin = 0; begin < wanted.size(); begin = groups.back().second) {
            std::size_t end = begin + 1;
            for (std::size_t i = begin; i < end; ++i)
                for (std::size_t k = end; k < wanted.size(); ++k)
                    if (regions[i].meets(regions[k]))
                        end = k + 1;
            groups.emplace_back(begin, end);
        }
        if (groups.size() == 1)
            return cut(open, wanted);
        if (const values sorted = in_order(groups, regions, wanted); sorted != wanted) {
            std::vector<topology_piece> result = make(open, sorted);
            append_pieces(result, choices(sorted, wanted));
            return result;
        }
        if (const values first = made_before(groups, regions, open, wanted);
            first != wanted && first != open) {
            std::vector<topology_piece> result = make(open, first);
            append_pieces(result, make(first, wanted));
            return result;
        }
        const auto values_of = [&](std::pair<std::size_t, std::size_t> group) {
            return values(wanted.begin() + static_cast<std::ptrdiff_t>(group.first),
                          wanted.begin() + static_cast<std::ptrdiff_t>(group.second));
        };
        const auto open_of = [&](std::pair<std::size_t, std::size_t> group) {
            const region inner = region_between(open, values_of(group));
            values result;
            for (std::size_t i = 0; i < open.size(); ++i)
                if (inner.reads_open[i])
                    result.push_back(open[i]);
            return result;
        };
        // Where each open value goes into parts of its own, those stand one beside the other.
        std::vector<std::pair<std::size_t, std::size_t>> rows;
        std::vector<values> row_values;
        for (const auto& group : groups) {
            const values read = open_of(group);
            if (!rows.empty() && open.size() > 1 && read.size() == 1 && row_values.back() == read)
                rows.back().second = group.second;
            else {
                rows.push_back(group);
                row_values.push_back(read);
            }
        }
        bool is_parallel = rows.size() == open.size() && open.size() > 1;
        for (std::size_t i = 0; is_parallel && i < rows.size(); ++i)
            is_parallel = row_values[i] == values{open[i]};
        std::vector<topology_piece> parts;
        for (const auto& each : is_parallel ? rows : groups) {
            const values read = is_parallel || open.size() > 1 ? open_of(each) : open;
            std::vector<topology_piece> part;
            if (!is_parallel && read != open)
                part = choices(open, read);
            append_pieces(part, make(read, values_of(each)));
            parts.push_back(topology_piece::made(kind::sequence, std::move(part)));
        }
        const bool is_fork = is_parallel || open.size() == 1;
        return {topology_piece::made(is_fork ? kind::fork : kind::fork_of_all, std::move(parts))};
    }

    // Makes first what is used several times, then the rest of it: one value that all others come from, if
    // there is one.
    std::vector<topology_piece> cut(const values& open, const values& wanted) {
        const region inner = region_between(open, wanted);
        for (std::size_t i = flow.nodes.size(); i-- > 0;) {
            const source_flow::node& node = flow.nodes[i];
            if (!inner.nodes[i] || node.results == wanted ||
                (node.results.size() == 1 && inner.uses[node.results[0]] < 2))
                continue;
            const region outer = region_between(open, wanted, node.results);
            if (std::none_of(outer.reads_open.begin(), outer.reads_open.end(),
                             [](char each) { return each != 0; })) {
                std::vector<topology_piece> result = make(open, node.results);
                append_pieces(result, make(node.results, wanted));
                return result;
            }
        }
        values shared;
        flags is_behind(flow.nodes.size());
        for (std::size_t i = 0; i < flow.nodes.size(); ++i) {
            if (!inner.nodes[i])
                continue;
            const source_flow::node& node = flow.nodes[i];
            for (const std::size_t source : node.sources)
                if (!has(open, source) && (is_behind[makers[source]] || has(shared, source)))
                    is_behind[i] = 1;
            const bool is_shared = node.results.size() > 1 || inner.uses[node.results[0]] > 1;
            if (is_shared && !is_behind[i])
                shared.insert(shared.end(), node.results.begin(), node.results.end());
        }
        const region rest = region_between(open, wanted, shared);
        values first;
        for (std::size_t i = 0; i < open.size(); ++i)
            if (rest.reads_open[i])
                first.push_back(open[i]);
        first.insert(first.end(), shared.begin(), shared.end());
        if (shared.empty() || first == wanted) {
            has_failed_ = true;
            return {};
        }
        std::vector<topology_piece> result = make(open, first);
        append_pieces(result, make(first, wanted));
        return result;
    }

    // Each node by itself, beside all values that are still needed.
    std::vector<topology_piece> step_by_step() const {
        std::vector<topology_piece> result;
        values open = flow.inputs;
        for (std::size_t i = 0; i < flow.nodes.size(); ++i) {
            const source_flow::node& node = flow.nodes[i];
            values next;
            std::vector<topology_piece> parts;
            for (const std::size_t value : open)
                if (has(flow.outputs, value) ||
                    std::any_of(
                        flow.nodes.begin() + static_cast<std::ptrdiff_t>(i) + 1, flow.nodes.end(),
                        [&](const source_flow::node& reader) { return has(reader.sources, value); })) {
                    parts.push_back(topology_piece::made(kind::sequence, choices(open, {value})));
                    next.push_back(value);
                }
            std::vector<topology_piece> own = choices(open, node.sources);
            own.push_back(node.piece);
            if (parts.empty())
                append_pieces(result, std::move(own));
            else {
                parts.push_back(topology_piece::made(kind::sequence, std::move(own)));
                result.push_back(topology_piece::made(open.size() == 1 ? kind::fork : kind::fork_of_all,
                                                      std::move(parts)));
            }
            next.insert(next.end(), node.results.begin(), node.results.end());
            open = std::move(next);
        }
        append_pieces(result, choices(open, flow.outputs));
        return result;
    }
};

} // namespace strata::bedrock::inline STRATA_SETTING::detail
