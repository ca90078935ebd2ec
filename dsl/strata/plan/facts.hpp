// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/plan/flow.hpp>
#include <strata/setting.hpp>

#include <cstddef>

namespace strata::bedrock::inline STRATA_SETTING {

/// What a plan costs, for one sample, in numbers and operations.
template <class Topology>
struct plan_facts {
    using flow = gradient_flow<Topology>;
    using wires = typename flow::wires;
    using stages = typename wires::stages;

private:
    // Adds up a number for each stage.
    template <class Number>
    static constexpr std::size_t sum(Number number) {
        std::size_t stage = 0;
        std::size_t result = 0;
        for_each_type(stages{}, [&]<class Stage>(std::type_identity<Stage> type) {
            result += number(type, stage);
            ++stage;
        });
        return result;
    }

public:
    /// One kernel a stage.
    static constexpr std::size_t forward_kernels = stages::size;
    /// For each stage that learns, its gradient with the update; for each that stages with weights stand
    /// before, what carries the derivative to them.
    static constexpr std::size_t weight_gradient_kernels =
        sum([](auto, std::size_t stage) { return std::size_t{flow::learns(stage)}; });
    static constexpr std::size_t input_gradient_kernels =
        sum([](auto, std::size_t stage) { return std::size_t{flow::carries_any(stage)}; });

    /// Numbers that training keeps from forward to backward: each stage's output, where it is not a part of
    /// another one's, and what a tail and kernels need besides.
    static constexpr std::size_t numbers_kept = [] {
        std::size_t result = sum([]<class Stage>(std::type_identity<Stage>, std::size_t) {
            return Stage::head::kept_size + (Stage::keeps_tail ? Stage::output_size : std::size_t{0});
        });
        for (std::size_t buffer = 0; buffer < wires::buffer_count; ++buffer)
            result += wires::buffer_size(buffer);
        return result;
    }();
    /// Gradients written to memory: the derivatives that pass between stages, never those of the weights.
    static constexpr std::size_t derivatives_written =
        sum([]<class Stage>(std::type_identity<Stage>, std::size_t stage) {
            return flow::is_needed(stage) ? Stage::output_size : std::size_t{0};
        });

    static constexpr std::size_t forward_flops =
        sum([]<class Stage>(std::type_identity<Stage>, std::size_t) { return Stage::product_flops; });
    /// The weight gradients, and the input gradients down to the first stage with weights.
    static constexpr std::size_t backward_flops =
        sum([]<class Stage>(std::type_identity<Stage>, std::size_t stage) {
            return Stage::product_flops * (std::size_t{flow::learns(stage)} + flow::carry_count(stage));
        });

    /// Numbers that prediction needs for what passes between its stages: the most that live at one time.
    static constexpr std::size_t prediction_peak = prediction_wiring<Topology>::shared_size;
};

} // namespace strata::bedrock::inline STRATA_SETTING
