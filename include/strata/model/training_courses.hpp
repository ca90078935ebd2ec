// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/heads.hpp>
#include <strata/plan/training_lifetimes.hpp>
#include <strata/setting.hpp>

#include <array>
#include <cstddef>
#include <utility>

namespace strata::bedrock::inline STRATA_SETTING {

namespace internal {
// Whether the kernel of a stage also multiplies with the slope of the stage that it reads.
template <class Pass, std::size_t Number>
constexpr bool finishes_source() {
    using flow = typename Pass::flow;
    using wires = typename flow::wires;
    if constexpr (head_kernels<typename Pass::template stage<Number>::head>::finishes_slopes) {
        constexpr std::size_t value = wires::source(Number, 0);
        if constexpr (!wires::is_input(value)) {
            constexpr std::size_t source = value - wires::inputs;
            return flow::is_only_reader(Number, 0) && !Pass::template stage<source>::is_closed &&
                   !wires::lies_apart(source) && wires::output_of(source) == wires::output_count;
        } else
            return false;
    } else
        return false;
}

// Whether what reads a stage has done that for it.
template <class Pass, std::size_t Number>
constexpr bool is_finished() {
    using flow = typename Pass::flow;
    using wires = typename flow::wires;
    constexpr std::size_t reader = flow::last_reader(Number);
    if constexpr (reader < flow::count)
        return wires::source(reader, 0) == Number + wires::inputs && finishes_source<Pass, reader>();
    else
        return false;
}
} // namespace internal

/// What a stage of a network does in a step of training.
template <class Pass, std::size_t Number>
constexpr stage_course course_of_stage() {
    using flow = typename Pass::flow;
    using stage = typename Pass::template stage<Number>;
    using head = typename stage::head;
    using kernels = head_kernels<head>;
    constexpr bool is_output = flow::wires::output_of(Number) < flow::wires::output_count;
    constexpr bool has_slope = stage::is_closed || !stage::tail::has_unit_slope;
    stage_course result;
    if constexpr (!is_output && has_slope) // the loss settles those of outputs
        result.settles = !internal::is_finished<Pass, Number>();
    result.propagates = flow::carries_any(Number) || (flow::learns(Number) && kernels::sums_in_backward);
    result.finishes_source = internal::finishes_source<Pass, Number>();
    result.reads_back = head::reads_back;
    result.begins_forward = kernels::keeps_shared;
    result.keeps_tail = stage::keeps_tail;
    result.is_closed = stage::is_closed;
    result.drops = stage::tail::dropout_count > 0;
    result.slope_drops = stage::tail::slope_drops;
    return result;
}

/// When a step of training needs what.
template <class Pass>
inline constexpr auto lifetimes_of = []<std::size_t... I>(std::index_sequence<I...>) {
    std::array<bool, Pass::count> seen_by_loss{};
    for_each_index<Pass::output_count>([&](auto index) {
        using output = typename Pass::template output<index>;
        if constexpr (output::is_masked)
            seen_by_loss[output::mask_stage] = true;
    });
    return training_lifetimes<typename Pass::flow>({course_of_stage<Pass, I>()...}, seen_by_loss);
}
(std::make_index_sequence<Pass::count>{});

} // namespace strata::bedrock::inline STRATA_SETTING
