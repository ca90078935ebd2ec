// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/sequence/gate_function.hpp>
#include <strata/kernels/simd.hpp>
#include <strata/layers/gru.hpp>
#include <strata/layers/lstm.hpp>
#include <strata/layers/simple_rnn.hpp>
#include <strata/setting.hpp>
#include <strata/topology/bidirectional.hpp>
#include <strata/topology/frozen.hpp>
#include <strata/topology/named.hpp>

#include <cstddef>

namespace strata::bedrock::inline STRATA_SETTING {

/// The registers of some units of one sample, in one step.
template <class V, std::size_t Gates>
struct cell_registers {
    /// Forward: the sums x W + h U + b, and then what backward needs. Backward: that, and then the
    /// derivatives by the sums.
    V gates[Gates];
    /// Where the state's product is no part of a gate's sum: that product, and then the derivative by it.
    V product;
    /// The state before the step.
    V previous;
    /// The inner state before and after the step, where a cell has one.
    V previous_inner;
    V inner;
    /// Backward: what else than through the sums comes back to the state before, or to the inner one.
    V carried;
};

/// What a kind of recurrent layer computes with registers: `forward(registers)` gives the new state,
/// `backward(registers, delta)` takes the derivative by it. A cell derives from this and hides what differs.
struct cell_base {
    /// Whether there is a state beside the one that is the result.
    static constexpr bool has_inner = false;
    /// Whether `carried` belongs to the state that is the result, and whether the cell reads that.
    static constexpr bool carries_state = false;
    static constexpr bool reads_state = false;
    /// The gate whose product with the state stays apart from its sum; none.
    static constexpr std::size_t split_gate = static_cast<std::size_t>(-1);
    /// Whether the last gate multiplies the state that the gates before it reset, so that a step has two
    /// phases: `reset(registers)` gives that state, `reset_backward(registers, delta)` takes its derivative.
    static constexpr bool resets_state = false;
};
template <class Layer>
struct cell;

template <std::size_t Units, auto... Options>
struct cell<simple_rnn_layer<Units, Options...>> : cell_base {
    using function = gate_function<simple_rnn_layer<Units, Options...>::activation>;

    template <class V>
    [[nodiscard]] static V forward(cell_registers<V, 1>& r) noexcept {
        const V state = function::value(r.gates[0]);
        r.gates[0] = function::kept(r.gates[0], state);
        return state;
    }
    template <class V>
    static void backward(cell_registers<V, 1>& r, V delta) noexcept {
        r.gates[0] = delta * function::slope_of_kept(r.gates[0]);
    }
};

template <std::size_t Units, auto... Options>
struct cell<lstm_layer<Units, Options...>> : cell_base {
    using layer = lstm_layer<Units, Options...>;
    using gate = gate_function<layer::recurrent_activation>;
    using function = gate_function<layer::activation>;
    static constexpr bool has_inner = true;

    template <class V>
    [[nodiscard]] static V forward(cell_registers<V, 4>& r) noexcept {
        const V input = gate::value(r.gates[0]);
        const V forget = gate::value(r.gates[1]);
        const V candidate = function::value(r.gates[2]);
        const V output = gate::value(r.gates[3]);
        r.inner = xsimd::fma(forget, r.previous_inner, V(input * candidate));
        r.gates[0] = gate::kept(r.gates[0], input);
        r.gates[1] = gate::kept(r.gates[1], forget);
        r.gates[2] = function::kept(r.gates[2], candidate);
        r.gates[3] = gate::kept(r.gates[3], output);
        return output * function::value(r.inner);
    }

    template <class V>
    static void backward(cell_registers<V, 4>& r, V delta) noexcept {
        const V input = gate::value_of_kept(r.gates[0]);
        const V forget = gate::value_of_kept(r.gates[1]);
        const V candidate = function::value_of_kept(r.gates[2]);
        const V output = gate::value_of_kept(r.gates[3]);
        const V value = function::value(r.inner);
        const V inner_delta =
            xsimd::fma(V(delta * output), function::slope_of_kept(function::kept(r.inner, value)), r.carried);
        r.carried = inner_delta * forget;
        r.gates[0] = inner_delta * candidate * gate::slope_of_kept(r.gates[0]);
        r.gates[1] = inner_delta * r.previous_inner * gate::slope_of_kept(r.gates[1]);
        r.gates[2] = inner_delta * input * function::slope_of_kept(r.gates[2]);
        r.gates[3] = delta * value * gate::slope_of_kept(r.gates[3]);
    }
};

template <std::size_t Units, auto... Options>
struct cell<gru_layer<Units, Options...>> : cell_base {
    using layer = gru_layer<Units, Options...>;
    using gate = gate_function<layer::recurrent_activation>;
    using function = gate_function<layer::activation>;
    static constexpr bool carries_state = true;
    static constexpr bool reads_state = true;
    static constexpr std::size_t split_gate = layer::resets_product ? 2 : cell_base::split_gate;
    static constexpr bool resets_state = !layer::resets_product;

    template <class V>
    [[nodiscard]] static V reset(cell_registers<V, 3>& r) noexcept {
        return keep_gates(r) * r.previous;
    }

    template <class V>
    [[nodiscard]] static V forward(cell_registers<V, 3>& r) noexcept {
        if constexpr (layer::resets_product)
            r.gates[2] = xsimd::fma(keep_gates(r), r.product, r.gates[2]);
        const V update = gate::value_of_kept(r.gates[0]);
        const V candidate = function::value(r.gates[2]);
        r.gates[2] = function::kept(r.gates[2], candidate);
        return xsimd::fma(update, V(r.previous - candidate), candidate);
    }

    template <class V>
    static void backward(cell_registers<V, 3>& r, V delta) noexcept {
        const V update = gate::value_of_kept(r.gates[0]);
        const V candidate = function::value_of_kept(r.gates[2]);
        const V sum_delta = delta * (V(1) - update) * function::slope_of_kept(r.gates[2]);
        r.carried = delta * update;
        r.gates[0] = delta * (r.previous - candidate) * gate::slope_of_kept(r.gates[0]);
        r.gates[2] = sum_delta;
        if constexpr (layer::resets_product) {
            const V product = r.product;
            r.product = sum_delta * gate::value_of_kept(r.gates[1]);
            r.gates[1] = sum_delta * product * gate::slope_of_kept(r.gates[1]);
        }
    }

    template <class V>
    static void reset_backward(cell_registers<V, 3>& r, V delta) noexcept {
        r.carried = xsimd::fma(delta, gate::value_of_kept(r.gates[1]), r.carried);
        r.gates[1] = delta * r.previous * gate::slope_of_kept(r.gates[1]);
    }

private:
    // Keeps what backward needs of the update and the reset gate; the value of the latter.
    template <class V>
    [[nodiscard]] static V keep_gates(cell_registers<V, 3>& r) noexcept {
        const V value = gate::value(r.gates[1]);
        r.gates[0] = gate::kept(r.gates[0], gate::value(r.gates[0]));
        r.gates[1] = gate::kept(r.gates[1], value);
        return value;
    }
};

/// A layer that reads the steps in the other direction, or a mask, has the same cell, and so has one in a
/// part with a name, or whose weights stay.
template <class Layer>
struct cell<mirrored_layer<Layer>> : cell<Layer> {};
template <text Name, class Layer>
struct cell<named_layer<Name, Layer>> : cell<Layer> {};
template <class Layer>
struct cell<frozen_layer<Layer>> : cell<Layer> {};
template <class Layer, bool Zeroes>
struct cell<masked_recurrent_layer<Layer, Zeroes>> : cell<Layer> {};

} // namespace strata::bedrock::inline STRATA_SETTING
