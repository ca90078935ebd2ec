// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/sequence/recurrence.hpp>
#include <strata/kernels/stream/step_kernels.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <cstddef>
#include <utility>

namespace strata::bedrock::inline STRATA_SETTING {

/// Recurrent layers, step by step: the products with the inputs are computed for all steps of a block at
/// once, as those of a whole sequence are, and the states of all streams go a step further together. The
/// results are those of the whole sequence to the last bit.
template <class Layer, std::size_t Steps, std::size_t Inputs>
struct step_kernels<recurrence<Layer, Steps, Inputs>> : step_kernels_base {
    using whole = recurrence<Layer, Steps, Inputs>;
    using recurrent_kernel = typename whole::recurrent_kernel;
    template <class T>
    using order = gate_order<T, Layer::units, Layer::gates>;

    // The state, and the inner one of a cell that has one, of all streams.
    template <class T>
    static constexpr std::size_t state_size = head_kernels<whole>::template state_size<T>;
    // The sums of all rows; the next states and what a reset gate leaves.
    template <class T>
    static constexpr std::size_t scratch_size(std::size_t rows) {
        return rows * order<T>::width + 2 * rows * order<T>::stored_units + line_size<T>;
    }

    template <class Stage, std::size_t Streams, class T, class Tail>
    [[gnu::always_inline]] static inline void forward(const step_forward<T>& call, std::size_t rows,
                                                      const Tail& tail) noexcept {
        if (Streams == 1 && rows == 1)
            head_kernels<whole>::template step<Stage>(call.parameters, call.sources[0].data, call.state,
                                                      call.y, tail);
        else
            run<Stage, Streams>(call, rows, tail);
    }

private:
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
