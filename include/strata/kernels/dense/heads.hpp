// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/dense/forward.hpp>
#include <strata/kernels/formula/pointwise.hpp>
#include <strata/kernels/head_kernels.hpp>
#include <strata/layers/dense.hpp>
#include <strata/setting.hpp>

#include <cstddef>

namespace strata::bedrock::inline STRATA_SETTING {

namespace internal {
template <class Head>
inline constexpr bool is_dense = false;
template <std::size_t Inputs, class Layer, std::size_t Units>
inline constexpr bool is_dense<contraction<Inputs, Layer, Units>> = true;
} // namespace internal

/// Dense layers: chooses how a team shares each of the three products.
template <std::size_t Inputs, class Layer, std::size_t Units>
struct head_kernels<contraction<Inputs, Layer, Units>> : head_kernels_base {
    using head = contraction<Inputs, Layer, Units>;
    using kernel = typename head::kernel;
    using bias = typename head::bias;
    template <class T>
    using layout = weight_layout<T, Inputs, Units>;

    template <class Stage, keeping Keep, bool Data, template <class> class Call, class T, class Tail>
    [[gnu::always_inline]] static inline bool forward(const Call<T>& call, const team& threads,
                                                      const Tail& tail) noexcept {
        // Where training keeps nothing, it runs the very kernel of prediction, which is compiled once. Dot
        // products read behind a row's end in training alone, so they are two kernels.
        if constexpr (Keep == keeping::nothing && !layout<T>::is_dot)
            return forward_tiles<Stage, Keep, Data>(call, threads, shared_tail(tail));
        else
            return forward_tiles<Stage, Keep, Data>(call, threads, tail);
    }

    template <class Stage, keeping Keep, bool Data, template <class> class Call, class T, class Tail>
    [[gnu::always_inline]] static inline bool forward_tiles(const Call<T>& call, const team& threads,
                                                            const Tail& tail) noexcept {
        constexpr bool is_row = Stage::rows == 1 && is_of_one_sample<Call<T>>;
        const forward_buffers<T> buffers{call.x[0].data, array_of<head>(call.parameters, kernel{}),
                                         array_of<head>(call.parameters, bias{}), call.y.data, call.kept};
        if constexpr (is_row && (is_tiny<head> || layout<T>::is_dot))
            dense_forward_row<head, 1, Keep>(buffers, tail);
        else if constexpr (is_row)
            dense_forward_single<head, Keep, Data>(buffers, tail);
        else
            return forward_parts<Stage, Keep, Data>(buffers, call.samples, threads, tail);
        return true;
    }

    template <class Stage, keeping Keep, bool Data, class T, class Tail>
    [[gnu::always_inline]] static inline bool forward_parts(const forward_buffers<T>& buffers,
                                                            std::size_t samples, const team& threads,
                                                            const Tail& tail) noexcept {
        const team::range part = share_samples(threads, samples);
        // Shared by panels, a thread meets the same weights in every pass, so they stay in its cache; but a
        // softmax needs whole rows, and few panels leave threads idle.
        if (is_tiny<head> && Stage::rows == 1 && samples == 1 && threads.size == 1)
            dense_forward_row<head, 1, Keep>(buffers, tail);
        else if (!Stage::is_closed && threads.size > 1 && layout<T>::panels >= tile_panels * threads.size) {
            dense_forward<head, Stage::rows, Keep, Data>(buffers, {0, samples * Stage::rows},
                                                         threads.share(layout<T>::panels, tile_panels), tail);
            return false;
        } else
            dense_forward<head, Stage::rows, Keep, Data>(
                buffers, {part.begin * Stage::rows, part.end * Stage::rows}, {0, layout<T>::panels}, tail);
        return true;
    }

    static constexpr bool finishes_slopes = true;

    // These are for training alone: dense/gradients.hpp defines them.
    template <class Stage, class T, class Slope>
    static void backward(const head_backward<T>& call, const team& threads, const Slope& slope) noexcept;

    static constexpr piece_adder adds_pieces = piece_adder::kernel;

    template <class Stage, bool Data, class T, class Updates>
    static void update(const head_backward<T>& call, const team& threads, const Updates& updates) noexcept;

    /// A tile's panels of the transposed weights.
    template <class T>
    static constexpr std::size_t scratch_size = head::outputs* tile_panels* lanes_of<T, Inputs>;
};

/// Stages that are nothing but a tail: pointwise layers behind a value that others read as well, and copies
/// for outputs.
template <std::size_t Width>
struct head_kernels<pass_through<Width>> : head_kernels_base {
    template <class Stage, keeping Keep, bool, class T, class Tail>
    static bool forward(const head_forward<T>& call, const team& threads, const Tail& tail) noexcept {
        const row_writer<Stage, Keep, T, Tail> writer{call.y, call.kept, tail};
        const team::range samples = share_samples(threads, call.samples);
        const bool by_rows = Stage::rows > 1 && !Stage::is_closed;
        const team::range rows = by_rows
                                     ? threads.share(call.samples * Stage::rows)
                                     : team::range{samples.begin * Stage::rows, samples.end * Stage::rows};
        using V = simd<T, lanes_of<T, Width>>;
        for (std::size_t row = rows.begin; row < rows.end; ++row)
            visit_columns<Width, T>([&](auto count, std::size_t column) {
                constexpr std::size_t lanes = decltype(count)::value;
                writer.template put<lanes>(load_first<lanes, V>(call.x[0].row(row) + column), row, column);
            });
        return !by_rows || threads.size == 1;
    }

    template <class Stage, class T, class Slope>
    static void backward(const head_backward<T>& call, const team& threads, const Slope&) noexcept {
        using V = simd<T, lanes_of<T, Width>>;
        const team::range samples = share_samples(threads, call.samples);
        for (std::size_t row = samples.begin * Stage::rows; row < samples.end * Stage::rows; ++row)
            visit_columns<Width, T>([&](auto count, std::size_t column) {
                constexpr std::size_t lanes = decltype(count)::value;
                store_or_add<lanes>(load_first<lanes, V>(call.delta.row(row) + column),
                                    call.source_deltas[0].row(row) + column, call.adds[0]);
            });
    }
};

} // namespace strata::bedrock::inline STRATA_SETTING
