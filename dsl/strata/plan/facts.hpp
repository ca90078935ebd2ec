// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/plan/cut.hpp>

#include <cstddef>

namespace strata {

/// What a plan costs, for one sample, in numbers and operations.
template <class Stages>
struct plan_facts;

template <class... Stages>
struct plan_facts<stage_list<Stages...>> {
private:
    static constexpr stage_list<Stages...> stages{};

    // Adds up a number for each stage, given whether a stage before it learns, or itself does.
    template <class Number>
    static constexpr std::size_t sum(Number number) {
        bool learns = false;
        std::size_t result = 0;
        for_each_type(stages, [&]<class Stage>(std::type_identity<Stage> stage) {
            const bool before = learns;
            learns = learns || Stage::head::has_parameters;
            result += number(stage, before, learns);
        });
        return result;
    }

public:
    /// One kernel a stage.
    static constexpr std::size_t forward_kernels = sizeof...(Stages);
    /// For each stage with weights, their gradient with the update; for each but the first of those, what
    /// carries the derivative to the stage before.
    static constexpr std::size_t weight_gradient_kernels =
        sum([]<class Stage>(std::type_identity<Stage>, bool, bool) {
            return std::size_t{Stage::head::has_parameters};
        });
    static constexpr std::size_t input_gradient_kernels =
        sum([](auto, bool before, bool) { return std::size_t{before}; });

    /// Numbers that training keeps from forward to backward: each stage's output, and what a tail needs
    /// besides.
    static constexpr std::size_t numbers_kept = sum([]<class Stage>(std::type_identity<Stage>, bool, bool) {
        return Stage::output_size * (Stage::keeps_tail ? 2 : 1);
    });
    /// Gradients written to memory: the derivatives that pass between stages, never those of the weights.
    static constexpr std::size_t derivatives_written =
        sum([]<class Stage>(std::type_identity<Stage>, bool, bool learns) {
            return learns ? Stage::output_size : std::size_t{0};
        });

    static constexpr std::size_t forward_flops =
        sum([]<class Stage>(std::type_identity<Stage>, bool, bool) { return Stage::product_flops; });
    /// The weight gradients, and the input gradients down to the first stage with weights.
    static constexpr std::size_t backward_flops =
        sum([]<class Stage>(std::type_identity<Stage>, bool before, bool) {
            return Stage::product_flops * (before ? 2 : 1);
        });
};

} // namespace strata
