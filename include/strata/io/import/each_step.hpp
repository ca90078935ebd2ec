// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/io/import/graph.hpp>
#include <strata/setting.hpp>

namespace strata::bedrock::inline STRATA_SETTING::imports {

/// Whether a node takes each step of a sequence for a sample, as Keras's TimeDistributed says.
inline bool is_each_step(const graph_node& node) { return node.number("each_step") != 0; }

/// The shape of one step.
inline extents step_shape(const extents& sequence) {
    return {sequence.begin() + (sequence.empty() ? 0 : 1), sequence.end()};
}

/// What such a node is to one step.
inline graph_node step_node(const graph_node& node) {
    graph_node result = node;
    result.attributes.erase("each_step");
    result.shape = step_shape(node.shape);
    return result;
}

} // namespace strata::bedrock::inline STRATA_SETTING::imports
