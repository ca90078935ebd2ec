// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

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
    rows_view<const T> inner_before;
    rows_view<const T> inner;
    rows_view<T> carried;
    rows_view<const T> factors; ///< of dropout
};

namespace internal {
template <class Layer, std::size_t Rows, std::size_t Groups, class T>
[[gnu::always_inline]] inline void backward_step_tile(const backward_step_buffers<T>& buffers,
                                                      std::size_t sample, std::size_t group) noexcept {
    using order = gate_order<T, Layer::units, Layer::gates>;
    using V = simd<T, order::lanes>;
    constexpr std::size_t gates = Layer::gates;
    constexpr std::size_t lanes = order::lanes;

    tile_sums<V, Rows, Groups> sums;
#pragma GCC unroll 16
    for (std::size_t i = 0; i < Rows; ++i)
#pragma GCC unroll 16
        for (std::size_t q = 0; q < Groups; ++q)
            sums.registers[i][q] = V(T(0));
    if (buffers.following.data != nullptr) {
        const T* following[Rows];
#pragma GCC unroll 16
        for (std::size_t i = 0; i < Rows; ++i)
            following[i] = buffers.following.row(sample + i);
        const T* const panel = buffers.transposed + group * order::width * lanes;
        contract<Rows, Groups>(
            sums, order::width, [&](std::size_t i, std::size_t n) { return following[i][n]; },
            [&](std::size_t q, std::size_t n) {
                return V::load_aligned(panel + (q * order::width + n) * lanes);
            });
    }
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
            if constexpr (cell<Layer>::has_inner) {
                registers.inner_before = V::load_unaligned(buffers.inner_before.row(sample + i) + unit);
                registers.inner = V::load_unaligned(buffers.inner.row(sample + i) + unit);
                registers.carried = V::load_unaligned(carried);
            }
            V delta = V::load_aligned(results[i] + p * lanes);
            if constexpr (cell<Layer>::carries_state)
                delta += V::load_unaligned(carried);
            if constexpr (Layer::recurrent_dropout > 0)
                delta *= V::load_unaligned(buffers.factors.row(sample + i) + unit);
            if (buffers.delta.data != nullptr)
                delta += V::load_unaligned(buffers.delta.row(sample + i) + unit);
            cell<Layer>::backward(registers, delta);
            if constexpr (cell<Layer>::has_inner || cell<Layer>::carries_state)
                registers.carried.store_unaligned(carried);
            // What fills the last register has no derivatives, whatever its numbers are.
            const bool is_last = order::last < lanes && group + p + 1 == order::groups;
            for (std::size_t g = 0; g < gates; ++g) {
                const V sum_delta = registers.gates[g];
                (is_last ? first_lanes<order::last>(sum_delta) : sum_delta).store_unaligned(row + g * lanes);
            }
        }
}
} // namespace internal

/// The way back through one step of a recurrent layer for `count` samples: the derivatives by its sums from
/// those by its result and by the next step's sums.
template <class Layer, class T>
void recurrent_backward_step(const backward_step_buffers<T>& buffers, std::size_t count) noexcept {
    using order = gate_order<T, Layer::units, Layer::gates>;
    using V = simd<T, order::lanes>;
    constexpr std::size_t groups = order::groups;
    constexpr std::size_t wide = std::min(tile_panels, groups);
    constexpr std::size_t single_wide = std::min(single_row_panels, groups);
    constexpr std::size_t tall = tile_rows<V>;
    const std::size_t whole = count / tall * tall;
    const auto visit = [&](auto run, std::size_t sample, auto groups_run, std::size_t group) {
        internal::backward_step_tile<Layer, decltype(run)::value, decltype(groups_run)::value>(buffers,
                                                                                               sample, group);
    };
    if (whole > 0)
        visit_runs<wide, groups % wide>(0, groups, [&](auto groups_run, std::size_t group) {
            visit_runs<tall>(0, whole,
                             [&](auto run, std::size_t sample) { visit(run, sample, groups_run, group); });
        });
    for (std::size_t sample = whole; sample < count; ++sample)
        visit_runs<single_wide, groups % single_wide>(0, groups, [&](auto groups_run, std::size_t group) {
            visit(internal::constant_size<1>{}, sample, groups_run, group);
        });
}

} // namespace strata::bedrock::inline STRATA_SETTING
