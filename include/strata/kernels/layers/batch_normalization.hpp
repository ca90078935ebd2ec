// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/head_kernels.hpp>
#include <strata/kernels/layers/affine_normalization.hpp>
#include <strata/kernels/windows/gradient_finish.hpp>
#include <strata/layers/normalization.hpp>
#include <strata/setting.hpp>

#include <array>
#include <cstddef>

namespace strata::bedrock::inline STRATA_SETTING {

/// Batch normalization in training: mean and variance of each channel over all places of all samples. Sums
/// over each piece of the batch are added as its pieces are. The variance is that of the differences from the
/// mean, so that it does not suffer from a large one.
template <std::size_t Rows, std::size_t Channels, std::size_t Groups, class Layer>
struct head_kernels<channel_normalization<normalized::batch, Rows, Channels, Groups, Layer>>
    : affine_normalization<Channels, channel_normalization<normalized::batch, Rows, Channels, Groups, Layer>,
                           Layer> {
    using head = channel_normalization<normalized::batch, Rows, Channels, Groups, Layer>;
    using affine = affine_normalization<Channels, head, Layer>;
    using gamma = typename head::gamma;
    using beta = typename head::beta;

private:
    using affine::room;

    // What is kept in the stage's memory.
    template <class T>
    struct memory {
        T* mean;
        T* factor; ///< 1 / sqrt(variance + epsilon)
        T* scale;
        T* shift;
        T* variance;
        T* first_total;
        T* second_total;
        T* first; ///< [samples][channels], sums at first and then those of nodes
        T* second;
        memory(T* begin, std::size_t samples) noexcept
            : mean(begin),
              factor(begin + room),
              scale(begin + 2 * room),
              shift(begin + 3 * room),
              variance(begin + 4 * room),
              first_total(begin + 5 * room),
              second_total(begin + 6 * room),
              first(begin + 7 * room),
              second(begin + (7 + samples) * room) {}
    };

    // Adds the pieces' sums of this thread's channels, which leaves those of the nodes at hand in the first
    // rows. Returns the totals over the batch, behind a meeting where other machines have a part in them.
    template <class T>
    static const T* add_sums(T* sums, T* totals, const batch_pieces& pieces, const team& threads) noexcept {
        using V = simd<T, lanes_of<T, Channels>>;
        const team::range channels = threads.share(Channels, 16);
        if (pieces.count > 1)
            for (std::size_t c = channels.begin; c < channels.end; c += V::size)
                add_pieces(pieces, [&](team::range samples) {
                    return V::load_unaligned(sums + samples.begin / pieces.length * room + c);
                }).hand_on([&](std::size_t place, V sum) { sum.store_unaligned(sums + place); }, c, room);
        if (pieces.machines == nullptr)
            return sums;
        threads.barrier();
        if (threads.rank == 0)
            pieces.machines->add(sums, room, Channels, totals);
        threads.barrier();
        return totals;
    }

    // Mean and variance of this thread's channels, and what the numbers are multiplied with and what is
    // added.
    template <class T>
    static void measure(const head_forward<T>& call, const memory<T>& own, const team& threads) noexcept {
        using V = simd<T, lanes_of<T, Channels>>;
        const team::range channels = threads.share(Channels, 16);
        const T count = static_cast<T>(call.pieces.all_samples * Rows);
        affine::sum_pieces(
            std::array{own.first}, call.pieces, threads,
            [&](std::size_t, std::array<V, 1>& sums, auto lanes, std::size_t row, std::size_t column) {
                sums[0] += load_first<decltype(lanes)::value, V>(call.x[0].row(row) + column);
            });
        const T* const totals = add_sums(own.first, own.first_total, call.pieces, threads);
        for (std::size_t c = channels.begin; c < channels.end; c += V::size)
            V(V::load_unaligned(totals + c) / V(count)).store_unaligned(own.mean + c);
        if constexpr (Rows > 1)
            threads.barrier();
        affine::sum_pieces(
            std::array{own.second}, call.pieces, threads,
            [&](std::size_t, std::array<V, 1>& sums, auto lanes, std::size_t row, std::size_t column) {
                const V difference = load_first<decltype(lanes)::value, V>(call.x[0].row(row) + column) -
                                     V::load_unaligned(own.mean + column);
                sums[0] = xsimd::fma(difference, difference, sums[0]);
            });
        const T* const squares = add_sums(own.second, own.second_total, call.pieces, threads);
        for (std::size_t c = channels.begin; c < channels.end; c += V::size) {
            const V variance = V::load_unaligned(squares + c) / V(count);
            const V unbiased = count > 1 ? V(variance * V(count) / V(count - 1)) : variance;
            unbiased.store_unaligned(own.variance + c);
            const V factor = V(T(1)) / internal::square_root(V(variance + V(static_cast<T>(Layer::epsilon))));
            factor.store_unaligned(own.factor + c);
            V scale = factor;
            if constexpr (head::has_scale)
                scale *= V::load_unaligned(array_of<head>(call.parameters, gamma{}) + c);
            scale.store_unaligned(own.scale + c);
            V shift = -V::load_unaligned(own.mean + c) * scale;
            if constexpr (head::has_center)
                shift += V::load_unaligned(array_of<head>(call.parameters, beta{}) + c);
            shift.store_unaligned(own.shift + c);
        }
    }

public:
    template <class Stage, keeping Keep, bool, class T, class Tail>
    static bool forward(const head_forward<T>& call, const team& threads, const Tail& tail) noexcept {
        const memory<T> own(call.shared, call.samples);
        if constexpr (Tail::training)
            measure(call, own, threads);
        else
            affine::prepare_affine(call.parameters, own.scale, own.shift, threads.share(Channels, 16));
        threads.barrier();
        affine::template write_affine<Stage, Keep>(call, threads.share(call.samples * Rows), tail, own.scale,
                                                   own.shift);
        return threads.size == 1;
    }

    static constexpr bool finishes_slopes = false;
    static constexpr bool sums_in_backward = true;
    static constexpr piece_adder adds_pieces = piece_adder::kernel;
    static constexpr std::size_t forward_exchanges = 2;
    static constexpr std::size_t backward_exchanges = 2;

    template <class Stage, class T, class Slope>
    static void backward(const head_backward<T>& call, const team& threads, const Slope&) noexcept {
        using V = simd<T, lanes_of<T, Channels>>;
        const memory<T> own(call.shared, call.samples);
        affine::sum_pieces(
            std::array{own.first, own.second}, call.pieces, threads,
            [&](std::size_t, std::array<V, 2>& sums, auto lanes, std::size_t row, std::size_t column) {
                affine::template add_slopes<decltype(lanes)::value>(sums, call, row, column,
                                                                    own.mean + column, own.factor + column);
            });
        const T* const shifts = add_sums(own.first, own.first_total, call.pieces, threads);
        const T* const scales = add_sums(own.second, own.second_total, call.pieces, threads);
        threads.barrier();
        if (call.source_deltas[0].data != nullptr)
            affine::write_derivatives(call, threads.share(call.samples * Rows),
                                      {own.mean, own.factor, shifts, scales, call.pieces.all_samples * Rows});
    }

    template <class Stage, bool, class T, class Updates>
    static void update(const head_backward<T>& call, const team& threads, const Updates& updates) noexcept {
        using V = simd<T, lanes_of<T, Channels>>;
        const memory<T> own(call.shared, call.samples);
        const team::range mine = threads.share(Channels, 16);
        for (std::size_t c = mine.begin; c < mine.end; c += V::size) {
            for (std::size_t node = 0; node < call.pieces.nodes(); ++node) {
                const std::size_t place = node * call.pieces.stride + c;
                if constexpr (head::has_scale)
                    updates(gamma{})(place, V::load_unaligned(own.second + node * room + c));
                if constexpr (head::has_center)
                    updates(beta{})(place, V::load_unaligned(own.first + node * room + c));
            }
            updates(typename head::moving_mean{})(c, V::load_unaligned(own.mean + c));
            updates(typename head::moving_variance{})(c, V::load_unaligned(own.variance + c));
        }
    }

    template <class T>
    static constexpr std::size_t shared_size(std::size_t samples) {
        return (7 + 2 * samples) * room;
    }
};

/// The same with frozen parameters, in training and in prediction.
template <std::size_t Rows, std::size_t Channels, std::size_t Groups, class Layer>
struct head_kernels<channel_normalization<normalized::frozen_batch, Rows, Channels, Groups, Layer>>
    : affine_normalization<
          Channels, channel_normalization<normalized::frozen_batch, Rows, Channels, Groups, Layer>, Layer> {
    using head = channel_normalization<normalized::frozen_batch, Rows, Channels, Groups, Layer>;
    using affine = affine_normalization<Channels, head, Layer>;

    template <class Stage, keeping Keep, bool, class T, class Tail>
    static bool forward(const head_forward<T>& call, const team& threads, const Tail& tail) noexcept {
        T* const scale = call.shared;
        T* const shift = scale + affine::room;
        affine::prepare_affine(call.parameters, scale, shift, threads.share(Channels, 16));
        threads.barrier();
        affine::template write_affine<Stage, Keep>(call, threads.share(call.samples * Rows), tail, scale,
                                                   shift);
        return threads.size == 1;
    }

    static constexpr bool finishes_slopes = true;

    /// dx = dy * scale.
    template <class Stage, class T, class Slope>
    static void backward(const head_backward<T>& call, const team& threads, const Slope& slope) noexcept {
        using V = simd<T, lanes_of<T, Channels>>;
        const internal::gradient_finish<1, T, Slope> finish{
            call.source_kept, call.source_deltas[0], call.adds[0], Channels, slope, 0};
        const team::range rows = threads.share(call.samples * Rows);
        for (std::size_t row = rows.begin; row < rows.end; ++row)
            visit_columns<Channels, T>([&](auto count, std::size_t column) {
                constexpr std::size_t lanes = decltype(count)::value;
                const auto writer = finish.template tile<1, V::size>(row, column, 1);
                writer.template put<lanes>(V(load_first<lanes, V>(call.delta.row(row) + column) *
                                             V::load_unaligned(call.shared + column)),
                                           0, 0);
            });
    }

    template <class T>
    static constexpr std::size_t shared_size(std::size_t) {
        return 2 * affine::room;
    }
};

} // namespace strata::bedrock::inline STRATA_SETTING
