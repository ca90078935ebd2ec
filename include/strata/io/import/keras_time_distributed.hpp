// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/io/import/each_step.hpp>
#include <strata/io/import/graph.hpp>
#include <strata/io/import/shapes.hpp>
#include <strata/setting.hpp>

namespace strata::bedrock::inline STRATA_SETTING::imports {

/// Lets a node take each step for a sample, where it does not do that anyway.
inline void make_each_step(graph_node& node) {
    if (has_any_kind(node, {"concat", "slice"})) {
        if (const double axis = node.number("axis", -1); axis >= 0)
            node.attributes["axis"] = axis + 1;
    } else if (has_any_kind(node, {"lstm", "gru", "simple_rnn", "bidirectional", "dot"}) ||
               is_each_step(node))
        node.hint = "in TimeDistributed";
    else if (!is_merge(node) && !has_any_kind(node, {"dense", "embedding"}) &&
             !(keeps_shape(node) && node.weights.empty() && !node.has("axis")))
        node.attributes["each_step"] = 1.0;
}

} // namespace strata::bedrock::inline STRATA_SETTING::imports
