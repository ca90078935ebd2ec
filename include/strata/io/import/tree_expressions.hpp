// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/io/import/graph.hpp>
#include <strata/io/import/graph_ways.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING::imports {

/// A part of a topology as it is written: a layer, or chains beside each other.
struct tree_item {
    enum class form {
        layer,    ///< a node of the graph
        branches, ///< chains behind one value, or one behind each of several
        all,      ///< chains of which each gets all values
        picks     ///< some of the values so far, in another order
    };
    form what = form::layer;
    std::size_t node = 0;
    std::vector<std::vector<tree_item>> parts{};
    std::vector<std::size_t> order{};
    bool is_split = false; ///< of branches: all of them stand behind one value
};
using tree_chain = std::vector<tree_item>;

/// Values that others are made of by layers with one reader each, as one part of a topology.
class tree_expressions : protected graph_ways {
public:
    using graph_ways::graph_ways;

protected:
    static constexpr std::size_t deepest = 200;

    /// Whether they are one layer with several results, which nodes of their own pick from.
    [[nodiscard]] bool makes_several(const values& starts) const {
        return starts.size() == 1 && graph_.nodes[starts.front()].number("return_state") != 0;
    }

    /// Whether a value is made of live ones by layers of which each has one reader; notes these layers.
    bool gather(std::size_t value, const values& live, const values& targets,
                const std::vector<bool>& is_between, values& layers) const {
        layers.push_back(value);
        const values& sources = graph_.nodes[value].sources;
        return std::all_of(sources.begin(), sources.end(), [&](std::size_t source) {
            return contains(live, source) ||
                   (is_between[source] && !contains(targets, source) && layers.size() < deepest &&
                    readers_[source].size() == 1 && gather(source, live, targets, is_between, layers));
        });
    }

    /// How a value is written that `gather` has found.
    tree_chain expression(std::size_t value, const values& live) const {
        if (contains(live, value))
            return live.size() == 1 ? tree_chain{}
                                    : tree_chain{{tree_item::form::picks, 0, {}, {position(live, value)}}};
        const values& sources = graph_.nodes[value].sources;
        tree_chain result;
        if (sources.size() == 1)
            result = expression(sources.front(), live);
        else if (std::all_of(sources.begin(), sources.end(),
                             [&](std::size_t source) { return contains(live, source); })) {
            tree_item picks{tree_item::form::picks};
            for (const std::size_t source : sources)
                picks.order.push_back(position(live, source));
            result.push_back(std::move(picks));
        } else {
            tree_item parts{live.size() == 1 ? tree_item::form::branches : tree_item::form::all};
            parts.is_split = live.size() == 1;
            for (const std::size_t source : sources)
                parts.parts.push_back(expression(source, live));
            result.push_back(std::move(parts));
        }
        result.push_back({tree_item::form::layer, value});
        return result;
    }
};

} // namespace strata::bedrock::inline STRATA_SETTING::imports
