// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/layers/recurrent.hpp>
#include <strata/setting.hpp>

namespace strata::bedrock::inline STRATA_SETTING {

struct without_forget_bias {
    static constexpr auto spelling(auto&& write) { return write("no_forget_bias"); }
};
/// The biases of the forget gates begin at zero as the others do, instead of at one.
inline constexpr without_forget_bias no_forget_bias{};

/// Long short-term memory (Hochreiter and Schmidhuber 1997; forget gates: Gers et al. 2000), as Keras's LSTM.
/// Of the sums z = x W + h U + b of each step: i = s(z_i), f = s(z_f), o = s(z_o),
/// c' = f c + i a(z_c), h' = o a(c'), with c and h zero at first. a is `tanh` and s is `sigmoid` without an
/// option. Shape [steps, K] -> [steps, Units], or [Units] with `last_step`. Gradients by backpropagation
/// through all steps. 4 Units (K + Units) multiplications a step; those with K are done for many steps at
/// once. Arrays, gates in the order i f c o: `kernel` [K, 4 Units], `recurrent_kernel` [Units, 4 Units],
/// `bias` [4 Units]. Rejects zero units and anything but steps of features.
///
/// Options, in any order: an activation a; `recurrent<activation>` for s; `last_step`; `backwards`;
/// `take_state`; `return_state`; `zero_masked`; `no_bias`; `no_forget_bias`; an initializer and a regularizer
/// of the kernel; `recurrent<...>` of such for the recurrent kernel, which is `orthogonal<>` at first;
/// `recurrent<dropout<0.2>>`: `lstm<64, last_step, l2<1e-4>, recurrent<hard_sigmoid>>`. Dropout of what it
/// reads, the same features in all steps, is `spatial_dropout` before it. A masked step leaves c and h as
/// they are; its result is that of the step before, zeros where no step before it counts, or with
/// `zero_masked`.
template <std::size_t Units, auto... Options>
struct lstm_layer : recurrent_layer<Units, 2, Options...> {
    static_assert((detail::recurrent_layer_option<decltype(Options), without_forget_bias> && ...),
                  "strata: lstm takes activations, last_step, backwards, take_state, return_state, "
                  "zero_masked, no_bias, no_forget_bias, "
                  "initializers, regularizers, and recurrent<...>");
    static constexpr auto label = text("lstm<") + number_text<Units> + text(">");
    static constexpr auto spelling(auto&& write) { return write("lstm<", Units, Options...); }
    static constexpr std::size_t gates = 4;
    /// Of a step, for backward: the gates and both states.
    static constexpr std::size_t kept_vectors = 6;
    using bias_shape = shape<gates * Units>;

    static constexpr double first_bias(std::size_t number) {
        constexpr bool forgets = (std::same_as<type_of<Options>, without_forget_bias> || ...);
        return !forgets && number / Units == 1 ? 1 : 0;
    }

    template <class Shape>
    using head = recurrence<lstm_layer, Shape::extents[0], Shape::last>;
    template <class First, class...>
    using head_of = head<First>;
};

template <std::size_t Units, auto... Options>
inline constexpr lstm_layer<Units, Options...> lstm{};

} // namespace strata::bedrock::inline STRATA_SETTING

namespace strata {
using bedrock::lstm;
using bedrock::no_forget_bias;
} // namespace strata
