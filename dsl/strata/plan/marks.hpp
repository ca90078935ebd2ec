// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/layers/merge.hpp>
#include <strata/setting.hpp>
#include <strata/topology/topology.hpp>

#include <array>
#include <cstddef>

namespace strata::bedrock::inline STRATA_SETTING::detail {

inline constexpr std::size_t none = static_cast<std::size_t>(-1);

/// What a stage is made for. A layer may be a stage of its own in training and a part of another one's
/// formula, or nothing at all, in prediction.
enum class purpose { training, prediction };

enum class node_kind { head, pointwise, affine, normalization, rearrangement, merge };

template <class Layer>
constexpr node_kind kind_of(purpose what_for) {
    using chosen = typename Layer::role;
    if constexpr (std::same_as<chosen, role::pointwise>)
        return node_kind::pointwise;
    else if constexpr (std::same_as<chosen, role::normalization>)
        return node_kind::normalization;
    else if constexpr (std::same_as<chosen, role::rearrangement>)
        return node_kind::rearrangement;
    else if constexpr (std::same_as<chosen, role::merge>)
        return node_kind::merge;
    else if constexpr (std::same_as<chosen, role::training_head>)
        return what_for == purpose::training ? node_kind::head : node_kind::rearrangement;
    else if constexpr (Layer::is_affine_in_prediction)
        return what_for == purpose::training ? node_kind::head : node_kind::affine;
    else
        return node_kind::head;
}

/// What the cut needs to know of a node.
struct node_mark {
    node_kind kind;
    bool is_sum = false;            ///< a merge that adds
    bool joins = false;             ///< a merge that puts values side by side
    bool adds_in_registers = false; ///< a head whose kernel can add another value before it stores
    bool is_frozen = false;         ///< with parameters that training leaves alone
    std::size_t first_source = 0;
    std::size_t sources = 1;
    std::size_t width = 0; ///< of the last axis of its value
};

/// A stage as the numbers of its nodes. `stored` values are the network's inputs, then the stages' outputs.
struct stage_mark {
    std::size_t first = none;         ///< the first node
    std::size_t head = none;          ///< the node of its head
    std::size_t affine = none;        ///< the node whose scale and shift its formula has
    std::size_t closing = none;       ///< the node of its softmax
    std::size_t skip = none;          ///< the stored value that its formula adds
    std::size_t copied_output = none; ///< or: the output that it is a copy for
    std::size_t tail_begin = 0;       ///< its part of the list of all nodes in tails
    std::size_t tail_end = 0;
    std::size_t source_begin = 0; ///< its part of the list of stored values that stages read
    std::size_t source_end = 0;
};

template <std::size_t Nodes, std::size_t Sources, std::size_t Outputs>
struct cutting_marks {
    static constexpr std::size_t most_stages = Nodes + Outputs;
    std::array<stage_mark, most_stages> stages{};
    std::size_t stage_count = 0;
    std::array<std::size_t, Nodes> tails{};                    ///< nodes, stage by stage
    std::array<std::size_t, Sources + Outputs + Nodes> read{}; ///< stored values, stage by stage
    std::array<std::size_t, Outputs> outputs{};                ///< which stage makes each output
    std::array<std::size_t, Nodes> stage_of{};                 ///< the stage that a node went into
};

} // namespace strata::bedrock::inline STRATA_SETTING::detail
