// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/head_kernels.hpp>
#include <strata/kernels/layers/batch_normalization.hpp>
#include <strata/layers/normalization.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <cstddef>

namespace strata::bedrock::inline STRATA_SETTING {

/// Ghost batch normalization in training: mean and variance of each channel over all places of the samples of
/// a piece. Sums are taken sample by sample, each by one thread, and added in the order of the samples. What
/// the moving averages observe is the sum over the pieces of mean and unbiased variance, each times the
/// piece's part of the batch.
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
    // use(place, sum, count) for registers of the sums over each piece of this thread's channels. The place
    // is that of the piece's channel, and a sum is one of so many numbers.
    template <class T, class Use>
    static void add_samples(const T* sums, const batch_pieces& pieces, team::range channels,
                            const Use& use) noexcept {
        using V = simd<T, lanes_of<T, Channels>>;
        for (std::size_t piece = 0; piece < pieces.count; ++piece) {
            const team::range samples = pieces.range(piece);
            for (std::size_t c = channels.begin; c < channels.end; c += V::size) {
                V sum(T(0));
                for (std::size_t sample = samples.begin; sample < samples.end; ++sample)
                    sum += V::load_unaligned(sums + sample * room + c);
                use(piece * room + c, sum, static_cast<T>((samples.end - samples.begin) * Rows));
            }
        }
    }
    template <class T>
    static auto load_x(const head_forward<T>& call) noexcept {
        return [&call](auto lanes, std::size_t row, std::size_t column) {
            using V = simd<T, lanes_of<T, Channels>>;
            return load_first<decltype(lanes)::value, V>(call.x[0].row(row) + column);
        };
    }

    // Mean, factor and variance of each piece.
    template <class T>
    static void measure(const head_forward<T>& call, const team& threads) noexcept {
        using V = simd<T, lanes_of<T, Channels>>;
        const memory<T> own(call.shared, call.samples);
        const team::range channels = threads.share(Channels, 16);
        const team::range samples = threads.share(call.samples);
        const auto x = load_x(call);
        affine::sum_samples(own.first, samples, x);
        threads.barrier();
        add_samples(own.first, call.pieces, channels, [&](std::size_t place, V sum, T count) {
            V(sum / V(count)).store_unaligned(own.mean + place);
        });
        threads.barrier();
        visit_pieces(call.pieces, samples, [&](std::size_t piece, team::range part) {
            affine::sum_samples(own.second, part, [&](auto lanes, std::size_t row, std::size_t column) {
                const V difference =
                    x(lanes, row, column) - V::load_unaligned(own.mean + piece * room + column);
                return difference * difference;
            });
        });
        threads.barrier();
        add_samples(own.second, call.pieces, channels, [&](std::size_t place, V sum, T count) {
            const V variance = sum / V(count);
            const V factor = V(T(1)) / xsimd::sqrt(V(variance + V(static_cast<T>(Layer::epsilon))));
            factor.store_unaligned(own.factor + place);
            const V unbiased = count > 1 ? V(variance * V(count) / V(count - 1)) : variance;
            unbiased.store_unaligned(own.variance + place);
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

    /// With n the normalized number, d the derivative by y and means over the piece:
    /// dx = gamma factor (d - mean(d) - n mean(d n)).
    template <class Stage, class T, class Slope>
    static void backward(const head_backward<T>& call, const team& threads, const Slope&) noexcept {
        using V = simd<T, lanes_of<T, Channels>>;
        const memory<T> own(call.shared, call.samples);
        const team::range channels = threads.share(Channels, 16);
        const auto delta = [&](auto lanes, std::size_t row, std::size_t column) {
            return load_first<decltype(lanes)::value, V>(call.delta.row(row) + column);
        };
        const auto normalized = [&](std::size_t piece, auto lanes, std::size_t row, std::size_t column) {
            return V((load_first<decltype(lanes)::value, V>(call.x[0].row(row) + column) -
                      V::load_unaligned(own.mean + piece * room + column)) *
                     V::load_unaligned(own.factor + piece * room + column));
        };
        visit_pieces(call.pieces, threads.share(call.samples), [&](std::size_t piece, team::range part) {
            affine::sum_samples(own.first, part, delta);
            affine::sum_samples(own.second, part, [&](auto lanes, std::size_t row, std::size_t column) {
                return delta(lanes, row, column) * normalized(piece, lanes, row, column);
            });
        });
        threads.barrier();
        // A piece's first sample is not before the piece's number, so that its sums are in nobody's way.
        for (T* const sums : {own.first, own.second})
            add_samples(sums, call.pieces, channels,
                        [&](std::size_t place, V sum, T) { sum.store_unaligned(sums + place); });
        threads.barrier();
        if (call.source_deltas[0].data == nullptr)
            return;
        [[maybe_unused]] const T* const gammas = array_of<head>(call.parameters, gamma{});
        const batch_pieces pieces = call.pieces.repeat(Rows);
        visit_pieces(pieces, threads.share(call.samples * Rows), [&](std::size_t piece, team::range part) {
            const team::range all = pieces.range(piece);
            const V share(T(1) / static_cast<T>(all.end - all.begin));
            for (std::size_t row = part.begin; row < part.end; ++row)
                visit_columns<Channels, T>([&](auto count, std::size_t column) {
                    constexpr std::size_t lanes = decltype(count)::value;
                    const std::size_t place = piece * room + column;
                    const V common =
                        V::load_unaligned(own.first + place) +
                        normalized(piece, count, row, column) * V::load_unaligned(own.second + place);
                    V scale = V::load_unaligned(own.factor + place);
                    if constexpr (head::has_scale)
                        scale *= V::load_unaligned(gammas + column);
                    store_or_add<lanes>(V((delta(count, row, column) - common * share) * scale),
                                        call.source_deltas[0].row(row) + column, call.adds[0]);
                });
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
