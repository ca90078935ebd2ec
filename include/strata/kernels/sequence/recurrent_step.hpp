// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/product/contract.hpp>
#include <strata/kernels/rows_view.hpp>
#include <strata/kernels/sequence/cell.hpp>
#include <strata/kernels/sequence/gate_layout.hpp>
#include <strata/kernels/sequence/masked_steps.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <bit>
#include <cstddef>

namespace strata::bedrock::inline STRATA_SETTING {

/// What one step of some samples reads and writes: for each a row a sample.
template <class T>
struct step_buffers {
    const T* kernel;             ///< the recurrent one
    rows_view<T> gates;          ///< the sums x W + b, and then, in training, what backward needs
    rows_view<const T> previous; ///< the state before the step
    rows_view<const T> previous_inner;
    rows_view<T> inner;
    rows_view<T> products;         ///< of the state with the split gate's weights
    rows_view<T> reset;            ///< the state that the reset gate leaves
    const T* state_bias = nullptr; ///< what is added to products with the state where one is split
};

/// The phases of a step, and the gates of each: all in one, or the last one behind the others.
template <class Layer>
inline constexpr std::size_t step_phases = cell<Layer>::resets_state ? 2 : 1;
template <class Layer, std::size_t Phase>
struct phase_gates {
    static constexpr std::size_t first = Phase == 0 ? 0 : Layer::gates - 1;
    static constexpr std::size_t count = step_phases<Layer> == 1 ? Layer::gates
                                         : Phase == 0            ? Layer::gates - 1
                                                                 : 1;
    static constexpr std::size_t end = first + count;
    /// Whether the state comes out of it.
    static constexpr bool is_last = Phase + 1 == step_phases<Layer>;
};

namespace internal {
/// The shapes of a step's tiles: rows are samples, and a panel is a group of units with all its gates.
template <class Layer, class T, std::size_t Gates>
struct step_tiles {
    using order = gate_order<T, Layer::units, Layer::gates>;
    using V = simd<T, order::lanes>;
    static constexpr bool has_many_registers = sizeof(V) == 64;
    static constexpr std::size_t sums_of_tile = has_many_registers ? 16 : 8;
    /// Chains that each sum is split into where a sample has few sums: a stream waits for them.
    static constexpr std::size_t split =
        std::min(split_sums, std::bit_floor(std::max<std::size_t>(12 / (order::groups * Gates), 1)));
    /// Groups and samples of a tile.
    static constexpr std::size_t wide = std::min<std::size_t>(Gates == 1 ? 2 : 1, order::groups);
    static constexpr std::size_t tall = std::max<std::size_t>(sums_of_tile / (wide * Gates * split), 1);
    /// Groups of a tile of a single sample: as many as fit, and the same in all tiles if that can be.
    static constexpr std::size_t most_single =
        std::max<std::size_t>((has_many_registers ? 24 : 8) / Gates, 1);
    static constexpr std::size_t single_tiles = (order::groups + most_single - 1) / most_single;
    static constexpr std::size_t single_wide = (order::groups + single_tiles - 1) / single_tiles;
};

template <bool Keep, class Layer, std::size_t Phase, std::size_t Rows, std::size_t Groups, class T,
          class Emit>
[[gnu::always_inline]] inline void step_tile(const step_buffers<T>& buffers, std::size_t sample,
                                             std::size_t group, const Emit& emit) noexcept {
    using order = gate_order<T, Layer::units, Layer::gates>;
    using panels = typename order::template panels<Layer::units>;
    using V = simd<T, order::lanes>;
    using own = phase_gates<Layer, Phase>;
    using own_cell = cell<Layer>;
    constexpr std::size_t gates = Layer::gates;
    constexpr std::size_t width = Groups * own::count;
    constexpr std::size_t lanes = order::lanes;
    constexpr std::size_t split = own_cell::split_gate;
    const auto column = [group](std::size_t q) {
        return order::column_of_group(group + q / own::count, own::first + q % own::count);
    };

    tile_sums<V, Rows, width> sums;
    const T* previous[Rows];
    const T* columns[width];
#pragma GCC unroll 16
    for (std::size_t q = 0; q < width; ++q)
        columns[q] = buffers.kernel + panels::index(0, column(q));
#pragma GCC unroll 16
    for (std::size_t i = 0; i < Rows; ++i) {
        previous[i] = (Phase == 0 ? buffers.previous : rows_view<const T>(buffers.reset)).row(sample + i);
        const T* const row = buffers.gates.row(sample + i);
#pragma GCC unroll 16
        for (std::size_t q = 0; q < width; ++q) {
            V start(T(0));
            if (q % own::count != split)
                start = V::load_unaligned(row + column(q));
            if constexpr (split < gates && Layer::has_bias)
                start += V::load_unaligned(buffers.state_bias + column(q));
            sums.registers[i][q] = start;
        }
    }
    contract_split<Layer::units, step_tiles<Layer, T, own::count>::split>(
        sums, [&](std::size_t i, std::size_t k) { return previous[i][k]; },
        [&](std::size_t q, std::size_t k) { return V::load_aligned(columns[q] + k * panels::lanes); });

    // Through memory, so that the cell is compiled once for all rows; one alone is spared the way.
    constexpr bool is_single = Rows == 1 && Groups == 1;
    alignas(alignment) T results[Rows][width * lanes];
    if constexpr (!is_single)
#pragma GCC unroll 16
        for (std::size_t i = 0; i < Rows; ++i)
#pragma GCC unroll 16
            for (std::size_t q = 0; q < width; ++q)
                sums.registers[i][q].store_aligned(results[i] + q * lanes);
    for (std::size_t i = 0; i < Rows; ++i)
        for (std::size_t p = 0; p < Groups; ++p) {
            const std::size_t unit = (group + p) * lanes;
            T* const row = buffers.gates.row(sample + i) + (group + p) * gates * lanes;
            const auto sum_of = [&](std::size_t q) {
                if constexpr (is_single)
                    return sums.registers[0][q];
                else
                    return V::load_aligned(results[i] + (p * own::count + q) * lanes);
            };
            cell_registers<V, gates> registers;
            for (std::size_t g = 0; g < gates; ++g)
                if (g >= own::first && g < own::end && g != split)
                    registers.gates[g] = sum_of(g - own::first);
                else if (g < own::end)
                    registers.gates[g] = V::load_unaligned(row + g * lanes);
            if constexpr (split < gates) {
                registers.product = sum_of(split);
                if constexpr (Keep)
                    registers.product.store_unaligned(buffers.products.row(sample + i) +
                                                      order::column_of_group(group + p, split));
            }
            if constexpr (own_cell::reads_state)
                registers.previous = V::load_unaligned(buffers.previous.row(sample + i) + unit);
            if constexpr (own_cell::has_inner)
                registers.previous_inner = V::load_unaligned(buffers.previous_inner.row(sample + i) + unit);
            V result;
            if constexpr (own::is_last)
                result = own_cell::forward(registers);
            else
                result = own_cell::reset(registers);
            if constexpr (Layer::reads_mask && own::is_last) {
                const step_mask_rows<T>& mask = mask_of<T>(buffers);
                if (!mask.counts(sample + i)) {
                    result = V::load_unaligned(mask.held.row(sample + i) + unit);
                    if constexpr (own_cell::has_inner)
                        registers.inner = registers.previous_inner;
                }
            }
            if constexpr (own_cell::has_inner)
                registers.inner.store_unaligned(buffers.inner.row(sample + i) + unit);
            if constexpr (Keep || !own::is_last)
                for (std::size_t g = own::first; g < own::end; ++g)
                    registers.gates[g].store_unaligned(row + g * lanes);
            const bool is_filled = order::last == lanes || group + p + 1 < order::groups;
            if constexpr (!own::is_last) {
                T* const place = buffers.reset.row(sample + i) + unit;
                if (is_filled)
                    result.store_unaligned(place);
                else
                    store_first<order::last>(result, place);
            } else if (is_filled)
                emit(constant_size<lanes>{}, result, sample + i, unit);
            else
                emit(constant_size<order::last>{}, result, sample + i, unit);
        }
}

// A group's weights stay in the first cache while all samples are multiplied with them. A function of its
// own, so that the compiler keeps the tiles' sums in registers whatever else a kernel does.
template <class Layer, bool Keep, std::size_t Phase, class T, class Emit>
[[gnu::noinline]] void run_tiles(const step_buffers<T>& buffers, std::size_t count,
                                 const Emit& emit) noexcept {
    using tiles = step_tiles<Layer, T, phase_gates<Layer, Phase>::count>;
    constexpr std::size_t groups = tiles::order::groups;
    visit_runs<tiles::wide, groups % tiles::wide>(0, groups, [&](auto groups_run, std::size_t group) {
        visit_runs<tiles::tall>(0, count, [&](auto run, std::size_t sample) {
            step_tile<Keep, Layer, Phase, decltype(run)::value, decltype(groups_run)::value>(buffers, sample,
                                                                                             group, emit);
        });
    });
}

// One phase for all samples.
template <class Layer, bool Keep, std::size_t Phase, class T, class Emit>
[[gnu::always_inline]] inline void run_phase(const step_buffers<T>& buffers, std::size_t count,
                                             const Emit& emit) noexcept {
    using tiles = step_tiles<Layer, T, phase_gates<Layer, Phase>::count>;
    constexpr std::size_t groups = tiles::order::groups;
    const std::size_t whole = tiles::tall > 1 ? count / tiles::tall * tiles::tall : 0;
    if (whole > 0)
        run_tiles<Layer, Keep, Phase>(buffers, whole, emit);
    for (std::size_t sample = whole; sample < count; ++sample)
        visit_runs<tiles::single_wide, groups % tiles::single_wide>(
            0, groups, [&](auto groups_run, std::size_t group) {
                step_tile<Keep, Layer, Phase, 1, decltype(groups_run)::value>(buffers, sample, group, emit);
            });
}
} // namespace internal

/// One step of a recurrent layer for `count` samples, whose products with the input are there: sums += h U,
/// and the cell on the sums while they are at hand. `emit(lanes, state, sample, unit)` gets the new states,
/// register by register, and must not write where others still read the states before. `Keep`: leaves what
/// backward needs. The same bits for each sample whatever `count` is.
template <class Layer, bool Keep, class T, class Emit>
[[gnu::always_inline]] inline void recurrent_step(const step_buffers<T>& buffers, std::size_t count,
                                                  const Emit& emit) noexcept {
    internal::run_phase<Layer, Keep, 0>(buffers, count, emit);
    if constexpr (step_phases < Layer >> 1)
        internal::run_phase<Layer, Keep, 1>(buffers, count, emit);
}

} // namespace strata::bedrock::inline STRATA_SETTING
