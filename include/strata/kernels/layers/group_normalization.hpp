// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/head_kernels.hpp>
#include <strata/kernels/layers/affine_normalization.hpp>
#include <strata/layers/normalization.hpp>
#include <strata/setting.hpp>

#include <array>
#include <cstddef>

namespace strata::bedrock::inline STRATA_SETTING {

/// Normalization over groups of a sample's channels and all its places. Numbers are summed for each channel,
/// and of the channels' sums those of a group. Training keeps each channel's mean and factor of each sample.
template <std::size_t Rows, std::size_t Channels, std::size_t Groups, class Layer>
struct head_kernels<channel_normalization<normalized::groups, Rows, Channels, Groups, Layer>>
    : head_kernels_base {
    using head = channel_normalization<normalized::groups, Rows, Channels, Groups, Layer>;
    using gamma = typename head::gamma;
    using beta = typename head::beta;

private:
    using affine = affine_normalization<Channels, head, Layer>;
    static constexpr std::size_t width = Channels / Groups;
    static constexpr std::size_t room = affine::room;
    static constexpr std::size_t arrays = 4; ///< of a sample

    // What is kept of a sample, a number for each channel.
    template <class T>
    struct memory {
        T* mean;        ///< of the channel's group
        T* factor;      ///< 1 / sqrt(variance + epsilon)
        T* deltas;      ///< the sum of the derivatives by the results
        T* projections; ///< the sum of these, each times the normalized number
        explicit memory(T* begin) noexcept
            : mean(begin), factor(mean + room), deltas(factor + room), projections(deltas + room) {}
    };

    template <class T>
    static memory<T> memory_of(T* shared, std::size_t sample) noexcept {
        return memory<T>(shared + sample * arrays * room);
    }

    // Each channel's number becomes the sum over those of its group.
    template <class T>
    static void add_groups(T* numbers) noexcept {
        using V = simd<T, lanes_of<T, width>>;
        if constexpr (width > 1)
            for (T* group = numbers; group < numbers + Channels; group += width) {
                V sum(T(0));
                visit_columns<width, T>([&](auto count, std::size_t c) {
                    sum += load_first<decltype(count)::value, V>(group + c);
                });
                const V total(internal::add_lanes(sum));
                visit_columns<width, T>([&](auto count, std::size_t c) {
                    store_first<decltype(count)::value>(total, group + c);
                });
            }
    }

    // The mean over a group's numbers, of its channels' sums.
    template <class V>
    static V mean(const value_type_of<V>* sums) noexcept {
        return V::load_unaligned(sums) / V(static_cast<value_type_of<V>>(Rows * width));
    }

    // Each number, or its product with gamma.
    template <class V>
    static V scale(V number, [[maybe_unused]] const value_type_of<V>* parameters,
                   [[maybe_unused]] std::size_t c) noexcept {
        if constexpr (head::has_scale)
            number *= V::load_unaligned(array_of<head>(parameters, gamma{}) + c);
        return number;
    }

    // The mean of many floats errs where they lie far from zero, since each addition to their sum rounds. The
    // mean of the differences from it is what it errs by, and small.
    template <class T>
    static void measure(const head_forward<T>& call, team::range rows, const memory<T>& own) noexcept {
        using V = simd<T, lanes_of<T, Channels>>;
        T* const errors = own.deltas; // which backward writes
        internal::sum_rows<Rows, Channels, V>(
            rows.begin, std::array{own.mean},
            [&](std::array<V, 1>& sums, auto count, std::size_t row, std::size_t column) {
                sums[0] += load_first<decltype(count)::value, V>(call.x[0].row(row) + column);
            });
        add_groups(own.mean);
        for (std::size_t c = 0; c < Channels; c += V::size)
            mean<V>(own.mean + c).store_unaligned(own.mean + c);
        internal::sum_rows<Rows, Channels, V>(
            rows.begin, std::array{own.factor, errors},
            [&](std::array<V, 2>& sums, auto count, std::size_t row, std::size_t column) {
                const V difference = load_first<decltype(count)::value, V>(call.x[0].row(row) + column) -
                                     V::load_unaligned(own.mean + column);
                sums[0] = xsimd::fma(difference, difference, sums[0]);
                sums[1] += difference;
            });
        add_groups(own.factor);
        add_groups(errors);
        for (std::size_t c = 0; c < Channels; c += V::size) {
            const V error = mean<V>(errors + c);
            const V variance = internal::larger(V(mean<V>(own.factor + c) - error * error), V(T(0)));
            V(V::load_unaligned(own.mean + c) + error).store_unaligned(own.mean + c);
            V(V(T(1)) / internal::square_root(V(variance + V(static_cast<T>(Layer::epsilon)))))
                .store_unaligned(own.factor + c);
        }
    }

    /// With n the normalized number, d the derivative by y times gamma and means over the group:
    /// dx = factor (d - mean(d) - n mean(d n)).
    template <class T>
    static void write_derivatives(const head_backward<T>& call, team::range rows,
                                  const memory<T>& own) noexcept {
        using V = simd<T, lanes_of<T, Channels>>;
        T* const deltas = call.scratch;
        T* const projections = call.scratch + room;
        for (std::size_t c = 0; c < Channels; c += V::size) {
            scale(V::load_unaligned(own.deltas + c), call.parameters, c).store_unaligned(deltas + c);
            scale(V::load_unaligned(own.projections + c), call.parameters, c)
                .store_unaligned(projections + c);
        }
        add_groups(deltas);
        add_groups(projections);
        struct line {
            V mean;
            V scale;
            V delta;
            V projection; ///< of a number that is not divided by the deviation
        };
        internal::walk_rows<Channels, V>(
            rows,
            [&](std::size_t c) {
                const V factor = V::load_unaligned(own.factor + c);
                return line{V::load_unaligned(own.mean + c), scale(factor, call.parameters, c),
                            mean<V>(deltas + c) * factor, mean<V>(projections + c) * factor * factor};
            },
            [&](auto count, std::size_t row, std::size_t column, const line& of_columns) {
                constexpr std::size_t lanes = decltype(count)::value;
                const V difference = load_first<lanes, V>(call.x[0].row(row) + column) - of_columns.mean;
                const V common = xsimd::fma(difference, of_columns.projection, of_columns.delta);
                const V delta = load_first<lanes, V>(call.delta.row(row) + column);
                store_or_add<lanes>(V(xsimd::fms(delta, of_columns.scale, common)),
                                    call.source_deltas[0].row(row) + column, call.adds[0]);
            });
    }

public:
    template <class Stage, keeping Keep, bool, class T, class Tail>
    static bool forward(const head_forward<T>& call, const team& threads, const Tail& tail) noexcept {
        using V = simd<T, lanes_of<T, Channels>>;
        T* const scales = call.scratch;
        T* const shifts = call.scratch + room;
        const team::range mine = share_samples(threads, call.samples);
        for (std::size_t sample = mine.begin; sample < mine.end; ++sample) {
            // A prediction forgets each sample.
            const memory<T> own =
                Tail::training ? memory_of(call.shared, sample) : memory<T>(call.scratch + 2 * room);
            const team::range rows{sample * Rows, (sample + 1) * Rows};
            measure(call, rows, own);
            for (std::size_t c = 0; c < Channels; c += V::size) {
                const V factor = scale(V::load_unaligned(own.factor + c), call.parameters, c);
                V shift = -V::load_unaligned(own.mean + c) * factor;
                if constexpr (head::has_center)
                    shift += V::load_unaligned(array_of<head>(call.parameters, beta{}) + c);
                factor.store_unaligned(scales + c);
                shift.store_unaligned(shifts + c);
            }
            affine::template write_affine<Stage, Keep>(call, rows, tail, scales, shifts);
        }
        return true;
    }

    static constexpr bool finishes_slopes = false;
    static constexpr bool sums_in_backward = true;

    template <class Stage, class T, class Slope>
    static void backward(const head_backward<T>& call, const team& threads, const Slope&) noexcept {
        using V = simd<T, lanes_of<T, Channels>>;
        const team::range mine = share_samples(threads, call.samples);
        for (std::size_t sample = mine.begin; sample < mine.end; ++sample) {
            const memory<T> own = memory_of(call.shared, sample);
            const team::range rows{sample * Rows, (sample + 1) * Rows};
            internal::sum_rows<Rows, Channels, V>(
                rows.begin, std::array{own.deltas, own.projections},
                [&](std::array<V, 2>& sums, auto count, std::size_t row, std::size_t column) {
                    affine::template add_slopes<decltype(count)::value>(
                        sums, call, row, column, own.mean + column, own.factor + column);
                });
            if (call.source_deltas[0].data != nullptr)
                write_derivatives(call, rows, own);
        }
        threads.barrier();
    }

    static constexpr piece_adder adds_pieces = piece_adder::pass;

    template <class Stage, bool, class T, class Updates>
    static void update(const head_backward<T>& call, const team& threads, const Updates& updates) noexcept {
        using V = simd<T, lanes_of<T, Channels>>;
        const team::range mine = threads.share(Channels, 16);
        for (std::size_t c = mine.begin; c < mine.end; c += V::size) {
            V gamma_sums(T(0));
            V beta_sums(T(0));
            for (std::size_t sample = call.piece.begin; sample < call.piece.end; ++sample) {
                const memory<T> own = memory_of(call.shared, sample);
                gamma_sums += V::load_unaligned(own.projections + c);
                beta_sums += V::load_unaligned(own.deltas + c);
            }
            if constexpr (head::has_scale)
                updates(gamma{})(c, gamma_sums);
            if constexpr (head::has_center)
                updates(beta{})(c, beta_sums);
        }
    }

    template <class T>
    static constexpr std::size_t shared_size(std::size_t samples) {
        return arrays * samples * room;
    }
    template <class T>
    static constexpr std::size_t scratch_size = 2 * room;
    template <class T>
    static constexpr std::size_t forward_scratch_size = (2 + arrays) * room;
};

} // namespace strata::bedrock::inline STRATA_SETTING
