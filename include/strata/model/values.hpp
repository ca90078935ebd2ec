// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/dense/heads.hpp>
#include <strata/plan/wiring.hpp>
#include <strata/setting.hpp>

#include <array>
#include <cstddef>

namespace strata::bedrock::inline STRATA_SETTING {

/// The values that a stage reads: inputs of the network, or outputs of stages before it. `input(i)` gives the
/// first number of an input, `output(s)` the rows of a stage's output.
template <class Wires, class Head, class Input, class Output>
[[nodiscard]] inline auto sources_of(std::size_t stage, const Input& input, const Output& output) noexcept {
    using view = rows_view<std::remove_pointer_t<decltype(input(0))>>;
    std::array<view, Head::parts> result;
    for (std::size_t i = 0; i < result.size(); ++i) {
        const std::size_t value = Wires::source(stage, i);
        const std::size_t width = Head::source_width(i);
        // A network's only stage reads inputs, which g++ 12 does not see by itself.
        if (Wires::count == 1 || Wires::is_input(value))
            result[i] = {input(value), width};
        else {
            result[i] = output(value - Wires::inputs);
            // Rows that follow each other are of any length that the reader likes.
            if (!Wires::lies_apart(value - Wires::inputs))
                result[i].pitch = width;
        }
    }
    return result;
}

/// Runs one stage for this thread's part of a batch. Returns whether the part is whole samples, those of
/// `share_samples`; else all threads must meet before anybody reads whole rows. `Data`: the stage reads the
/// network's input, which may be zero in many places. A call is a `head_forward` or a `sample_forward`.
template <class Stage, bool Data, class Call, class Tail>
[[gnu::always_inline]] inline bool run_stage(const Call& call, const team& threads,
                                             const Tail& tail) noexcept {
    bool whole_samples =
        head_kernels<typename Stage::head>::template forward<Stage, keeping_of<Stage, Tail>, Data>(
            call, threads, tail);
    if constexpr (Stage::has_softmax) {
        if constexpr (is_of_one_sample<Call> && Stage::closing::length == Stage::output_size)
            softmax_row<Stage::closing::length>(call.y.data);
        else {
            if (!whole_samples)
                threads.barrier();
            close<Stage>(call.y.data, share_samples(threads, call.samples));
        }
        whole_samples = true;
    }
    return whole_samples;
}

/// The same for a stage of a network, of which the first reads the network's input. Only a stage of the first
/// one's type is compiled for that as well.
template <class Stages, class Stage, class Call, class Tail>
[[gnu::always_inline]] inline bool run_data_or_stage([[maybe_unused]] bool is_first, const Call& call,
                                                     const team& threads, const Tail& tail) noexcept {
    if constexpr (!std::is_same_v<Stage, type_at<0, Stages>>)
        return run_stage<Stage, false>(call, threads, tail);
    else if constexpr (Stages::template count_equal<Stage>() == 1)
        return run_stage<Stage, true>(call, threads, tail);
    else
        return is_first ? run_stage<Stage, true>(call, threads, tail)
                        : run_stage<Stage, false>(call, threads, tail);
}

} // namespace strata::bedrock::inline STRATA_SETTING
