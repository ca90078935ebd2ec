// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/sequence/gate_function.hpp>
#include <strata/kernels/simd.hpp>
#include <strata/layers/lstm.hpp>
#include <strata/setting.hpp>

#include <cstddef>

namespace strata::bedrock::inline STRATA_SETTING {

/// The registers of some units of one sample, in one step.
template <class V, std::size_t Gates>
struct cell_registers {
    /// Forward: the sums x W + h U + b, and then what backward needs. Backward: that, and then the
    /// derivatives by the sums.
    V gates[Gates];
    /// The inner state before and after the step, where a cell has one.
    V inner_before;
    V inner;
    /// Backward: what else than through the next step's sums comes back to the state, or to the inner one.
    V carried;
};

/// What a kind of recurrent layer computes with registers. It offers
///  - `has_inner`: whether there is a state beside the one that is the result,
///  - `carries_state`: whether `carried` belongs to the state that is the result,
///  - `forward(registers)`: the new state,
///  - `backward(registers, delta)`, with the derivative by that state.
template <class Layer>
struct cell;

template <std::size_t Units, auto... Options>
struct cell<lstm_layer<Units, Options...>> {
    using layer = lstm_layer<Units, Options...>;
    using gate = gate_function<layer::recurrent_activation>;
    using function = gate_function<layer::activation>;
    static constexpr bool has_inner = true;
    static constexpr bool carries_state = false;

    template <class V>
    [[nodiscard]] static V forward(cell_registers<V, 4>& r) noexcept {
        const V input = gate::value(r.gates[0]);
        const V forget = gate::value(r.gates[1]);
        const V candidate = function::value(r.gates[2]);
        const V output = gate::value(r.gates[3]);
        r.inner = xsimd::fma(forget, r.inner_before, V(input * candidate));
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
        r.gates[1] = inner_delta * r.inner_before * gate::slope_of_kept(r.gates[1]);
        r.gates[2] = inner_delta * input * function::slope_of_kept(r.gates[2]);
        r.gates[3] = delta * value * gate::slope_of_kept(r.gates[3]);
    }
};

} // namespace strata::bedrock::inline STRATA_SETTING
