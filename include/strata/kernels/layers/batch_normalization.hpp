// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/head_kernels.hpp>
#include <strata/kernels/windows/gradient_finish.hpp>
#include <strata/layers/normalization.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <cmath>

namespace strata::bedrock::inline STRATA_SETTING {

/// What batch normalization is with its moving averages, in prediction and where it is frozen: x * scale +
/// shift, with numbers for each channel. And the sums of training.
template <std::size_t Channels, class Head, class Layer>
struct affine_normalization : head_kernels_base {
    static constexpr std::size_t room = round_up(Channels, 16) + 16; ///< behind the channels, for a register
    static constexpr bool is_affine = true;

    template <class T>
    static void prepare_affine(const T* parameters, T* scale, T* shift, team::range channels) noexcept {
        [[maybe_unused]] const T* const gammas = array_of<Head>(parameters, typename Head::gamma{});
        [[maybe_unused]] const T* const betas = array_of<Head>(parameters, typename Head::beta{});
        const T* const mean = array_of<Head>(parameters, typename Head::moving_mean{});
        const T* const variance = array_of<Head>(parameters, typename Head::moving_variance{});
        for (std::size_t c = channels.begin; c < channels.end; ++c) {
            T factor = T(1) / std::sqrt(variance[c] + static_cast<T>(Layer::epsilon));
            if constexpr (Head::has_scale)
                factor *= gammas[c];
            scale[c] = factor;
            shift[c] = -mean[c] * factor;
            if constexpr (Head::has_center)
                shift[c] += betas[c];
        }
    }

    /// sums[sample] = the sum over a sample's rows of term(row, column).
    template <class T, class Term>
    static void sum_samples(T* sums, team::range samples, const Term& term) noexcept {
        using V = simd<T, lanes_of<T, Channels>>;
        for (std::size_t sample = samples.begin; sample < samples.end; ++sample) {
            T* const sample_sums = sums + sample * room;
            std::fill_n(sample_sums, room, T(0));
            for (std::size_t row = sample * Head::output_rows; row < (sample + 1) * Head::output_rows; ++row)
                visit_columns<Channels, T>([&](auto count, std::size_t column) {
                    constexpr std::size_t lanes = decltype(count)::value;
                    const V sum = V::load_unaligned(sample_sums + column) +
                                  first_lanes<lanes>(V(term(count, row, column)));
                    sum.store_unaligned(sample_sums + column);
                });
        }
    }

    /// Writes x * scale + shift in some rows.
    template <class Stage, keeping Keep, class T, class Tail>
    static void write_affine(const head_forward<T>& call, team::range rows, const Tail& tail, const T* scale,
                             const T* shift) noexcept {
        using V = simd<T, lanes_of<T, Channels>>;
        const row_writer<Stage, Keep, T, Tail> writer{call.y, call.kept, tail};
        for (std::size_t row = rows.begin; row < rows.end; ++row)
            visit_columns<Channels, T>([&](auto count, std::size_t column) {
                constexpr std::size_t lanes = decltype(count)::value;
                writer.template put<lanes>(
                    V(xsimd::fma(load_first<lanes, V>(call.x[0].row(row) + column),
                                 V::load_unaligned(scale + column), V::load_unaligned(shift + column))),
                    row, column);
            });
    }
};

/// Batch normalization in training: mean and variance of each channel over all places of all samples. Sums
/// are taken sample by sample, each by one thread, and added as a batch's pieces are. The variance is that of
/// the differences from the mean, so that it does not suffer from a large one.
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

    // Adds the samples' sums of this thread's channels as a batch's pieces are added, which leaves those of
    // the nodes at hand in the first rows. Returns the totals over the batch, behind a meeting where other
    // machines have a part in them.
    template <class T>
    static const T* add_samples(T* sums, T* totals, const batch_pieces& pieces, team::range channels,
                                const team& threads) noexcept {
        for (std::size_t c = channels.begin; c < channels.end; ++c)
            add_pieces(pieces, [&](team::range samples) {
                T sum = 0;
                for (std::size_t sample = samples.begin; sample < samples.end; ++sample)
                    sum += sums[sample * room + c];
                return sum;
            }).hand_on([&](std::size_t place, T sum) { sums[place] = sum; }, c, room);
        if (pieces.machines == nullptr)
            return sums;
        threads.barrier();
        if (threads.rank == 0)
            pieces.machines->add(sums, room, Channels, totals);
        threads.barrier();
        return totals;
    }

public:
    template <class Stage, keeping Keep, bool, class T, class Tail>
    static bool forward(const head_forward<T>& call, const team& threads, const Tail& tail) noexcept {
        using V = simd<T, lanes_of<T, Channels>>;
        const memory<T> own(call.shared, call.samples);
        const team::range channels = threads.share(Channels, 16);
        const team::range samples = threads.share(call.samples);
        if constexpr (Tail::training) {
            const T count = static_cast<T>(call.pieces.all_samples * Rows);
            affine::sum_samples(own.first, samples, [&](auto lanes, std::size_t row, std::size_t column) {
                return load_first<decltype(lanes)::value, V>(call.x[0].row(row) + column);
            });
            threads.barrier();
            const T* const sums = add_samples(own.first, own.first_total, call.pieces, channels, threads);
            for (std::size_t c = channels.begin; c < channels.end; ++c)
                own.mean[c] = sums[c] / count;
            threads.barrier();
            affine::sum_samples(own.second, samples, [&](auto lanes, std::size_t row, std::size_t column) {
                const V difference = load_first<decltype(lanes)::value, V>(call.x[0].row(row) + column) -
                                     V::load_unaligned(own.mean + column);
                return difference * difference;
            });
            threads.barrier();
            const T* const squares =
                add_samples(own.second, own.second_total, call.pieces, channels, threads);
            for (std::size_t c = channels.begin; c < channels.end; ++c) {
                const T variance = squares[c] / count;
                own.variance[c] = count > 1 ? variance * count / (count - 1) : variance;
                own.factor[c] = T(1) / std::sqrt(variance + static_cast<T>(Layer::epsilon));
                own.scale[c] = own.factor[c];
                if constexpr (head::has_scale)
                    own.scale[c] *= array_of<head>(call.parameters, gamma{})[c];
                own.shift[c] = -own.mean[c] * own.scale[c];
                if constexpr (head::has_center)
                    own.shift[c] += array_of<head>(call.parameters, beta{})[c];
            }
        } else
            affine::prepare_affine(call.parameters, own.scale, own.shift, channels);
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
        const team::range channels = threads.share(Channels, 16);
        const team::range samples = threads.share(call.samples);
        const auto delta = [&](auto lanes, std::size_t row, std::size_t column) {
            return load_first<decltype(lanes)::value, V>(call.delta.row(row) + column);
        };
        const auto normalized = [&](auto lanes, std::size_t row, std::size_t column) {
            return V((load_first<decltype(lanes)::value, V>(call.x[0].row(row) + column) -
                      V::load_unaligned(own.mean + column)) *
                     V::load_unaligned(own.factor + column));
        };
        affine::sum_samples(own.first, samples, delta);
        affine::sum_samples(own.second, samples, [&](auto lanes, std::size_t row, std::size_t column) {
            return delta(lanes, row, column) * normalized(lanes, row, column);
        });
        threads.barrier();
        const T* const shifts = add_samples(own.first, own.first_total, call.pieces, channels, threads);
        const T* const scales = add_samples(own.second, own.second_total, call.pieces, channels, threads);
        threads.barrier();
        if (call.source_deltas[0].data == nullptr)
            return;
        const V share(T(1) / static_cast<T>(call.pieces.all_samples * Rows));
        const team::range rows = threads.share(call.samples * Rows);
        for (std::size_t row = rows.begin; row < rows.end; ++row)
            visit_columns<Channels, T>([&](auto count, std::size_t column) {
                constexpr std::size_t lanes = decltype(count)::value;
                const V common = V::load_unaligned(shifts + column) +
                                 normalized(count, row, column) * V::load_unaligned(scales + column);
                const V result =
                    (delta(count, row, column) - common * share) * V::load_unaligned(own.scale + column);
                store_or_add<lanes>(result, call.source_deltas[0].row(row) + column, call.adds[0]);
            });
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
