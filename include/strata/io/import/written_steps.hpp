// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/io/import/graph.hpp>
#include <strata/io/import/shapes.hpp>
#include <strata/io/import/written_piece.hpp>
#include <strata/setting.hpp>

#include <cstddef>
#include <string>
#include <utility>

namespace strata::bedrock::inline STRATA_SETTING::imports {

inline constexpr std::size_t no_piece = static_cast<std::size_t>(-1);

/// What is the same for each step and for all of them.
inline bool is_formula(const graph_node& node) {
    return keeps_shape(node) && node.sources.size() == 1 && node.weights.empty() && !node.has("axis");
}
/// `time_distributed(a | relu | b)` of a piece, `first`, formulas behind it, and a layer for each step.
inline void join_step(written_chain& chain, std::size_t& first, const std::string& words) {
    if (words.empty())
        return;
    if (first == no_piece) {
        first = chain.size();
        chain.push_back({"time_distributed", {{}}});
    }
    written_chain& steps = chain[first].parts.front();
    for (std::size_t i = first + 1; i < chain.size(); ++i)
        steps.push_back(std::move(chain[i]));
    chain.resize(first + 1);
    steps.push_back({words});
}
inline void finish_steps(written_chain& chain) {
    for (written_piece& piece : chain)
        if (piece.head == "time_distributed")
            piece.parts.front() = as_argument(repeat_pieces(piece.parts.front()));
}

} // namespace strata::bedrock::inline STRATA_SETTING::imports
