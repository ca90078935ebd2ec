// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/plan/marks.hpp>
#include <strata/setting.hpp>

#include <array>
#include <cstddef>

namespace strata::bedrock::inline STRATA_SETTING::detail {

/// Cuts nodes into stages, node by node in their order, each of which comes after its sources. A value is an
/// input of the network or what a node makes; a stored value is an input or the output of a stage.
///
/// Numbers first and types afterwards: a loop over an array costs the compiler less than a chain of types.
template <std::size_t Inputs, std::size_t Nodes, std::size_t Sources, std::size_t Outputs>
class stage_cutter {
public:
    constexpr stage_cutter(const std::array<node_mark, Nodes>& nodes,
                           const std::array<std::size_t, Sources>& sources,
                           const std::array<std::size_t, Outputs>& outputs, bool fuses_sums)
        : nodes_(nodes), sources_(sources), outputs_(outputs), fuses_sums_(fuses_sums) {
        for (const std::size_t value : sources)
            ++uses_[value];
        for (const std::size_t value : outputs)
            ++uses_[value];
        for (std::size_t input = 0; input < Inputs; ++input)
            stored_[input] = input;
    }

    constexpr cutting_marks<Nodes, Sources, Outputs> cut() {
        for (std::size_t node = 0; node < Nodes; ++node)
            place_node(node);
        for (std::size_t output = 0; output < Outputs; ++output)
            place_output(output);
        list_tails();
        return marks_;
    }

private:
    constexpr std::size_t source(std::size_t node, std::size_t index) const {
        return sources_[nodes_[node].first_source + index];
    }
    constexpr bool is_input(std::size_t stored) const { return stored < Inputs; }

    constexpr void place_node(std::size_t node) {
        if (nodes_[node].kind == node_kind::rearrangement) {
            pass_value_on(node);
            return;
        }
        const std::size_t stage = stage_for(node);
        marks_.stage_of[node] = stage;
        stored_[Inputs + node] = Inputs + stage;
    }

    // A rearrangement stores nothing: its value is that of its source, read in another shape.
    constexpr void pass_value_on(std::size_t node) {
        const std::size_t value = source(node, 0);
        const std::size_t stored = stored_[value];
        stored_[Inputs + node] = stored;
        if (!is_input(stored) && uses_[value] != 1)
            is_sealed_[stored - Inputs] = true;
        marks_.stage_of[node] = is_input(stored) ? none : stored - Inputs;
    }

    constexpr std::size_t stage_for(std::size_t node) {
        switch (nodes_[node].kind) {
        case node_kind::head:
            return open_head(node);
        case node_kind::merge:
            return stage_for_merge(node);
        default:
            return stage_for_formula(node);
        }
    }

    // A new stage, which reads what the node reads.
    constexpr std::size_t open(std::size_t node) {
        stage_mark& stage = marks_.stages[marks_.stage_count];
        stage.first = node;
        stage.source_begin = read_count_;
        for (std::size_t index = 0; index < nodes_[node].sources; ++index)
            marks_.read[read_count_++] = stored_[source(node, index)];
        stage.source_end = read_count_;
        return marks_.stage_count++;
    }
    constexpr std::size_t open_head(std::size_t node) {
        const std::size_t stage = open(node);
        marks_.stages[stage].head = node;
        return stage;
    }

    // The stage whose formula may go on with what is done to this value, or none: nobody else may need the
    // value as it is, and a softmax ends a formula.
    constexpr std::size_t open_stage_of(std::size_t value) const {
        if (uses_[value] != 1 || is_input(stored_[value]))
            return none;
        const std::size_t stage = stored_[value] - Inputs;
        return is_sealed_[stage] || marks_.stages[stage].closing != none ? none : stage;
    }
    constexpr bool adds_in_registers(std::size_t stage) const {
        const std::size_t head = marks_.stages[stage].head;
        return head != none && nodes_[head].adds_in_registers;
    }

    constexpr std::size_t stage_for_merge(std::size_t node) {
        if (fuses_sums_ && nodes_[node].is_sum && nodes_[node].sources == 2)
            for (std::size_t index = 0; index < 2; ++index)
                if (const std::size_t stage = add_skip(source(node, index), source(node, 1 - index));
                    stage != none)
                    return stage;
        const std::size_t stage = open_head(node);
        // The parts of a concatenation may lie where they were made, and have other readers there.
        is_sealed_[stage] = nodes_[node].joins;
        return stage;
    }

    // Lets the stage that makes `value` add `other` before it stores its own: it must be the later of the
    // two, and it can add one value only. Returns the stage, or none if it cannot.
    constexpr std::size_t add_skip(std::size_t value, std::size_t other) {
        const std::size_t stage = open_stage_of(value);
        const std::size_t added = stored_[other];
        if (stage == none || is_input(added) || added - Inputs >= stage || !adds_in_registers(stage) ||
            marks_.stages[stage].skip != none)
            return none;
        marks_.stages[stage].skip = added;
        return stage;
    }

    constexpr std::size_t stage_for_formula(std::size_t node) {
        const node_kind kind = nodes_[node].kind;
        std::size_t stage = open_stage_of(source(node, 0));
        // A stage has room for one scale and shift, and only kernels of sums know of them, for their own
        // rows: what was flattened between has others.
        if (stage != none && kind == node_kind::affine &&
            (marks_.stages[stage].affine != none || !adds_in_registers(stage) ||
             nodes_[marks_.stages[stage].head].width != nodes_[node].width))
            stage = none;
        if (stage == none)
            stage = open(node);
        if (kind == node_kind::affine)
            marks_.stages[stage].affine = node;
        else if (kind == node_kind::normalization)
            marks_.stages[stage].closing = node;
        return stage;
    }

    // An output is a buffer of its own, which nobody else reads; else a stage copies it into one.
    constexpr void place_output(std::size_t output) {
        const std::size_t value = outputs_[output];
        const std::size_t stored = stored_[value];
        if (!is_input(stored) && uses_[value] == 1 && !is_read(stored, output)) {
            marks_.outputs[output] = stored - Inputs;
            return;
        }
        stage_mark& copy = marks_.stages[marks_.stage_count];
        copy.copied_output = output;
        copy.source_begin = read_count_;
        marks_.read[read_count_++] = stored;
        copy.source_end = read_count_;
        marks_.outputs[output] = marks_.stage_count++;
    }
    // Whether a stage reads a stored value, or one of the first outputs has it already.
    constexpr bool is_read(std::size_t stored, std::size_t placed_outputs) const {
        for (std::size_t i = 0; i < read_count_; ++i)
            if (marks_.read[i] == stored)
                return true;
        for (std::size_t stage = 0; stage < marks_.stage_count; ++stage)
            if (marks_.stages[stage].skip == stored)
                return true;
        for (std::size_t output = 0; output < placed_outputs; ++output)
            if (marks_.outputs[output] + Inputs == stored)
                return true;
        return false;
    }

    // The nodes of each stage's formula, stage by stage: they are counted, then put in their places.
    constexpr void list_tails() {
        for (std::size_t node = 0; node < Nodes; ++node)
            if (is_in_formula(node))
                ++marks_.stages[marks_.stage_of[node]].tail_end;
        std::size_t next = 0;
        for (std::size_t number = 0; number < marks_.stage_count; ++number) {
            stage_mark& stage = marks_.stages[number];
            stage.tail_begin = next;
            next += stage.tail_end;
            stage.tail_end = stage.tail_begin;
        }
        for (std::size_t node = 0; node < Nodes; ++node)
            if (is_in_formula(node))
                marks_.tails[marks_.stages[marks_.stage_of[node]].tail_end++] = node;
    }
    constexpr bool is_in_formula(std::size_t node) const {
        const node_kind kind = nodes_[node].kind;
        return kind == node_kind::pointwise || kind == node_kind::affine ||
               (kind == node_kind::merge && marks_.stages[marks_.stage_of[node]].head != node);
    }

    const std::array<node_mark, Nodes>& nodes_;
    const std::array<std::size_t, Sources>& sources_;
    const std::array<std::size_t, Outputs>& outputs_;
    bool fuses_sums_;

    cutting_marks<Nodes, Sources, Outputs> marks_;
    std::array<std::size_t, Inputs + Nodes> uses_{};   ///< how many read each value
    std::array<std::size_t, Inputs + Nodes> stored_{}; ///< where each value is
    std::array<bool, Nodes + Outputs> is_sealed_{}; ///< stages whose value others read before the tail ends
    std::size_t read_count_ = 0;
};

template <std::size_t Inputs, std::size_t Nodes, std::size_t Sources, std::size_t Outputs>
constexpr auto mark_stages(const std::array<node_mark, Nodes>& nodes,
                           const std::array<std::size_t, Sources>& sources,
                           const std::array<std::size_t, Outputs>& outputs, bool fuses_sums) {
    return stage_cutter<Inputs, Nodes, Sources, Outputs>(nodes, sources, outputs, fuses_sums).cut();
}

} // namespace strata::bedrock::inline STRATA_SETTING::detail
