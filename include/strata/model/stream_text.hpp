// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/expression/concatenate.hpp>
#include <strata/model/stream_layout.hpp>
#include <strata/plan/summary.hpp>
#include <strata/setting.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace strata::bedrock::inline STRATA_SETTING {

namespace internal {
/// What the plan of a stream says of a stage.
struct time_words {
    std::string_view label{};
    time_view view = each_step;
    std::string_view computation{}; ///< of a layer with a state
    std::size_t rings = 0;          ///< that it is the last to look at
    std::size_t ring_steps = 0;     ///< of one
    std::size_t ring_bytes = 0;
    bool moves = false;
    bool has_lanes = false;
    std::size_t state_bytes = 0;
    bool is_used = true;
    std::size_t delay = 0; ///< steps
};

inline void append_stage(std::string& plan, std::size_t number, const time_words& words) {
    append(plan, "stage ", number + 1, ": ", words.label.empty() ? "formulas" : words.label, ", ");
    if (!words.is_used) {
        append(plan, "left out: no output depends on it\n");
        return;
    }
    if (words.delay > 0)
        append(plan, words.delay, words.delay == 1 ? " step" : " steps", " late, ");
    switch (words.view.what) {
    case sight::ahead:
        append(plan, words.view.past_steps, " back and ", words.view.steps,
               " ahead; all steps of a block at once");
        break;
    case sight::past:
        append(plan, words.view.steps, words.view.steps == 1 ? " step" : " steps",
               " back; all steps of a block at once");
        break;
    case sight::state:
    case sight::last_state:
        append(plan, "a state of ", grouped(words.state_bytes), " bytes; ", words.computation);
        break;
    default:
        append(plan, "each step alone; all steps of a block at once");
    }
    if (words.rings > 1)
        append(plan, "; ", words.rings, " rings of steps: ", grouped(words.ring_bytes), " bytes");
    else if (words.rings == 1) {
        append(plan, words.moves ? "; the last " : "; a ring of ", words.ring_steps,
               words.ring_steps == 1 ? " step" : " steps");
        append(plan, words.moves ? " moved behind each block" : ", each stored twice", ": ",
               grouped(words.ring_bytes), " bytes");
    }
    if (words.has_lanes)
        append(plan, "; each stream has a lane");
    append(plan, "\n");
}

template <class Layout, class T, std::size_t Streams, std::size_t Number>
constexpr time_words time_words_of_stage() {
    using wires = typename Layout::wires;
    using head = typename type_at<Number, typename Layout::stages>::head;
    constexpr std::size_t node = wires::marks.stages[Number].head;
    time_words words;
    words.is_used = Layout::is_used[Number];
    words.delay = Layout::delays[Number];
    if constexpr (node != none) {
        using layer = typename wires::nodes::template element<node>::layer;
        words.label = layer::label.view();
    }
    if constexpr (is_stepping<head>) {
        words.view = head::view;
        if constexpr (head::view.what != sight::past && head::view.what != sight::ahead)
            words.computation = head::whole::computation.view();
        words.state_bytes = step_kernels<typename head::whole>::template state_size<T> * Streams * sizeof(T);
        words.has_lanes = step_kernels<typename head::whole>::template has_lanes<T, Streams>;
    }
    for (std::size_t number = 0; number < Layout::ring_count; ++number)
        if (const step_ring& ring = Layout::memory.rings[number];
            ring.past_steps > 0 && Layout::memory.last_looks[number] == Number) {
            words.moves = ring.moves();
            words.ring_steps = words.moves ? ring.past_steps : ring.capacity;
            ++words.rings;
            words.ring_bytes += (words.moves ? 1 : 2) * words.ring_steps * ring.row * sizeof(T);
        }
    return words;
}
} // namespace internal

/// How a stream runs its network, stage by stage: how far each looks back, what is computed for all steps of
/// a block at once and what step by step, and what is kept from step to step.
template <class Layout, class T, std::size_t Streams>
std::string describe_stream() {
    std::string plan = internal::concatenate(
        "a stream of ", Streams, Streams == 1 ? " sequence" : " sequences", ", in blocks of at most ",
        Layout::block, Layout::block == 1 ? " step" : " steps");
    if (Layout::latency > 0)
        internal::append(plan, ", ", Layout::latency, Layout::latency == 1 ? " step" : " steps", " late");
    internal::append(plan, "\n");
    for_each_index<Layout::stages::size>([&](auto stage) {
        static constexpr internal::time_words words =
            internal::time_words_of_stage<Layout, T, Streams, stage>();
        internal::append_stage(plan, stage, words);
    });
    internal::append(plan, "kept from step to step: ", internal::grouped(Layout::state_size * sizeof(T)),
                     " bytes; all memory: ", internal::grouped(Layout::memory.end * sizeof(T)), " bytes\n");
    return plan;
}

} // namespace strata::bedrock::inline STRATA_SETTING
