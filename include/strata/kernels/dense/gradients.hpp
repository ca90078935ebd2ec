// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/dense/heads.hpp>
#include <strata/kernels/dense/input_gradient.hpp>
#include <strata/kernels/dense/weight_gradient.hpp>
#include <strata/kernels/formula/training_tail.hpp>
#include <strata/setting.hpp>

#include <cstddef>

namespace strata::bedrock::inline STRATA_SETTING {

// The kernels of dense layers that training alone needs, apart from heads.hpp, which every program reads that
// predicts.

template <std::size_t Inputs, class Layer, std::size_t Units>
template <class Stage, class T, class Slope>
inline void head_kernels<contraction<Inputs, Layer, Units>>::backward(const head_backward<T>& call,
                                                                      const team& threads,
                                                                      const Slope& slope) noexcept {
    const std::size_t rows = call.samples * Stage::rows;
    const input_gradient_buffers<T> buffers{call.delta.data,
                                            array_of<head>(call.parameters, kernel{}),
                                            call.source_kept,
                                            call.source_deltas[0].data,
                                            call.scratch,
                                            call.adds[0],
                                            rows == 1 && !call.pieces.is_divisible()};
    constexpr std::size_t width = tile_panels * lanes_of<T, Inputs>;
    if (Inputs >= width * threads.size)
        dense_input_gradient<Stage>(buffers, {0, rows}, threads.share(Inputs, width), slope);
    else {
        const team::range part = share_samples(threads, call.samples);
        dense_input_gradient<Stage>(buffers, {part.begin * Stage::rows, part.end * Stage::rows}, {0, Inputs},
                                    slope);
    }
}

template <std::size_t Inputs, class Layer, std::size_t Units>
template <class Stage, bool Data, class T, class Updates>
inline void head_kernels<contraction<Inputs, Layer, Units>>::update(const head_backward<T>& call,
                                                                    const team& threads,
                                                                    const Updates& updates) noexcept {
    const weight_gradient_buffers<T> buffers{call.x[0].data, call.delta.data, call.samples * Stage::rows,
                                             call.pieces.repeat(Stage::rows), call.piece_sums};
    dense_weight_gradient<head, Data>(buffers, threads, updates(kernel{}), updates(bias{}));
}

} // namespace strata::bedrock::inline STRATA_SETTING
