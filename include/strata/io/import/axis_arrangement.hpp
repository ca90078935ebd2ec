// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/io/import/each_step.hpp>
#include <strata/io/import/graph.hpp>
#include <strata/io/import/shapes.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING::imports {

/// Puts the axis that a normalization is over last, by a permutation in front of it and one behind, and moves
/// such permutations along a graph until they meet their opposites and both vanish. Those of layers that
/// count channels first come from their readers, with the attribute `movable`.
class axis_arrangement {
public:
    explicit axis_arrangement(model_graph& graph) : graph_(graph) {}

    void run() {
        const auto is_concerned = [](const graph_node& node) {
            return node.number("movable") != 0 || normalizes_axis(node) || flattens_channels_first(node);
        };
        if (std::none_of(graph_.nodes.begin(), graph_.nodes.end(), is_concerned))
            return;
        for (graph_node& given : graph_.nodes) {
            graph_node node = std::move(given);
            for (std::size_t& source : node.sources)
                source = places_[source];
            places_.push_back(add(std::move(node)));
        }
        for (std::vector<std::size_t>* const list : {&graph_.inputs, &graph_.outputs})
            for (std::size_t& each : *list)
                each = places_[each];
        graph_.nodes = std::move(nodes_);
        remove_unread();
    }

private:
    using order_list = std::vector<double>; // of a permutation, counted from 1

    /// Over one axis that is not known to be the last.
    static bool normalizes_axis(const graph_node& node) {
        const std::vector<double> axis = node.list("axis");
        return has_any_kind(node, {"batch_norm", "layer_norm", "group_norm", "instance_norm", "rms_norm",
                                   "normalization"}) &&
               axis.size() == 1 && axis.front() != -1 && node.number("each_step") == 0;
    }
    /// Keras's Flatten takes channels that are first for last ones.
    static bool flattens_channels_first(const graph_node& node) {
        return node.kind == "flatten" && node.number("channels_first") != 0;
    }
    /// What gives each number by itself, wherever it stands.
    static bool computes_numbers(const graph_node& node) {
        return keeps_shape(node) && node.weights.empty() && node.number("each_step") == 0 &&
               !has_any_kind(node, {"softmax", "log_softmax", "batch_norm", "layer_norm", "group_norm",
                                    "instance_norm", "rms_norm", "normalization", "prelu", "masking",
                                    "rescaling"}) &&
               !node.kind.starts_with("random_");
    }

    std::size_t append(graph_node node) {
        std::vector<const extents*> sources;
        bool is_known = !node.sources.empty();
        for (const std::size_t source : node.sources) {
            sources.push_back(&nodes_[source].shape);
            is_known = is_known && !nodes_[source].shape.empty();
        }
        if (is_known)
            node.shape = shape_of(node, sources).value_or(extents{});
        nodes_.push_back(std::move(node));
        return nodes_.size() - 1;
    }

    /// A permutation behind a node, or what it is together with one that the node is.
    std::size_t add_permutation(const std::string& name, order_list order, std::size_t source,
                                bool is_movable) {
        const graph_node& given = nodes_[source];
        if (given.kind == "permute" && given.list("order").size() == order.size() &&
            (is_movable || given.number("movable") != 0)) {
            const order_list inner = given.list("order");
            for (double& axis : order)
                if (axis >= 1 && axis <= static_cast<double>(inner.size()))
                    axis = inner[static_cast<std::size_t>(axis) - 1];
            source = given.sources.front();
        }
        if (std::is_sorted(order.begin(), order.end()) && nodes_[source].shape.size() == order.size())
            return source;
        graph_node node{"permute", name};
        node.attributes["order"] = std::move(order);
        if (is_movable)
            node.attributes["movable"] = 1.0;
        node.sources = {source};
        return append(std::move(node));
    }

    std::size_t add(graph_node node) {
        if (node.kind == "permute" && is_each_step(node)) // its order is that of a step's axes
            return append(std::move(node));
        if (node.kind == "permute")
            return add_permutation(node.name, node.list("order"), node.sources.front(),
                                   node.number("movable") != 0);
        const extents first = node.sources.empty() ? extents{} : nodes_[node.sources.front()].shape;
        if (normalizes_axis(node) && !first.empty()) {
            const double given = node.list("axis").front(); // counts the batch
            const auto axis = axis_in(given > 0 ? given - 1 : given, first.size());
            if (!axis || given == 0)
                return append(std::move(node));
            node.attributes["axis"] = std::vector<double>{-1};
            if (*axis + 1 == first.size())
                return append(std::move(node));
            order_list inward;
            for (std::size_t i = 0; i < first.size(); ++i)
                if (i != *axis)
                    inward.push_back(static_cast<double>(i + 1));
            inward.push_back(static_cast<double>(*axis + 1));
            order_list outward = inward;
            for (std::size_t i = 0; i < inward.size(); ++i)
                outward[static_cast<std::size_t>(inward[i]) - 1] = static_cast<double>(i + 1);
            const std::string name = node.name;
            node.sources = {add_permutation(name, inward, node.sources.front(), true)};
            return add_permutation(name, outward, append(std::move(node)), true);
        }
        if (flattens_channels_first(node)) {
            node.attributes.erase("channels_first");
            if (first.empty() || is_each_step(node))
                node.hint = "channels first in TimeDistributed, or behind a shape that nobody knows";
            else if (first.size() > 1) {
                order_list order(first.size(), 1);
                std::iota(order.begin(), order.end() - 1, 2.0);
                node.sources = {add_permutation(node.name, order, node.sources.front(), true)};
            }
            return append(std::move(node));
        }
        return moves(node) ? move_behind(std::move(node)) : append(std::move(node));
    }

    /// Whether all that a node reads was permuted in one way that may as well come behind it.
    [[nodiscard]] bool moves(const graph_node& node) const {
        if (node.sources.empty() || (!is_merge(node) && !computes_numbers(node) && node.kind != "concat"))
            return false;
        const order_list order = nodes_[node.sources.front()].list("order");
        return std::all_of(node.sources.begin(), node.sources.end(), [&](std::size_t source) {
            const graph_node& each = nodes_[source];
            return each.kind == "permute" && each.number("movable") != 0 && each.list("order") == order;
        });
    }
    std::size_t move_behind(graph_node node) {
        const order_list order = nodes_[node.sources.front()].list("order");
        const std::string name = node.name;
        if (node.kind == "concat") {
            const auto axis = axis_in(node.number("axis", -1), order.size());
            if (!axis)
                return append(std::move(node));
            const double moved = order[*axis] - 1;
            node.attributes["axis"] = moved + 1 == static_cast<double>(order.size()) ? -1.0 : moved;
        }
        for (std::size_t& source : node.sources)
            source = nodes_[source].sources.front();
        return add_permutation(name, order, append(std::move(node)), true);
    }

    /// Permutations that were moved leave others behind that nothing reads.
    void remove_unread() {
        std::vector<graph_node>& nodes = graph_.nodes;
        std::vector<bool> is_read(nodes.size(), false);
        for (const std::size_t output : graph_.outputs)
            is_read[output] = true;
        for (std::size_t i = nodes.size(); i-- > 0;) {
            is_read[i] = is_read[i] || nodes[i].kind != "permute";
            if (is_read[i])
                for (const std::size_t source : nodes[i].sources)
                    is_read[source] = true;
        }
        std::vector<std::size_t> places(nodes.size(), 0);
        std::size_t count = 0;
        for (std::size_t i = 0; i < nodes.size(); ++i) {
            places[i] = count;
            if (!is_read[i])
                continue;
            for (std::size_t& source : nodes[i].sources)
                source = places[source];
            if (count != i)
                nodes[count] = std::move(nodes[i]);
            nodes[count++].attributes.erase("movable");
        }
        nodes.resize(count);
        for (std::vector<std::size_t>* const list : {&graph_.inputs, &graph_.outputs})
            for (std::size_t& each : *list)
                each = places[each];
    }

    model_graph& graph_;
    std::vector<graph_node> nodes_;
    std::vector<std::size_t> places_; ///< what became of each node
};

inline void arrange_axes(model_graph& graph) { axis_arrangement(graph).run(); }

} // namespace strata::bedrock::inline STRATA_SETTING::imports
