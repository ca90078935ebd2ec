// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/layers/recurrent.hpp>
#include <strata/setting.hpp>

namespace strata::bedrock::inline STRATA_SETTING {

/// A layer whose results come back as its state (Elman 1990), as Keras's SimpleRNN: h' = a(x W + h U + b),
/// with h zero at first. a is `tanh` without an option. Shape [steps, K] -> [steps, Units], or [Units] with
/// `last_step`. Gradients by backpropagation through all steps. Units (K + Units) multiplications a step.
/// Arrays: `kernel` [K, Units], `recurrent_kernel` [Units, Units], `bias` [Units]. Rejects zero units and
/// anything but steps of features.
///
/// Options, in any order: an activation; `last_step`; `backwards`; `take_state`; `return_state`;
/// `zero_masked`; `no_bias`; an initializer and a regularizer of the kernel; `recurrent<...>` of such for the
/// recurrent kernel, which is `orthogonal<>` at first; `recurrent<dropout<0.2>>`. A masked step leaves h as
/// it is; its result is that of the step before, zeros where no step before it counts, or with `zero_masked`.
template <std::size_t Units, auto... Options>
struct simple_rnn_layer : recurrent_layer<Units, 1, Options...> {
    static_assert((detail::recurrent_layer_option<decltype(Options)> && ...),
                  "strata: simple_rnn takes an activation, last_step, backwards, take_state, return_state, "
                  "zero_masked, "
                  "no_bias, initializers, "
                  "regularizers, and recurrent<...>");
    static_assert(!(detail::is_activation<std::remove_const_t<decltype(detail::option_of_state(Options))>> ||
                    ...),
                  "strata: simple_rnn has no gates, whose activation recurrent<...> would be");
    static constexpr auto label = text("simple_rnn<") + number_text<Units> + text(">");
    static constexpr auto spelling(auto&& write) { return write("simple_rnn<", Units, Options...); }
    static constexpr std::size_t gates = 1;
    /// Of a step, for backward: the result and the state before.
    static constexpr std::size_t kept_vectors = 2;
    using bias_shape = shape<Units>;
    static constexpr double first_bias(std::size_t) { return 0; }

    template <class Shape>
    using head = recurrence<simple_rnn_layer, Shape::extents[0], Shape::last>;
    template <class First, class...>
    using head_of = head<First>;
};

template <std::size_t Units, auto... Options>
inline constexpr simple_rnn_layer<Units, Options...> simple_rnn{};

} // namespace strata::bedrock::inline STRATA_SETTING

namespace strata {
using bedrock::simple_rnn;
} // namespace strata
