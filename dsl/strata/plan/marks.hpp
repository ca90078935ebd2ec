// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/layers/merge.hpp>
#include <strata/topology/topology.hpp>

#include <array>
#include <cstddef>

namespace strata::bedrock::detail {

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

// Numbers first and types afterwards: a loop over an array costs the compiler less than a chain of types.
template <std::size_t Inputs, std::size_t Nodes, std::size_t Sources, std::size_t Outputs>
constexpr auto mark_stages(const std::array<node_mark, Nodes>& nodes,
                           const std::array<std::size_t, Sources>& sources,
                           const std::array<std::size_t, Outputs>& outputs, bool fuse_sums) {
    cutting_marks<Nodes, Sources, Outputs> marks;
    std::array<std::size_t, Inputs + Nodes> uses{};   // of each value
    std::array<std::size_t, Inputs + Nodes> stored{}; // where each value is
    std::array<bool, Nodes + Outputs> sealed{};       // stages whose value others read before the tail ends
    std::size_t read = 0;
    for (const std::size_t value : sources)
        ++uses[value];
    for (const std::size_t value : outputs)
        ++uses[value];
    for (std::size_t i = 0; i < Inputs; ++i)
        stored[i] = i;

    const auto open = [&](std::size_t node) -> stage_mark& {
        stage_mark& now = marks.stages[marks.stage_count++];
        now.first = node;
        now.source_begin = read;
        for (std::size_t s = 0; s < nodes[node].sources; ++s)
            marks.read[read++] = stored[sources[nodes[node].first_source + s]];
        now.source_end = read;
        return now;
    };
    // The stage that a node may join, or none.
    const auto joined = [&](std::size_t value) {
        if (uses[value] != 1 || stored[value] < Inputs)
            return none;
        const std::size_t stage = stored[value] - Inputs;
        return sealed[stage] || marks.stages[stage].closing != none ? none : stage;
    };

    for (std::size_t node = 0; node < Nodes; ++node) {
        const node_mark& mark = nodes[node];
        const std::size_t value = sources[mark.first_source];
        std::size_t stage = none;
        switch (mark.kind) {
        case node_kind::rearrangement:
            stored[Inputs + node] = stored[value];
            if (stored[value] >= Inputs && uses[value] != 1)
                sealed[stored[value] - Inputs] = true;
            marks.stage_of[node] = stored[value] < Inputs ? none : stored[value] - Inputs;
            continue;
        case node_kind::head:
            open(node).head = node;
            stage = marks.stage_count - 1;
            break;
        case node_kind::merge:
            if (fuse_sums && mark.is_sum && mark.sources == 2)
                for (std::size_t s = 0; s < 2; ++s) {
                    // The later of two stages can add the value of the earlier.
                    const std::size_t candidate = joined(sources[mark.first_source + s]);
                    const std::size_t other = stored[sources[mark.first_source + 1 - s]];
                    if (candidate == none || other < Inputs || other - Inputs >= candidate)
                        continue;
                    stage_mark& into = marks.stages[candidate];
                    if (into.head == none || !nodes[into.head].adds_in_registers || into.skip != none)
                        continue;
                    into.skip = other;
                    stage = candidate;
                    break;
                }
            if (stage == none) {
                open(node).head = node;
                stage = marks.stage_count - 1;
                // Its parts may lie where they were made, and have other readers there.
                sealed[stage] = mark.joins;
            }
            break;
        case node_kind::pointwise:
        case node_kind::affine:
        case node_kind::normalization:
            stage = joined(value);
            if (stage != none && mark.kind == node_kind::affine) {
                const stage_mark& into = marks.stages[stage];
                if (into.affine != none || into.head == none || !nodes[into.head].adds_in_registers)
                    stage = none;
            }
            if (stage == none) {
                open(node);
                stage = marks.stage_count - 1;
            }
            if (mark.kind == node_kind::affine)
                marks.stages[stage].affine = node;
            else if (mark.kind == node_kind::normalization)
                marks.stages[stage].closing = node;
            break;
        }
        marks.stage_of[node] = stage;
        stored[Inputs + node] = Inputs + stage;
    }

    // An output is a buffer of its own, which nobody else reads.
    for (std::size_t output = 0; output < Outputs; ++output) {
        const std::size_t value = outputs[output];
        bool own = stored[value] >= Inputs && uses[value] == 1;
        for (std::size_t i = 0; own && i < read; ++i)
            own = marks.read[i] != stored[value];
        for (std::size_t i = 0; own && i < marks.stage_count; ++i)
            own = marks.stages[i].skip != stored[value];
        for (std::size_t i = 0; own && i < output; ++i)
            own = marks.outputs[i] + Inputs != stored[value];
        if (!own) {
            stage_mark& copy = marks.stages[marks.stage_count++];
            copy.copied_output = output;
            copy.source_begin = read;
            marks.read[read++] = stored[value];
            copy.source_end = read;
        }
        marks.outputs[output] = own ? stored[value] - Inputs : marks.stage_count - 1;
    }

    // The tails one after another.
    std::size_t next = 0;
    for (std::size_t stage = 0; stage < marks.stage_count; ++stage) {
        stage_mark& now = marks.stages[stage];
        now.tail_begin = next;
        for (std::size_t node = now.first == none ? Nodes : now.first; node < Nodes; ++node) {
            const node_kind kind = nodes[node].kind;
            const bool is_sum = kind == node_kind::merge && now.head != node;
            if (marks.stage_of[node] == stage &&
                (kind == node_kind::pointwise || kind == node_kind::affine || is_sum))
                marks.tails[next++] = node;
        }
        now.tail_end = next;
    }
    return marks;
}

} // namespace strata::bedrock::detail
