// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/expression/concatenate.hpp>
#include <strata/io/import/graph.hpp>
#include <strata/io/import/number_text.hpp>
#include <strata/setting.hpp>

#include <cmath>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING::imports {

/// Multi-head attention of a sequence to itself or to a second one, `attention`, and its inner part alone of
/// queries, keys and values, `dot_attention`, whose scores are multiplied by the attribute `scale`.
inline bool is_attention(std::string_view kind) { return kind == "attention" || kind == "dot_attention"; }

/// The shape of an importer's intermediate step, the products of [queries, heads, width] and [keys, heads,
/// width] for each head: [heads, queries, keys].
inline std::optional<extents> shape_of_head_scores(const std::vector<const extents*>& sources) {
    if (sources.size() != 2 || sources[0]->size() != 3 || sources[1]->size() != 3)
        return std::nullopt;
    const extents& queries = *sources[0];
    const extents& keys = *sources[1];
    return queries[1] == keys[1] && queries[2] == keys[2]
               ? std::optional(extents{queries[1], queries[0], keys[0]})
               : std::nullopt;
}

/// The shape of its result; nothing where what it reads does not fit.
inline std::optional<extents> shape_of_attention(const graph_node& node,
                                                 const std::vector<const extents*>& sources) {
    const std::size_t heads = node.count("heads");
    for (const extents* each : sources)
        if (each->size() != 2)
            return std::nullopt;
    if (sources.empty())
        return std::nullopt;
    if (node.kind == "attention")
        return sources.size() <= 2 && heads > 0 && node.count("key_width") > 0 &&
                       node.count("value_width") > 0
                   ? std::optional(*sources[0])
                   : std::nullopt;
    if (sources.size() != 3 || heads == 0)
        return std::nullopt;
    const extents& queries = *sources[0];
    const extents& keys = *sources[1];
    const extents& values = *sources[2];
    if (queries[1] != keys[1] || keys[0] != values[0] || keys[1] % heads != 0 || values[1] % heads != 0)
        return std::nullopt;
    return extents{queries[0], values[1]};
}

/// The shape of one of its weights behind so many features, of the queries or of what is looked at.
inline std::optional<extents> attention_weight_shape(const graph_node& node, std::string_view weight,
                                                     std::size_t features) {
    const std::size_t heads = node.count("heads");
    const std::size_t keys = heads * node.count("key_width");
    const std::size_t values = heads * node.count("value_width");
    const bool is_bias = weight.ends_with("bias");
    if (weight.starts_with("attention.query"))
        return is_bias ? extents{keys} : extents{features, keys};
    if (weight.starts_with("attention.output"))
        return is_bias ? extents{features} : extents{values, features};
    const std::size_t width = weight.starts_with("attention.key") ? keys : values;
    return is_bias ? extents{width} : extents{features, width};
}

/// It in C++, behind queries of so many features.
inline std::string attention_text(const graph_node& node, std::size_t features) {
    argument_text words(node.kind);
    words.add(node.count("heads"));
    if (node.kind == "attention") {
        words.add(node.count("key_width"));
        words.add_if(node.count("value_width") != node.count("key_width"),
                     internal::concatenate("value_width<", node.count("value_width"), ">"));
        words.add_if(node.number("bias", 1) == 0, "no_bias");
    }
    words.add_if(node.number("causal") != 0, "causal");
    words.add_if(node.number("rate") != 0, "dropout<" + number_text(node.number("rate")) + ">");
    if (node.kind == "attention")
        return words.text();
    // Scores are divided by the root of a head's width.
    const double root = std::sqrt(static_cast<double>(features / node.count("heads", 1)));
    const double factor = node.number("scale", 1 / root) * root;
    return std::abs(factor - 1) < 1e-7
               ? words.text()
               : "branches(rescaling<" + number_text(factor) + ">, identity, identity) | " + words.text();
}

} // namespace strata::bedrock::inline STRATA_SETTING::imports
