// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/io/import/graph.hpp>
#include <strata/io/import/tree_expressions.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

namespace strata::bedrock::inline STRATA_SETTING::imports {

/// A text as the name of a part in C++.
inline std::string part_name(std::string name) {
    for (char& each : name) {
        const bool is_word = (each >= 'a' && each <= 'z') || (each >= 'A' && each <= 'Z') ||
                             (each >= '0' && each <= '9') || each == '/' || each == '-';
        each = is_word ? each : '_';
    }
    return name.empty() ? "shared" : name;
}

/// Whether nobody gave a name but Keras, which counts.
inline bool is_counted_name(std::string_view name) {
    for (const std::string_view each : {"sequential", "functional", "model"})
        if (name.starts_with(each)) {
            const std::string_view rest = name.substr(each.size());
            return rest.empty() || rest.find_first_not_of("_0123456789") == rest.npos;
        }
    return false;
}

/// Notes the name of a model within another one in its nodes, from `begin` on, as `part`; one with weights
/// keeps it in C++. A model in it has the whole name.
inline void name_part(model_graph& graph, std::size_t begin, const std::string& name) {
    const auto first = graph.nodes.begin() + static_cast<std::ptrdiff_t>(begin);
    if (is_counted_name(name) ||
        std::none_of(first, graph.nodes.end(), [](const graph_node& each) { return !each.weights.empty(); }))
        return;
    for (auto node = first; node != graph.nodes.end(); ++node) {
        const std::string inner(node->text("part"));
        node->attributes["part"] = part_name(name) + (inner.empty() ? "" : "." + inner);
    }
}

/// Whether a layer of an item has weights.
inline bool has_weights(const model_graph& graph, const tree_item& item) {
    return (item.what == tree_item::form::layer && !graph.nodes[item.node].weights.empty()) ||
           std::any_of(item.parts.begin(), item.parts.end(), [&](const tree_chain& part) {
               return std::any_of(part.begin(), part.end(),
                                  [&](const tree_item& each) { return has_weights(graph, each); });
           });
}

/// The name of the part that all layers of an item are of; none for shared weights, whose name is their own.
inline std::string part_of(const model_graph& graph, const tree_item& item) {
    std::string result;
    bool is_first = true;
    const auto add = [&](const std::string& name) {
        result = is_first || name == result ? name : std::string();
        is_first = false;
    };
    if (item.what == tree_item::form::layer && !graph.nodes[item.node].has("shared"))
        add(std::string(graph.nodes[item.node].text("part")));
    for (const tree_chain& part : item.parts)
        for (const tree_item& each : part)
            if (each.what != tree_item::form::picks)
                add(part_of(graph, each));
    return result;
}

} // namespace strata::bedrock::inline STRATA_SETTING::imports
