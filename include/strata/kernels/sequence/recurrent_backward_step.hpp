// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/head_kernels.hpp>
#include <strata/kernels/sequence/recurrent_step.hpp>
#include <strata/setting.hpp>

#include <cstddef>

namespace strata::bedrock::inline STRATA_SETTING {

/// What one step of some samples reads and writes on the way back: for each a row a sample. A step before
/// the last has no `following`, and one whose result nobody asks for no `delta`.
template <class T>
struct backward_step_buffers {
    const T* transposed;          ///< the recurrent kernel, [groups][width][lanes]
    rows_view<const T> following; ///< the derivatives by the next step's sums
    rows_view<const T> delta;     ///< those by this step's result
    rows_view<T> gates;           ///< what forward kept, and then the derivatives by the sums
    rows_view<const T> previous_inner;
    rows_view<const T> inner;
    rows_view<T> carried;
    rows_view<const T> factors; ///< of dropout
    rows_view<const T> previous;
    rows_view<T> products; ///< the split gate's, and then the derivatives by the products of all gates
};

namespace internal {
// The derivatives by the state that some gates' products were computed from, if there are any.
template <class Layer, std::size_t Phase, std::size_t Rows, std::size_t Groups, class V, class T>
[[gnu::always_inline]] inline void multiply_deltas(tile_sums<V, Rows, Groups>& sums,
                                                   rows_view<const T> deltas, const T* transposed,
                                                   std::size_t sample, std::size_t group) noexcept {
    using order = gate_order<T, Layer::units, Layer::gates>;
    using own = phase_gates<Layer, Phase>;
    constexpr std::size_t lanes = order::lanes;
    // All columns are one run; of some gates, there is one in each group.
    constexpr bool is_whole = own::count == Layer::gates;
    constexpr std::size_t runs = is_whole ? 1 : order::groups;
    constexpr std::size_t length = is_whole ? order::width : own::count * lanes;
    const T* rows[Rows];
#pragma GCC unroll 16
    for (std::size_t i = 0; i < Rows; ++i)
        rows[i] = deltas.row(sample + i);
    const T* const panel = transposed + group * order::width * lanes;
    for (std::size_t run = 0; run < runs; ++run) {
        const std::size_t begin = order::column_of_group(run, own::first);
        contract<Rows, Groups>(
            sums, length, [&](std::size_t i, std::size_t n) { return rows[i][begin + n]; },
            [&](std::size_t q, std::size_t n) {
                return V::load_aligned(panel + (q * order::width + begin + n) * lanes);
            });
    }
}

// Where a step is masked its sums have no derivatives, and that by the state goes to the step before.
template <class Cell, std::size_t Gates, class V, class T>
[[gnu::always_inline]] inline void pass_state(cell_registers<V, Gates>& registers, V delta, bool is_skipped,
                                              T* passed) noexcept {
    if (is_skipped) {
        for (V& gate : registers.gates)
            gate = V(T(0));
        registers.product = V(T(0));
        if constexpr (Cell::carries_state)
            registers.carried = V(T(0));
    } else
        Cell::backward(registers, delta);
    (is_skipped ? delta : V(T(0))).store_unaligned(passed);
}

// `Phase` counts as forward does: where there are two, the last comes first.
template <class Layer, std::size_t Phase, std::size_t Rows, std::size_t Groups, class T>
[[gnu::always_inline]] inline void backward_step_tile(const backward_step_buffers<T>& buffers,
                                                      std::size_t sample, std::size_t group) noexcept {
    using order = gate_order<T, Layer::units, Layer::gates>;
    using V = simd<T, order::lanes>;
    using own_cell = cell<Layer>;
    constexpr bool is_first = phase_gates<Layer, Phase>::is_last;
    constexpr std::size_t gates = Layer::gates;
    constexpr std::size_t lanes = order::lanes;
    constexpr std::size_t split = own_cell::split_gate;

    tile_sums<V, Rows, Groups> sums;
#pragma GCC unroll 16
    for (std::size_t i = 0; i < Rows; ++i)
#pragma GCC unroll 16
        for (std::size_t q = 0; q < Groups; ++q)
            sums.registers[i][q] = V(T(0));
    // What the following step's gates have read is the state; what this step's last one has, if there are two
    // phases, the state that was reset.
    if constexpr (!is_first)
        multiply_deltas<Layer, 1>(sums, rows_view<const T>(buffers.gates), buffers.transposed, sample, group);
    else if (buffers.following.data != nullptr)
        multiply_deltas<Layer, 0>(sums, buffers.following, buffers.transposed, sample, group);
    alignas(alignment) T results[Rows][Groups * lanes];
#pragma GCC unroll 16
    for (std::size_t i = 0; i < Rows; ++i)
#pragma GCC unroll 16
        for (std::size_t q = 0; q < Groups; ++q)
            sums.registers[i][q].store_aligned(results[i] + q * lanes);
    for (std::size_t i = 0; i < Rows; ++i)
        for (std::size_t p = 0; p < Groups; ++p) {
            const std::size_t unit = (group + p) * lanes;
            T* const row = buffers.gates.row(sample + i) + (group + p) * gates * lanes;
            T* const carried = buffers.carried.row(sample + i) + unit;
            cell_registers<V, gates> registers;
            for (std::size_t g = 0; g < gates; ++g)
                registers.gates[g] = V::load_unaligned(row + g * lanes);
            if constexpr (own_cell::reads_state)
                registers.previous = V::load_unaligned(buffers.previous.row(sample + i) + unit);
            if constexpr (own_cell::has_inner) {
                registers.previous_inner = V::load_unaligned(buffers.previous_inner.row(sample + i) + unit);
                registers.inner = V::load_unaligned(buffers.inner.row(sample + i) + unit);
            }
            if constexpr (own_cell::has_inner || own_cell::carries_state)
                registers.carried = V::load_unaligned(carried);
            T* const products =
                split < gates ? buffers.products.row(sample + i) + (group + p) * gates * lanes : nullptr;
            if constexpr (split < gates)
                registers.product = V::load_unaligned(products + split * lanes);
            V delta = V::load_aligned(results[i] + p * lanes);
            [[maybe_unused]] bool is_skipped = false;
            [[maybe_unused]] T* passed = nullptr;
            if constexpr (!is_first)
                own_cell::reset_backward(registers, delta);
            else {
                if constexpr (own_cell::carries_state)
                    delta += registers.carried;
                if constexpr (Layer::recurrent_dropout > 0)
                    delta *= V::load_unaligned(buffers.factors.row(sample + i) + unit);
                bool is_asked = buffers.delta.data != nullptr;
                if constexpr (Layer::reads_mask) {
                    const step_mask_rows<T>& mask = mask_of<T>(buffers);
                    passed = mask.held.row(sample + i) + unit;
                    delta += V::load_unaligned(passed);
                    // The last step's are those by the states behind it as well, which a zero leaves.
                    const bool has_states = Layer::makes_states && buffers.following.data == nullptr;
                    is_asked = is_asked && (has_states || !mask.is_zero(sample + i));
                    is_skipped = !mask.counts(sample + i);
                }
                if (is_asked)
                    delta += V::load_unaligned(buffers.delta.row(sample + i) + unit);
                if constexpr (Layer::reads_mask)
                    pass_state<own_cell>(registers, delta, is_skipped, passed);
                else
                    own_cell::backward(registers, delta);
            }
            if constexpr (own_cell::has_inner || own_cell::carries_state)
                registers.carried.store_unaligned(carried);
            // What fills the last register has no derivatives, whatever its numbers are.
            const bool is_filled = order::last == lanes || group + p + 1 < order::groups;
            const auto put = [&](V value, T* place) {
                (is_filled ? value : first_lanes<order::last>(value)).store_unaligned(place);
            };
            // The reset gate is still to be asked for what it kept.
            constexpr std::size_t kept_gate = is_first && own_cell::resets_state ? gates - 2 : gates;
            for (std::size_t g = 0; g < gates; ++g)
                if (g != kept_gate || is_skipped)
                    put(registers.gates[g], row + g * lanes);
            if constexpr (split < gates)
                for (std::size_t g = 0; g < gates; ++g)
                    put(g == split ? registers.product : registers.gates[g], products + g * lanes);
        }
}

// The derivatives by the state before the first step: `deltas` are those by its sums.
template <class Layer, class T>
void multiply_first_deltas(const T* transposed, rows_view<const T> deltas, rows_view<const T> carried,
                           [[maybe_unused]] rows_view<const T> factors,
                           [[maybe_unused]] rows_view<const T> passed, rows_view<T> result, bool adds,
                           std::size_t count) noexcept {
    using order = gate_order<T, Layer::units, Layer::gates>;
    using V = simd<T, order::lanes>;
    for (std::size_t sample = 0; sample < count; ++sample)
        for (std::size_t group = 0; group < order::groups; ++group) {
            const std::size_t unit = group * order::lanes;
            tile_sums<V, 1, 1> sums{{{V(T(0))}}};
            multiply_deltas<Layer, 0>(sums, deltas, transposed, sample, group);
            V delta = sums.registers[0][0];
            if constexpr (cell<Layer>::carries_state)
                delta += V::load_unaligned(carried.row(sample) + unit);
            if constexpr (Layer::recurrent_dropout > 0)
                delta *= V::load_unaligned(factors.row(sample) + unit);
            if constexpr (Layer::reads_mask)
                delta += V::load_unaligned(passed.row(sample) + unit);
            T* const place = result.row(sample) + unit;
            if (order::last == order::lanes || group + 1 < order::groups)
                store_or_add<order::lanes>(delta, place, adds);
            else
                store_or_add<order::last>(delta, place, adds);
        }
}

template <class Layer, std::size_t Phase, class T>
void run_backward_phase(const backward_step_buffers<T>& buffers, std::size_t count) noexcept {
    using order = gate_order<T, Layer::units, Layer::gates>;
    using V = simd<T, order::lanes>;
    constexpr std::size_t groups = order::groups;
    constexpr std::size_t wide = std::min(tile_panels, groups);
    constexpr std::size_t single_wide = std::min(single_row_panels, groups);
    constexpr std::size_t tall = tile_rows<V>;
    const std::size_t whole = count / tall * tall;
    const auto visit = [&](auto run, std::size_t sample, auto groups_run, std::size_t group) {
        backward_step_tile<Layer, Phase, decltype(run)::value, decltype(groups_run)::value>(buffers, sample,
                                                                                            group);
    };
    if (whole > 0)
        visit_runs<wide, groups % wide>(0, groups, [&](auto groups_run, std::size_t group) {
            visit_runs<tall>(0, whole,
                             [&](auto run, std::size_t sample) { visit(run, sample, groups_run, group); });
        });
    for (std::size_t sample = whole; sample < count; ++sample)
        visit_runs<single_wide, groups % single_wide>(0, groups, [&](auto groups_run, std::size_t group) {
            visit(constant_size<1>{}, sample, groups_run, group);
        });
}
} // namespace internal

/// The way back through one step of a recurrent layer for `count` samples: the derivatives by its sums from
/// those by its result and by the next step's sums.
template <class Layer, class T>
void recurrent_backward_step(const backward_step_buffers<T>& buffers, std::size_t count) noexcept {
    internal::run_backward_phase<Layer, step_phases<Layer> - 1>(buffers, count);
    if constexpr (step_phases < Layer >> 1)
        internal::run_backward_phase<Layer, 0>(buffers, count);
}

} // namespace strata::bedrock::inline STRATA_SETTING
