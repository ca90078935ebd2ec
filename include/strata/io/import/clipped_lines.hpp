// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/io/import/graph.hpp>
#include <strata/setting.hpp>

#include <cmath>

namespace strata::bedrock::inline STRATA_SETTING::imports {

/// What hard sigmoids and hard swishes are spelled out with: scale x + offset, and 0 <= x <= 6.
inline bool is_line(const graph_node& node, double scale, double offset) {
    return node.kind == "rescaling" && std::abs(node.list("scale").front() - scale) < 1e-6 &&
           std::abs(node.list("offset").front() - offset) < 1e-6;
}
inline bool is_clipped_at_six(const graph_node& node) {
    return node.kind == "clipped" && node.number("low") == 0 && node.number("high") == 6;
}

} // namespace strata::bedrock::inline STRATA_SETTING::imports
