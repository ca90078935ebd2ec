// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/head_kernels.hpp>
#include <strata/kernels/layers/affine_normalization.hpp>
#include <strata/layers/normalization.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <array>
#include <cstddef>

namespace strata::bedrock::inline STRATA_SETTING {

/// Ghost batch normalization in training: mean and variance of each channel over all places of the samples of
/// a piece. What the moving averages observe is the sum over the pieces of mean and unbiased variance, each
/// times the piece's part of the batch.
template <std::size_t Rows, std::size_t Channels, std::size_t Groups, class Layer>
struct head_kernels<channel_normalization<normalized::ghost_batch, Rows, Channels, Groups, Layer>>
    : affine_normalization<
          Channels, channel_normalization<normalized::ghost_batch, Rows, Channels, Groups, Layer>, Layer> {
    using head = channel_normalization<normalized::ghost_batch, Rows, Channels, Groups, Layer>;
    using affine = affine_normalization<Channels, head, Layer>;
    using gamma = typename head::gamma;
    using beta = typename head::beta;

private:
    using affine::room;

    // What is kept in the stage's memory. A batch has no more pieces than samples.
    template <class T>
    struct memory {
        T* mean;     ///< [pieces][channels]
        T* factor;   ///< 1 / sqrt(variance + epsilon)
        T* variance; ///< the unbiased one
        T* first;    ///< [samples][channels], sums of samples and then those of pieces
        T* second;
        memory(T* begin, std::size_t samples) noexcept
            : mean(begin),
              factor(begin + samples * room),
              variance(begin + 2 * samples * room),
              first(begin + 3 * samples * room),
              second(begin + 4 * samples * room) {}
    };

    // visit(piece, part) for each piece that has some of these samples, or rows, with those that it has.
    template <class Visit>
    static void visit_pieces(const batch_pieces& pieces, team::range some, const Visit& visit) noexcept {
        while (some.begin < some.end) {
            const std::size_t piece = some.begin / pieces.length;
            const std::size_t end = std::min(some.end, pieces.range(piece).end);
            visit(piece, team::range{some.begin, end});
            some.begin = end;
        }
    }

    // Mean, factor and variance of each piece.
    template <class T>
    static void measure(const head_forward<T>& call, const team& threads) noexcept {
        using V = simd<T, lanes_of<T, Channels>>;
        const memory<T> own(call.shared, call.samples);
        const auto numbers = [&](std::size_t piece) {
            const team::range samples = call.pieces.range(piece);
            return static_cast<T>((samples.end - samples.begin) * Rows);
        };
        affine::sum_pieces(
            std::array{own.first}, call.pieces, threads,
            [&](std::size_t, std::array<V, 1>& sums, auto lanes, std::size_t row, std::size_t column) {
                sums[0] += load_first<decltype(lanes)::value, V>(call.x[0].row(row) + column);
            },
            [&](std::size_t piece, std::size_t c, const std::array<V, 1>& sums) {
                V(sums[0] / V(numbers(piece))).store_unaligned(own.mean + piece * room + c);
            });
        if constexpr (Rows > 1)
            threads.barrier();
        affine::sum_pieces(
            std::array{own.second}, call.pieces, threads,
            [&](std::size_t piece, std::array<V, 1>& sums, auto lanes, std::size_t row, std::size_t column) {
                const V difference = load_first<decltype(lanes)::value, V>(call.x[0].row(row) + column) -
                                     V::load_unaligned(own.mean + piece * room + column);
                sums[0] = xsimd::fma(difference, difference, sums[0]);
            },
            [&](std::size_t piece, std::size_t c, const std::array<V, 1>& sums) {
                const T count = numbers(piece);
                const V variance = sums[0] / V(count);
                const V factor =
                    V(T(1)) / internal::square_root(V(variance + V(static_cast<T>(Layer::epsilon))));
                factor.store_unaligned(own.factor + piece * room + c);
                const V unbiased = count > 1 ? V(variance * V(count) / V(count - 1)) : variance;
                unbiased.store_unaligned(own.variance + piece * room + c);
            });
        threads.barrier();
    }

    // What a piece's numbers are multiplied with, and what is added.
    template <class T>
    static void prepare_piece(const head_forward<T>& call, std::size_t piece, T* scale, T* shift) noexcept {
        const memory<T> own(call.shared, call.samples);
        for (std::size_t c = 0; c < Channels; ++c) {
            T factor = own.factor[piece * room + c];
            if constexpr (head::has_scale)
                factor *= array_of<head>(call.parameters, gamma{})[c];
            scale[c] = factor;
            shift[c] = -own.mean[piece * room + c] * factor;
            if constexpr (head::has_center)
                shift[c] += array_of<head>(call.parameters, beta{})[c];
        }
    }

public:
    template <class Stage, keeping Keep, bool, class T, class Tail>
    static bool forward(const head_forward<T>& call, const team& threads, const Tail& tail) noexcept {
        const team::range rows = threads.share(call.samples * Rows);
        if constexpr (Tail::training) {
            measure(call, threads);
            T* const scale = call.scratch;
            T* const shift = scale + room;
            visit_pieces(call.pieces.repeat(Rows), rows, [&](std::size_t piece, team::range part) {
                prepare_piece(call, piece, scale, shift);
                affine::template write_affine<Stage, Keep>(call, part, tail, scale, shift);
            });
        } else {
            T* const scale = call.shared;
            T* const shift = scale + room;
            affine::prepare_affine(call.parameters, scale, shift, threads.share(Channels, 16));
            threads.barrier();
            affine::template write_affine<Stage, Keep>(call, rows, tail, scale, shift);
        }
        return threads.size == 1;
    }

    static constexpr bool sums_in_backward = true;
    static constexpr piece_adder adds_pieces = piece_adder::kernel;

    template <class Stage, class T, class Slope>
    static void backward(const head_backward<T>& call, const team& threads, const Slope&) noexcept {
        using V = simd<T, lanes_of<T, Channels>>;
        const memory<T> own(call.shared, call.samples);
        affine::sum_pieces(
            std::array{own.first, own.second}, call.pieces, threads,
            [&](std::size_t piece, std::array<V, 2>& sums, auto lanes, std::size_t row, std::size_t column) {
                const std::size_t place = piece * room + column;
                affine::template add_slopes<decltype(lanes)::value>(sums, call, row, column, own.mean + place,
                                                                    own.factor + place);
            });
        threads.barrier();
        if (call.source_deltas[0].data == nullptr)
            return;
        const batch_pieces pieces = call.pieces.repeat(Rows);
        visit_pieces(pieces, threads.share(call.samples * Rows), [&](std::size_t piece, team::range part) {
            const team::range all = pieces.range(piece);
            const std::size_t place = piece * room;
            affine::write_derivatives(call, part,
                                      {own.mean + place, own.factor + place, own.first + place,
                                       own.second + place, all.end - all.begin});
        });
    }

    template <class Stage, bool, class T, class Updates>
    static void update(const head_backward<T>& call, const team& threads, const Updates& updates) noexcept {
        using V = simd<T, lanes_of<T, Channels>>;
        const memory<T> own(call.shared, call.samples);
        const team::range mine = threads.share(Channels, 16);
        const auto all = static_cast<T>(call.pieces.all_samples);
        for (std::size_t c = mine.begin; c < mine.end; c += V::size) {
            const auto hand_on = [&](auto array, const T* sums) {
                add_pieces(call.pieces, [&](team::range samples) {
                    return V::load_unaligned(sums + samples.begin / call.pieces.length * room + c);
                }).hand_on(updates(array), c, call.pieces.stride);
            };
            const auto observe = [&](auto array, const T* seen) {
                add_pieces(call.pieces, [&](team::range samples) {
                    const V part(static_cast<T>(samples.end - samples.begin) / all);
                    return V(part * V::load_unaligned(seen + samples.begin / call.pieces.length * room + c));
                }).hand_on(updates(array), c, call.pieces.stride);
            };
            if constexpr (head::has_scale)
                hand_on(gamma{}, own.second);
            if constexpr (head::has_center)
                hand_on(beta{}, own.first);
            observe(typename head::moving_mean{}, own.mean);
            observe(typename head::moving_variance{}, own.variance);
        }
    }

    template <class T>
    static constexpr std::size_t shared_size(std::size_t samples) {
        return 5 * samples * room;
    }
    template <class T>
    static constexpr std::size_t scratch_size = 2 * room;
};

} // namespace strata::bedrock::inline STRATA_SETTING
