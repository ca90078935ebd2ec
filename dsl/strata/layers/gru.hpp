// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/layers/recurrent.hpp>
#include <strata/setting.hpp>

namespace strata::bedrock::inline STRATA_SETTING {

/// Where gated recurrent units apply the reset gate.
enum class reset_place {
    after_product, ///< to the product of the state with the recurrent kernel (Keras 3, cuDNN, PyTorch)
    before_product ///< to the state (Cho et al. 2014; Keras before 2.1, and `reset_after = False`)
};
inline constexpr reset_place reset_after = reset_place::after_product;
inline constexpr reset_place reset_before = reset_place::before_product;
constexpr auto spelling(reset_place value, auto&& write) {
    return write(value == reset_after ? "reset_after" : "reset_before");
}

/// Gated recurrent units (Cho et al. 2014), as Keras's GRU. Of each step's x and state h, zero at first:
/// z = s(x W_z + h U_z + b_z), r = s(x W_r + h U_r + b_r), h' = z h + (1 - z) n, where
/// n = a(x W_h + b_h + r (h U_h + b'_h)) with `reset_after`, which is the default, or
/// n = a(x W_h + b_h + (r h) U_h) with `reset_before`. a is `tanh` and s is `sigmoid` without an option.
/// Shape [steps, K] -> [steps, Units], or [Units] with `last_step`. Gradients by backpropagation through all
/// steps. 3 Units (K + Units) multiplications a step. Arrays, gates in the order z r h: `kernel`
/// [K, 3 Units], `recurrent_kernel` [Units, 3 Units], `bias` [2, 3 Units], of which the second row is added
/// to h U, or [3 Units] with `reset_before`. Rejects zero units and anything but steps of features.
///
/// Options, in any order: `reset_before`; an activation a; `recurrent<activation>` for s; `last_step`;
/// `backwards`; `take_state`; `return_state`; `zero_masked`; `no_bias`; an initializer and a regularizer of
/// the kernel; `recurrent<...>` of such for the recurrent kernel, which is `orthogonal<>` at first;
/// `recurrent<dropout<0.2>>`, which also drops numbers of the h that z multiplies, as Keras does.
/// A masked step leaves h as it is; its result is that of the step before, zeros where no step before it
/// counts, or with `zero_masked`.
template <std::size_t Units, auto... Options>
struct gru_layer : recurrent_layer<Units, 1, Options...> {
    static_assert((detail::recurrent_layer_option<decltype(Options), reset_place> && ...),
                  "strata: gru takes reset_after or reset_before, activations, last_step, backwards, "
                  "take_state, return_state, zero_masked, no_bias, "
                  "initializers, regularizers, and recurrent<...>");
    static constexpr auto label = text("gru<") + number_text<Units> + text(">");
    static constexpr auto spelling(auto&& write) { return write("gru<", Units, Options...); }
    static constexpr std::size_t gates = 3;
    static constexpr bool resets_product = detail::option(reset_after, Options...) == reset_after;
    /// Of a step, for backward: the gates, the state before, and products with it, or what was reset of it.
    static constexpr std::size_t kept_vectors = resets_product ? 7 : 5;
    using bias_shape = std::conditional_t<resets_product, shape<2, gates * Units>, shape<gates * Units>>;
    static constexpr double first_bias(std::size_t) { return 0; }

    template <class Shape>
    using head = recurrence<gru_layer, Shape::extents[0], Shape::last>;
    template <class First, class...>
    using head_of = head<First>;
};

template <std::size_t Units, auto... Options>
inline constexpr gru_layer<Units, Options...> gru{};

} // namespace strata::bedrock::inline STRATA_SETTING

namespace strata {
using bedrock::gru;
using bedrock::reset_after;
using bedrock::reset_before;
} // namespace strata
