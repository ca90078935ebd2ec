// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/head_kernels.hpp>
#include <strata/plan/stepping.hpp>
#include <strata/setting.hpp>

#include <cstddef>

namespace strata::bedrock::inline STRATA_SETTING {

/// What the kernel of a layer that looks back or has a state reads and writes in a stream: rows of
/// consecutive steps, of each step as many as there are streams side by side.
template <class T>
struct step_forward {
    /// Of each value: the first of these rows. Those of earlier steps lie before it, as many as the layer
    /// sees.
    const rows_view<const T>* sources;
    rows_view<T> y;
    const T* parameters;
    T* state; ///< what a layer with a state keeps from step to step
    T* scratch;
};

/// The kernel of a `stepping<Whole, ...>` head, found by the head of the whole sequence. It derives from
/// `step_kernels_base` and offers `forward<Stage, Streams>(call, rows, tail)`.
template <class Whole>
struct step_kernels;

struct step_kernels_base {
    /// Computes what depends on the type alone, before the first step.
    template <class T>
    static void prepare() noexcept {}
    /// Numbers that each stream keeps from step to step.
    template <class T>
    static constexpr std::size_t state_size = 0;
    /// Whether each of so many streams has a lane of its registers.
    template <class T, std::size_t Streams>
    static constexpr bool has_lanes = false;
    /// Numbers that the kernel needs while it computes so many rows.
    template <class T>
    static constexpr std::size_t scratch_size(std::size_t /* rows */) {
        return 0;
    }
};

} // namespace strata::bedrock::inline STRATA_SETTING
