// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/dense/forward.hpp>
#include <strata/kernels/formula/training_tail.hpp>
#include <strata/kernels/product/transpose_weights.hpp>
#include <strata/setting.hpp>

namespace strata::bedrock::inline STRATA_SETTING {

/// What the input gradient of a stage reads and writes. `delta` is the loss's derivative by the stage's sums
/// (before the tail): [rows][outputs]; what goes out is the same of the stage before, [rows][inputs].
template <class T>
struct input_gradient_buffers {
    const T* delta;
    const T* kernel;
    const T* source_kept; ///< what the stage before kept for its tail's derivative
    T* source_delta;
    T* strip;             ///< scratch of this thread, `input_gradient_scratch` numbers
    bool adds = false;    ///< to what others have written there
    bool one_row = false; ///< whether that is all of the batch, whatever part of it a thread or machine has
};

/// Numbers of scratch that a thread needs: a tile's panels of the transposed weights.
template <class Stage, class T>
inline constexpr std::size_t input_gradient_scratch =
    Stage::head::outputs* tile_panels* lanes_of<T, Stage::head::inputs>;

namespace internal {
// Writes sums of Rows rows times Panels panels of inputs. The slope of the stage before is taken of them
// while they are in registers.
template <class Stage, std::size_t Rows, std::size_t Panels, class V, class T, class Finish>
[[gnu::always_inline]] inline void
store_input_gradients(const tile_sums<V, Rows, Panels>& sums, const input_gradient_buffers<T>& buffers,
                      std::size_t row, std::size_t column, const Finish& finish) noexcept {
    constexpr std::size_t K = Stage::head::inputs;
    constexpr std::size_t last = (K - 1) % V::size + 1;
    const typename Finish::template tile<Rows, Panels * V::size, Stage::rows, T> tile(finish, row, column, K);
#pragma GCC unroll 16
    for (std::size_t i = 0; i < Rows; ++i) {
#pragma GCC unroll 16
        for (std::size_t q = 0; q < Panels; ++q) {
            const std::size_t place = (row + i) * K + column + q * V::size;
            // Behind the last element of a buffer there is room for a register, so reading needs no mask.
            const V kept = Finish::reads_kept ? V::load_unaligned(buffers.source_kept + place) : V(T(0));
            V result = sums.registers[i][q] * tile(kept, i, q * V::size);
            if (buffers.adds)
                result += V::load_unaligned(buffers.source_delta + place);
            if (last == V::size || column + (q + 1) * V::size <= K)
                result.store_unaligned(buffers.source_delta + place);
            else
                store_first<last>(result, buffers.source_delta + place);
        }
    }
}

// The derivatives by Rows rows of inputs times Panels panels of them.
template <class Stage, std::size_t Rows, std::size_t Panels, class V, class T, class Finish>
void input_gradient_tile(const input_gradient_buffers<T>& buffers, std::size_t row, std::size_t column,
                         const Finish& finish) noexcept {
    constexpr std::size_t N = Stage::head::outputs;
    const T* delta = buffers.delta + row * N;
    const T* strip = buffers.strip;
    tile_sums<V, Rows, Panels> sums;
    for (auto& line : sums.registers)
        for (V& sum : line)
            sum = V(T(0));
    contract<Rows, Panels>(
        sums, N, [=](std::size_t i, std::size_t n) { return delta[i * N + n]; },
        [=](std::size_t q, std::size_t n) { return V::load_aligned(strip + (q * N + n) * V::size); });
    store_input_gradients<Stage>(sums, buffers, row, column, finish);
}

/// Whether a batch of one row has a kernel of its own: all squares of weights are whole.
template <class Layout, std::size_t K, std::size_t N>
inline constexpr bool has_whole_squares = !Layout::is_dot && K % Layout::lanes == 0 && N % Layout::lanes == 0;

// The derivatives by the inputs of a batch's only row, Panels panels of them. Its weights are wanted once and
// come from far away, so they are read as they rest: a register of delta times a register of weights adds to
// a register of sums for each input, whose lanes are added at the end, neighbouring halves first.
template <class Stage, std::size_t Panels, class V, class T, class Finish>
void input_gradient_row(const input_gradient_buffers<T>& buffers, std::size_t column,
                        const Finish& finish) noexcept {
    constexpr std::size_t K = Stage::head::inputs;
    constexpr std::size_t N = Stage::head::outputs;
    constexpr std::size_t lanes = V::size;
    constexpr std::size_t lead = std::min<std::size_t>(8 * lanes, N); // outputs that are fetched ahead
    tile_sums<V, 1, Panels> sums;
#pragma GCC unroll 4
    for (std::size_t q = 0; q < Panels; ++q) {
        const T* weights = buffers.kernel + (column + q * lanes) * lanes;
        const std::size_t next_inputs = column + (q + 1) * lanes < K ? lanes * lanes : 0;
        V square[lanes];
#pragma GCC unroll 16
        for (std::size_t j = 0; j < lanes; ++j)
            square[j] = V(T(0));
        for (std::size_t n = 0; n < N; n += lanes, weights += K * lanes) {
            // Behind the last outputs those of the next inputs begin.
            const T* const coming =
                n + lead < N ? weights + lead * K : weights + next_inputs - (N - lead) * K;
            const V delta = V::load_unaligned(buffers.delta + n);
#pragma GCC unroll 16
            for (std::size_t j = 0; j < lanes; ++j) {
                if (j * lanes % line_size<T> == 0)
                    fetch<cache::first>(coming + j * lanes);
                square[j] = xsimd::fma(delta, V::load_aligned(weights + j * lanes), square[j]);
            }
        }
        transpose_square(square);
#pragma GCC unroll 4
        for (std::size_t half = lanes / 2; half > 0; half /= 2)
#pragma GCC unroll 8
            for (std::size_t j = 0; j < half; ++j)
                square[j] += square[j + half];
        sums.registers[0][q] = square[0];
    }
    store_input_gradients<Stage>(sums, buffers, 0, column, finish);
}
} // namespace internal

/// source_delta = (delta W^T) source_slope, where `finish` is the slope of the stage before (`tail_slope`, or
/// `no_slope`). Rows and columns (inputs) are this thread's part.
///
/// The weights rest with outputs in a register's lanes, and this product wants inputs there. So the weights
/// of one tile's panels of inputs at a time are transposed into scratch, where they stay in the cache while
/// all rows are multiplied with them; the rest is the forward product's loop. A batch of one row is added in
/// another order, so that its weights need no transposing.
template <class Stage, class T, class Finish>
void dense_input_gradient(const input_gradient_buffers<T>& buffers, team::range rows, team::range columns,
                          const Finish& finish) noexcept {
    constexpr std::size_t K = Stage::head::inputs;
    constexpr std::size_t N = Stage::head::outputs;
    constexpr std::size_t lanes = lanes_of<T, K>;
    constexpr std::size_t panels_of_inputs = (K + lanes - 1) / lanes;
    using V = simd<T, lanes>;
    using layout = weight_layout<T, K, N>;
    constexpr std::size_t wide_run = std::min(tile_panels, panels_of_inputs);
    visit_runs<wide_run, panels_of_inputs % wide_run>(
        columns.begin / lanes, (columns.end + lanes - 1) / lanes, [&](auto run, std::size_t panel) {
            constexpr std::size_t wide = decltype(run)::value;
            if constexpr (internal::has_whole_squares<layout, K, N> && layout::lanes == lanes) {
                if (buffers.one_row) {
                    if (rows.begin < rows.end)
                        internal::input_gradient_row<Stage, wide, V>(buffers, panel * lanes, finish);
                    return;
                }
            }
            for (std::size_t q = 0; q < wide; ++q)
                transpose_weights<layout, lanes>(buffers.kernel, (panel + q) * lanes, K, 0, N,
                                                 buffers.strip + q * N * lanes);
            visit_runs<tile_rows<V>, tile_rows<V> / 2, 1>(
                rows.begin, rows.end, [&](auto tall, std::size_t row) {
                    internal::input_gradient_tile<Stage, decltype(tall)::value, wide, V>(
                        buffers, row, panel * lanes, finish);
                });
        });
}

} // namespace strata::bedrock::inline STRATA_SETTING
