// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/dense/piece_tiles.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <cstddef>

namespace strata::bedrock::inline STRATA_SETTING::internal {

// Sums over the rows of Count registers: `add(sums, rows)` adds those of one piece, and `use(q, node,
// register)` gets the results, each with the place of its node.
template <std::size_t Count, class V, class T, class Add, class Use>
void sum_registers(const weight_gradient_buffers<T>& buffers, const Add& add, const Use& use) noexcept {
    tile_sums<V, 1, Count> sums;
    if (buffers.pieces.count == 1) {
        clear(sums);
        add(sums.registers[0], {0, buffers.rows});
#pragma GCC unroll 8
        for (std::size_t q = 0; q < Count; ++q)
            use(q, 0, sums.registers[0][q]);
        return;
    }
    tile_stack<V, 1, Count> stack{buffers.waiting};
    for (std::size_t piece = 0;;) {
        clear(sums);
        add(sums.registers[0], buffers.pieces.range(piece));
        stack.merge(sums, buffers.pieces.merges(piece));
        if (++piece >= buffers.pieces.count)
            break;
        stack.push(sums);
    }
    const std::size_t node = stack.hand_on([&](std::size_t number, std::size_t, std::size_t q, V sum) {
        use(q, number * buffers.pieces.stride, sum);
    });
    for (std::size_t q = 0; q < Count; ++q)
        use(q, node * buffers.pieces.stride, sums.registers[0][q]);
}

// The gradients of some panels of the bias: the sums of delta's columns.
template <class Head, std::size_t Panels, bool Last, class T, class Use>
void bias_gradient_tile(const weight_gradient_buffers<T>& buffers, std::size_t panel,
                        const Use& use) noexcept {
    using layout = weight_layout<T, Head::inputs, Head::outputs>;
    using V = typename layout::vector;
    sum_registers<Panels, V>(
        buffers,
        [&](V(&sums)[Panels], team::range rows) {
            for (std::size_t row = rows.begin; row < rows.end; ++row)
                for (std::size_t q = 0; q < Panels; ++q)
                    sums[q] += load_panel<layout, Last, V>(
                        buffers.delta + row * Head::outputs + (panel + q) * layout::lanes, q + 1 == Panels);
        },
        [&](std::size_t q, std::size_t node, V sum) { use(node + (panel + q) * layout::lanes, sum); });
}

// Where there is one output, a register holds the weights of neighbouring inputs, and each row adds its x
// times one number. Behind the last input a register's gradients must be zero, since x goes on with the next
// row.
template <class Head, class T, class UseKernel, class UseBias>
void dot_weight_gradient(const weight_gradient_buffers<T>& buffers, const UseKernel& use_kernel,
                         const UseBias& use_bias) noexcept {
    using layout = weight_layout<T, Head::inputs, 1>;
    using V = typename layout::vector;
    constexpr std::size_t K = Head::inputs;
    constexpr std::size_t registers = layout::kernel_size / layout::lanes;
    constexpr std::size_t many = std::min<std::size_t>(registers, 8);
    visit_runs<many, registers % many>(0, registers, [&](auto run, std::size_t first) {
        constexpr std::size_t wide = decltype(run)::value;
        sum_registers<wide, V>(
            buffers,
            [&](V(&sums)[wide], team::range rows) {
                for (std::size_t row = rows.begin; row < rows.end; ++row) {
                    const V delta(buffers.delta[row]);
                    for (std::size_t q = 0; q < wide; ++q)
                        sums[q] = xsimd::fma(
                            delta, V::load_unaligned(buffers.x + row * K + (first + q) * layout::lanes),
                            sums[q]);
                }
            },
            [&](std::size_t q, std::size_t node, V sum) {
                const bool filled = first + q + 1 < registers;
                use_kernel(node + (first + q) * layout::lanes, filled ? sum : first_lanes<layout::last>(sum));
            });
    });
    if constexpr (Head::has_bias)
        add_pieces(buffers.pieces,
                   [&](team::range rows) {
                       T sum = 0;
                       for (std::size_t row = rows.begin; row < rows.end; ++row)
                           sum += buffers.delta[row];
                       return sum;
                   })
            .hand_on([&](std::size_t place, T sum) { use_bias(place, first_lanes<1>(V(sum))); }, 0,
                     buffers.pieces.stride);
}

} // namespace strata::bedrock::inline STRATA_SETTING::internal
