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
    /// One kernel a stage.
    static constexpr std::size_t forward_kernels = sizeof...(Stages);
    /// For each stage with weights, their gradient with the update; for each but the first of those, what
    /// carries the derivative to the stage before.
    static constexpr std::size_t weight_gradient_kernels =
        (std::size_t{Stages::head::has_parameters} + ... + 0);
    static constexpr std::size_t input_gradient_kernels = [] {
        std::size_t kernels = 0;
        bool learns = false;
        ((kernels += learns, learns = learns || Stages::head::has_parameters), ...);
        return kernels;
    }();

    /// Numbers that training keeps from forward to backward: each stage's output, and what a tail needs
    /// besides.
    static constexpr std::size_t numbers_kept =
        ((Stages::output_size * (Stages::keeps_tail ? 2 : 1)) + ... + std::size_t{0});
    /// Gradients written to memory: the derivatives that pass between stages, never those of the weights.
    static constexpr std::size_t derivatives_written = [] {
        std::size_t numbers = 0;
        bool learns = false;
        ((learns = learns || Stages::head::has_parameters, numbers += learns ? Stages::output_size : 0), ...);
        return numbers;
    }();

    static constexpr std::size_t forward_flops = (Stages::product_flops + ... + std::size_t{0});
    /// The weight gradients, and the input gradients down to the first stage with weights.
    static constexpr std::size_t backward_flops = [] {
        std::size_t flops = 0;
        bool learns = false;
        ((flops += Stages::product_flops * (learns ? 2 : 1), learns = learns || Stages::head::has_parameters),
         ...);
        return flops;
    }();
};

} // namespace strata
