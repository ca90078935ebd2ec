// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/dense/forward.hpp>
#include <strata/kernels/dense/input_gradient.hpp>
#include <strata/kernels/dense/weight_gradient.hpp>
#include <strata/kernels/parameter_arrays.hpp>
#include <strata/kernels/sequence/recurrent_memory.hpp>
#include <strata/setting.hpp>

#include <cstddef>

namespace strata::bedrock::inline STRATA_SETTING {

namespace internal {
/// A product with the columns of all gates, for the kernels of dense layers.
template <std::size_t Inputs, std::size_t Outputs, bool Bias>
struct gate_product {
    static constexpr std::size_t inputs = Inputs;
    static constexpr std::size_t outputs = Outputs;
    static constexpr bool has_bias = Bias;
};
template <class Product, std::size_t Rows>
struct gate_product_stage {
    using head = Product;
    static constexpr std::size_t rows = Rows;
};
} // namespace internal

/// The products of a recurrent head that are computed for many steps at once.
template <class Head, class T>
struct gate_products {
    using layer = typename Head::layer;
    using own_cell = cell<layer>;
    using kernel = typename Head::kernel;
    using recurrent_kernel = typename Head::recurrent_kernel;
    using bias = typename Head::bias;
    using order = gate_order<T, Head::units, Head::gates>;
    static constexpr bool is_split = own_cell::split_gate < Head::gates;

    using input_product = internal::gate_product<Head::inputs, order::width, layer::has_bias>;
    using state_product = internal::gate_product<Head::units, order::width, is_split && layer::has_bias>;
    using backward_stage = internal::gate_product_stage<input_product, Head::steps>;

    /// gates = x W + b for some rows. `Data` as in `dense_forward`.
    template <bool Data>
    static void multiply_inputs(const T* parameters, const T* x, T* gates, std::size_t rows) noexcept {
        using layout = weight_layout<T, input_product::inputs, input_product::outputs>;
        dense_forward<input_product, 1, keeping::nothing, Data>(
            buffers_of(parameters, x, gates), {0, rows}, {0, layout::panels}, prediction_tail<tail<>>{});
    }
    /// The same for one row, without loops over tiles where those would cost more than the product.
    [[gnu::always_inline]] static inline void multiply_input(const T* parameters, const T* x,
                                                             T* gates) noexcept {
        if constexpr (is_tiny<input_product>)
            dense_forward_row<input_product, 1, keeping::nothing>(buffers_of(parameters, x, gates),
                                                                  prediction_tail<tail<>>{});
        else
            multiply_inputs<false>(parameters, x, gates, 1);
    }
    /// What is added to the product of the state with a split gate's weights.
    [[nodiscard]] static const T* state_bias(const T* parameters) noexcept {
        return array_of<Head>(parameters, bias{}) + order::bias_size;
    }

    /// The gradients of all arrays over some samples, the first of which has its row of inputs at `x`:
    /// `previous` are the states that the steps read, `reset` what the reset gate left of them,
    /// `state_deltas` the derivatives by the products with the recurrent kernel. `sums` is memory for the
    /// recurrent kernel's gradient, where some gates read another state.
    template <bool Data, class Memory, class Updates>
    static void find_gradients(const T* x, const Memory& kept, team::range samples, const team& threads,
                               const Updates& updates) noexcept {
        const std::size_t first = samples.begin;
        const std::size_t rows = (samples.end - first) * Head::steps;
        const T* const gates = kept.gates(first, 0).data;
        dense_weight_gradient<input_product, Data>(weight_gradient_buffers<T>{x, gates, rows}, threads,
                                                   updates(kernel{}), updates(bias{}));
        const weight_gradient_buffers<T> of_state{kept.previous(first, 0).data,
                                                  kept.state_deltas(first, 0).data, rows};
        const auto update = updates(recurrent_kernel{});
        const auto update_bias = updates(bias{}, order::bias_size);
        if constexpr (!own_cell::resets_state)
            dense_weight_gradient<state_product, false>(of_state, threads, update, update_bias);
        else {
            // A thread's part of the weights is the same both times.
            T* const sums = kept.kernel_sums();
            dense_weight_gradient<state_product, false>(
                of_state, threads, [&](std::size_t place, auto sum) { sum.store_aligned(sums + place); },
                update_bias);
            const weight_gradient_buffers<T> of_reset{kept.reset(first, 0).data, gates, rows};
            dense_weight_gradient<state_product, false>(
                of_reset, threads,
                [&](std::size_t place, auto sum) {
                    using V = decltype(sum);
                    update(place, xsimd::select(reads_reset<V>(place), sum, V::load_aligned(sums + place)));
                },
                update_bias);
        }
    }

private:
    static forward_buffers<T> buffers_of(const T* parameters, const T* x, T* gates) noexcept {
        return {x, array_of<Head>(parameters, kernel{}), array_of<Head>(parameters, bias{}), gates, nullptr};
    }

    // Which lanes of a register of recurrent weights belong to the last gate.
    template <class V>
    static auto reads_reset(std::size_t place) noexcept {
        using layout = typename order::template panels<Head::units>;
        const std::size_t first = place / layout::lanes / Head::units * layout::lanes;
        alignas(alignment) T is_last[V::size];
        for (std::size_t j = 0; j < V::size; ++j)
            is_last[j] = (first + j) / order::lanes % Head::gates + 1 == Head::gates ? T(1) : T(0);
        return V::load_aligned(is_last) > V(T(0));
    }
};

} // namespace strata::bedrock::inline STRATA_SETTING
