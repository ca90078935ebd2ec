// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/product/contract.hpp>
#include <strata/kernels/rows_view.hpp>
#include <strata/kernels/sequence/cell.hpp>
#include <strata/kernels/sequence/gate_layout.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <cstddef>

namespace strata::bedrock::inline STRATA_SETTING {

/// What one step of some samples reads and writes: for each a row a sample.
template <class T>
struct step_buffers {
    const T* kernel;           ///< the recurrent one
    rows_view<T> gates;        ///< the sums x W + b, and then, in training, what backward needs
    rows_view<const T> before; ///< the state before the step
    rows_view<const T> inner_before;
    rows_view<T> inner;
};

namespace internal {
/// The shapes of a step's tiles: rows are samples, and a panel is a group of units with all its gates.
template <class Layer, class T>
struct step_tiles {
    using order = gate_order<T, Layer::units, Layer::gates>;
    using V = simd<T, order::lanes>;
    static constexpr bool has_many_registers = sizeof(V) == 64;
    static constexpr std::size_t sums_of_tile = has_many_registers ? 16 : 8;
    /// Groups and samples of a tile, and groups of one of a single sample.
    static constexpr std::size_t wide = std::min<std::size_t>(Layer::gates == 1 ? 2 : 1, order::groups);
    static constexpr std::size_t tall = sums_of_tile / (wide * Layer::gates);
    static constexpr std::size_t single_wide =
        std::min<std::size_t>(std::max<std::size_t>(8 / Layer::gates, 1), order::groups);
};

template <bool Keep, class Layer, std::size_t Rows, std::size_t Groups, class T, class Emit>
[[gnu::always_inline]] inline void step_tile(const step_buffers<T>& buffers, std::size_t sample,
                                             std::size_t group, const Emit& emit) noexcept {
    using order = gate_order<T, Layer::units, Layer::gates>;
    using panels = typename order::template panels<Layer::units>;
    using V = simd<T, order::lanes>;
    constexpr std::size_t gates = Layer::gates;
    constexpr std::size_t width = Groups * gates;
    constexpr std::size_t lanes = order::lanes;

    tile_sums<V, Rows, width> sums;
    const T* before[Rows];
    const T* columns[width];
#pragma GCC unroll 16
    for (std::size_t q = 0; q < width; ++q)
        columns[q] = buffers.kernel + panels::index(0, (group * gates + q) * lanes);
#pragma GCC unroll 16
    for (std::size_t i = 0; i < Rows; ++i) {
        before[i] = buffers.before.row(sample + i);
        const T* const row = buffers.gates.row(sample + i) + group * gates * lanes;
#pragma GCC unroll 16
        for (std::size_t q = 0; q < width; ++q)
            sums.registers[i][q] = V::load_unaligned(row + q * lanes);
    }
    contract<Rows, width>(
        sums, Layer::units, [&](std::size_t i, std::size_t k) { return before[i][k]; },
        [&](std::size_t q, std::size_t k) { return V::load_aligned(columns[q] + k * panels::lanes); });

    // Through memory, so that the cell is compiled once for all rows.
    alignas(alignment) T results[Rows][width * lanes];
#pragma GCC unroll 16
    for (std::size_t i = 0; i < Rows; ++i)
#pragma GCC unroll 16
        for (std::size_t q = 0; q < width; ++q)
            sums.registers[i][q].store_aligned(results[i] + q * lanes);
    for (std::size_t i = 0; i < Rows; ++i)
        for (std::size_t p = 0; p < Groups; ++p) {
            const std::size_t unit = (group + p) * lanes;
            cell_registers<V, gates> registers;
            for (std::size_t g = 0; g < gates; ++g)
                registers.gates[g] = V::load_aligned(results[i] + (p * gates + g) * lanes);
            if constexpr (cell<Layer>::has_inner)
                registers.inner_before = V::load_unaligned(buffers.inner_before.row(sample + i) + unit);
            const V state = cell<Layer>::forward(registers);
            if constexpr (cell<Layer>::has_inner)
                registers.inner.store_unaligned(buffers.inner.row(sample + i) + unit);
            if constexpr (Keep) {
                T* const row = buffers.gates.row(sample + i) + (group + p) * gates * lanes;
                for (std::size_t g = 0; g < gates; ++g)
                    registers.gates[g].store_unaligned(row + g * lanes);
            }
            if (order::last == lanes || group + p + 1 < order::groups)
                emit(constant_size<lanes>{}, state, sample + i, unit);
            else
                emit(constant_size<order::last>{}, state, sample + i, unit);
        }
}
} // namespace internal

/// One step of a recurrent layer for `count` samples, whose products with the input are there: sums += h U,
/// and the cell on the sums while they are at hand. `emit(lanes, state, sample, unit)` gets the new states,
/// register by register, and must not write where others still read the states before. `Keep`: leaves what
/// backward needs. The same bits for each sample whatever `count` is.
template <class Layer, bool Keep, class T, class Emit>
[[gnu::always_inline]] inline void recurrent_step(const step_buffers<T>& buffers, std::size_t count,
                                                  const Emit& emit) noexcept {
    using tiles = internal::step_tiles<Layer, T>;
    constexpr std::size_t groups = tiles::order::groups;
    const std::size_t whole = count / tiles::tall * tiles::tall;
    const auto visit = [&](auto run, std::size_t sample, auto groups_run, std::size_t group) {
        internal::step_tile<Keep, Layer, decltype(run)::value, decltype(groups_run)::value>(buffers, sample,
                                                                                            group, emit);
    };
    // A group's weights stay in the first cache while all samples are multiplied with them.
    if (whole > 0)
        visit_runs<tiles::wide, groups % tiles::wide>(0, groups, [&](auto groups_run, std::size_t group) {
            visit_runs<tiles::tall>(
                0, whole, [&](auto run, std::size_t sample) { visit(run, sample, groups_run, group); });
        });
    for (std::size_t sample = whole; sample < count; ++sample)
        visit_runs<tiles::single_wide, groups % tiles::single_wide>(
            0, groups, [&](auto groups_run, std::size_t group) {
                visit(internal::constant_size<1>{}, sample, groups_run, group);
            });
}

} // namespace strata::bedrock::inline STRATA_SETTING
