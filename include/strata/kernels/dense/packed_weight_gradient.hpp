// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/dense/column_gradients.hpp>
#include <strata/kernels/dense/piece_tiles.hpp>
#include <strata/kernels/lane_exchange.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <cstddef>
#include <utility>

namespace strata::bedrock::inline STRATA_SETTING::internal {

/// The weight gradient of a layer whose outputs fill a part of the widest register: the weights of several
/// inputs, which lie side by side, are added up, and handed on, in one.
template <class Head, class T>
struct packed_weight_gradient {
private:
    using layout = weight_layout<T, Head::inputs, Head::outputs>;
    static constexpr std::size_t lanes = lanes_of<T, 64 / sizeof(T)>;
    using V = simd<T, lanes>;
    static constexpr std::size_t inputs = lanes / layout::lanes; ///< of a register

public:
    static constexpr bool exists =
        !layout::is_dot && layout::panels == 1 && inputs > 1 && Head::inputs % inputs == 0;
    static constexpr std::size_t registers = layout::kernel_size / lanes;
    static constexpr std::size_t most = 8; ///< registers that are added up at a time

    /// The gradients of some registers, which begin with a multiple of `most`, and end with one or with all.
    template <class Use>
    static void run(const weight_gradient_buffers<T>& buffers, team::range some, const Use& use) noexcept {
        visit_runs<most, registers % most>(some.begin, some.end, [&](auto run, std::size_t first) {
            constexpr std::size_t count = decltype(run)::value;
            sum_registers<count, V>(
                buffers,
                [&](V(&sums)[count], team::range rows) __attribute__((always_inline)) {
                    const T* x = buffers.x + rows.begin * Head::inputs + first * inputs;
                    const T* delta = buffers.delta + rows.begin * Head::outputs;
                    for (std::size_t row = rows.begin; row < rows.end; ++row) {
                        add_row(sums, x, delta);
                        x += Head::inputs;
                        delta += Head::outputs;
                    }
                },
                [&](std::size_t q, std::size_t node, V sum)
                    __attribute__((always_inline)) { use(node + (first + q) * lanes, sum); });
        });
    }

private:
    template <std::size_t Count>
    [[gnu::always_inline]] static void add_row(V (&sums)[Count], const T* x, const T* delta) noexcept {
        constexpr bool filled = layout::last == layout::lanes;
        const V columns = repeat_lanes<V>(
            compiler_lanes(load_panel<layout, !filled, typename layout::vector>(delta, true)));
        add_inputs<0>(sums, x, columns);
    }
    // A register of inputs is for as many registers of sums as there are lanes for the outputs.
    template <std::size_t First, std::size_t Count>
    [[gnu::always_inline]] static void add_inputs(V (&sums)[Count], const T* x, V columns) noexcept {
        if constexpr (First < Count) {
            constexpr std::size_t some = std::min(layout::lanes, Count - First);
            const V rows = load_first<some * inputs, V>(x + First * inputs);
            add_parts<First>(sums, rows, columns, std::make_index_sequence<some>{});
            add_inputs<First + layout::lanes>(sums, x, columns);
        }
    }
    template <std::size_t First, std::size_t Count, std::size_t... Part>
    [[gnu::always_inline]] static void add_parts(V (&sums)[Count], V rows, V columns,
                                                 std::index_sequence<Part...>) noexcept {
        ((sums[First + Part] =
              xsimd::fma(stretch_lanes<Part * inputs, layout::lanes>(rows), columns, sums[First + Part])),
         ...);
    }
};

} // namespace strata::bedrock::inline STRATA_SETTING::internal
