// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/sequence/recurrence.hpp>
#include <strata/kernels/stream/recurrent_lanes.hpp>
#include <strata/kernels/stream/step_kernels.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <cstddef>
#include <utility>

namespace strata::bedrock::inline STRATA_SETTING {

/// Recurrent layers, step by step: the products with the inputs are computed for all steps of a block at
/// once, as those of a whole sequence are, and the states of all streams go a step further together. The
/// results are those of the whole sequence to the last bit; but where the streams fill registers that few
/// units would leave half empty, each has a lane, and its sums are taken in another order.
template <class Layer, std::size_t Steps, std::size_t Inputs>
struct step_kernels<recurrence<Layer, Steps, Inputs>> : step_kernels_base {
    using whole = recurrence<Layer, Steps, Inputs>;
    using recurrent_kernel = typename whole::recurrent_kernel;
    template <class T>
    using order = gate_order<T, Layer::units, Layer::gates>;

    // The state, and the inner one of a cell that has one, of all streams.
    template <class T>
    static constexpr std::size_t state_size = head_kernels<whole>::template state_size<T>;
    template <class T, std::size_t Streams>
    static constexpr bool has_lanes = recurrent_lanes<whole, Streams, T>::is_suited;
    // The sums of all rows; the next states and what a reset gate leaves.
    template <class T>
    static constexpr std::size_t scratch_size(std::size_t rows) {
        // What streams in lanes need besides: the inputs, and a product of a split gate.
        return rows * (Inputs + order<T>::width + 2 * order<T>::stored_units) + 2 * line_size<T>;
    }

    template <class Stage, std::size_t Streams, class T, class Tail>
    [[gnu::always_inline]] static inline void forward(const step_forward<T>& call, std::size_t rows,
                                                      const Tail& tail) noexcept {
        if (Streams == 1 && rows == 1)
            head_kernels<whole>::template step<Stage>(call.parameters, call.sources[0].data, call.state,
                                                      call.y, tail);
        else if constexpr (has_lanes<T, Streams>)
            run_lanes<Stage, Streams>(call, rows, tail);
        else
            run<Stage, Streams>(call, rows, tail);
    }

private:
    template <class Stage, std::size_t Streams, class T, class Tail>
    [[gnu::noinline]] static void run_lanes(const step_forward<T>& call, std::size_t rows,
                                            const Tail& tail) noexcept {
        using stepped = recurrent_lanes<whole, Streams, T>;
        using V = simd<T, order<T>::lanes>;
        constexpr std::size_t units = Layer::units;
        const row_writer<Stage, keeping::nothing, T, Tail> writer{call.y, nullptr, tail};
        const T* const bias =
            Layer::has_bias ? array_of<whole>(call.parameters, typename whole::bias{}) : nullptr;
        const stepped all{array_of<whole>(call.parameters, typename whole::kernel{}),
                          array_of<whole>(call.parameters, recurrent_kernel{}),
                          bias,
                          gate_products<whole, T>::state_bias(call.parameters),
                          call.state,
                          call.state + units * Streams,
                          call.scratch};
        // [streams][units], as the formula and the layers behind take them.
        T* const results = call.scratch + whole_lines<T>(stepped::scratch_size);
        for (std::size_t row = 0; row < rows; row += Streams) {
            all.step(call.sources[0].data + row * Inputs);
            for (std::size_t unit = 0; unit < units; ++unit)
                for (std::size_t stream = 0; stream < Streams; ++stream)
                    results[stream * order<T>::stored_units + unit] = call.state[unit * Streams + stream];
            for (std::size_t stream = 0; stream < Streams; ++stream)
                writer.template put<units>(V::load_unaligned(results + stream * order<T>::stored_units),
                                           row + stream, 0);
        }
    }

    template <class Stage, std::size_t Streams, class T, class Tail>
    [[gnu::noinline]] static void run(const step_forward<T>& call, std::size_t rows,
                                      const Tail& tail) noexcept {
        using products = gate_products<whole, T>;
        constexpr std::size_t stored = order<T>::stored_units;
        const row_writer<Stage, keeping::nothing, T, Tail> writer{call.y, nullptr, tail};
        T* const gates = call.scratch;
        T* next = gates + rows * order<T>::width;
        T* const reset = next + Streams * stored;
        T* state = call.state;
        const rows_view<T> inner{call.state + Streams * stored, stored};
        products::template multiply_inputs<false>(call.parameters, call.sources[0].data, gates, rows);
        for (std::size_t row = 0; row < rows; row += Streams) {
            const step_buffers<T> buffers{array_of<whole>(call.parameters, recurrent_kernel{}),
                                          {gates + row * order<T>::width, order<T>::width},
                                          {state, stored},
                                          inner,
                                          inner,
                                          {},
                                          {reset, stored},
                                          products::state_bias(call.parameters)};
            recurrent_step<Layer, false>(
                buffers, Streams, [&](auto lanes, auto result, std::size_t stream, std::size_t unit) {
                    writer.template put<decltype(lanes)::value>(result, row + stream, unit);
                    result.store_unaligned(next + stream * stored + unit);
                });
            std::swap(state, next);
        }
        if (state != call.state)
            std::copy_n(state, Streams * stored, call.state);
    }
};

} // namespace strata::bedrock::inline STRATA_SETTING
