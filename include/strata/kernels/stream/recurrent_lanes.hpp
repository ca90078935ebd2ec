// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/product/weight_layout.hpp>
#include <strata/kernels/sequence/cell.hpp>
#include <strata/kernels/sequence/gate_layout.hpp>
#include <strata/kernels/sequence/recurrent_step.hpp>
#include <strata/setting.hpp>

#include <array>
#include <cstddef>

namespace strata::bedrock::inline STRATA_SETTING {

/// One step of a recurrent layer for streams side by side, each of which has a lane of a register: for so few
/// units that they would leave half a register empty. States are [units][streams] here.
template <class Head, std::size_t Streams, class T>
struct recurrent_lanes {
    using layer = typename Head::layer;
    using own_cell = cell<layer>;
    static constexpr std::size_t units = Head::units;
    static constexpr std::size_t gates = Head::gates;
    using order = gate_order<T, units, gates>;
    static constexpr std::size_t lanes = lanes_of<T, Streams>;
    using V = simd<T, lanes>;
    /// Whether the streams fill registers that their units would not.
    static constexpr bool is_suited =
        step_phases<layer> == 1 && Streams % lanes == 0 && lanes >= 2 * units && Head::parts == 1;
    static constexpr std::size_t split = own_cell::split_gate;
    /// Sums of a unit: of its gates, and a split gate's product.
    static constexpr std::size_t sums = gates + (split < gates ? 1 : 0);
    /// Numbers of inputs and sums.
    static constexpr std::size_t scratch_size = (Head::inputs + units * sums) * Streams;

    const T* kernel;
    const T* recurrent_kernel;
    const T* bias;       ///< none without
    const T* state_bias; ///< of a split gate
    T* state;
    T* inner;
    T* scratch;

    /// x is [streams][inputs]; leaves the new states. First all sums, then the gates of all units, since a
    /// gate waits for much but has few instructions: those of some units are at work together.
    void step(const T* x) const noexcept {
        for (std::size_t k = 0; k < Head::inputs; ++k)
            for (std::size_t stream = 0; stream < Streams; ++stream)
                scratch[k * Streams + stream] = x[stream * Head::inputs + k];
        for (std::size_t first = 0; first < Streams; first += lanes) {
            std::array<V, units> before;
#pragma GCC unroll 16
            for (std::size_t unit = 0; unit < units; ++unit)
                before[unit] = V::load_unaligned(state + unit * Streams + first);
            for (std::size_t unit = 0; unit < units; ++unit)
                find_sums(unit, first, before);
            for (std::size_t unit = 0; unit < units; ++unit)
                finish_unit(unit, first);
        }
    }

private:
    [[nodiscard]] T* sum_of(std::size_t unit, std::size_t number, std::size_t first) const noexcept {
        return scratch + (Head::inputs + unit * sums + number) * Streams + first;
    }

    [[gnu::always_inline]] inline void find_sums(std::size_t unit, std::size_t first,
                                                 const std::array<V, units>& before) const noexcept {
        using input_panels = typename order::template panels<Head::inputs>;
        using state_panels = typename order::template panels<units>;
        std::array<V, sums> found;
        std::array<const T*, gates> weights;
#pragma GCC unroll 4
        for (std::size_t gate = 0; gate < gates; ++gate) {
            const std::size_t column = order::column(gate * units + unit);
            weights[gate] = recurrent_kernel + state_panels::index(0, column);
            V sum(bias == nullptr ? T(0) : bias[column]);
            const T* const input_weights = kernel + input_panels::index(0, column);
            for (std::size_t k = 0; k < Head::inputs; ++k)
                sum = xsimd::fma(V::load_unaligned(scratch + k * Streams + first),
                                 V(input_weights[k * input_panels::lanes]), sum);
            if constexpr (split < gates && layer::has_bias)
                if (gate != split)
                    sum += V(state_bias[column]);
            found[gate] = sum;
        }
        if constexpr (split < gates)
            found[gates] = V(layer::has_bias ? state_bias[order::column(split * units + unit)] : T(0));
#pragma GCC unroll 16
        for (std::size_t k = 0; k < units; ++k)
#pragma GCC unroll 4
            for (std::size_t gate = 0; gate < gates; ++gate) {
                V& sum = found[gate == split ? gates : gate];
                sum = xsimd::fma(before[k], V(weights[gate][k * state_panels::lanes]), sum);
            }
#pragma GCC unroll 5
        for (std::size_t number = 0; number < sums; ++number)
            found[number].store_unaligned(sum_of(unit, number, first));
    }

    [[gnu::always_inline]] inline void finish_unit(std::size_t unit, std::size_t first) const noexcept {
        cell_registers<V, gates> registers;
#pragma GCC unroll 4
        for (std::size_t gate = 0; gate < gates; ++gate)
            registers.gates[gate] = V::load_unaligned(sum_of(unit, gate, first));
        if constexpr (split < gates)
            registers.product = V::load_unaligned(sum_of(unit, gates, first));
        T* const own_state = state + unit * Streams + first;
        T* const own_inner = inner + unit * Streams + first;
        registers.previous = V::load_unaligned(own_state);
        if constexpr (own_cell::has_inner)
            registers.previous_inner = V::load_unaligned(own_inner);
        const V result = own_cell::forward(registers);
        if constexpr (own_cell::has_inner)
            registers.inner.store_unaligned(own_inner);
        result.store_unaligned(own_state);
    }
};

} // namespace strata::bedrock::inline STRATA_SETTING
