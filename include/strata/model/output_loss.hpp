// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/data/sample_range.hpp>
#include <strata/kernels/formula/batch_loss.hpp>
#include <strata/kernels/formula/loss.hpp>
#include <strata/kernels/formula/sequence_loss.hpp>
#include <strata/kernels/threads/team.hpp>
#include <strata/learning/ignored_label.hpp>
#include <strata/model/output_mask.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <cstddef>
#include <type_traits>
#include <utility>

namespace strata::bedrock::inline STRATA_SETTING {

namespace internal {
/// The numbers that the losses of a pass need for themselves: for each thread the most that one needs, and
/// for each pair of samples those of all.
template <class Pass, std::size_t... I>
constexpr std::size_t most_thread_memory(std::index_sequence<I...>) {
    return std::max({std::size_t{0}, Pass::template output<I>::thread_memory...});
}
template <class Pass, std::size_t... I>
constexpr std::size_t sum_pair_memory(std::index_sequence<I...>) {
    return (std::size_t{0} + ... + Pass::template output<I>::pair_memory);
}

/// Hands a sample's outputs on with the number of the output. A type and no lambda, whose type would differ
/// with whether the pass trains: so both kinds have one loss.
template <std::size_t Output, class Visit>
struct output_visit {
    const Visit& visit;

    template <class T, class Target>
    void operator()(std::size_t sample, const T* prediction, const Target* target) const noexcept {
        visit(std::integral_constant<std::size_t, Output>{}, sample, prediction, target);
    }
};
} // namespace internal

/// The loss of one output of a network on a batch. `Goal` is its `training_output`.
template <class Goal, class T>
struct output_loss {
    using loss = typename Goal::loss;
    using target = typename Goal::target;

    const target* targets;
    const T* row_weights; ///< what each row counts, [samples][rows]; null: 1
    std::size_t samples;
    std::size_t all_samples; ///< of the batch, which the loss is a mean over
    double* thread_memory;   ///< what the loss needs for itself, `Goal::thread_memory`
    double* pair_memory;     ///< [samples][samples] `Goal::pair_memory` times
    [[no_unique_address]] output_mask<Goal, T> mask;
    std::size_t counted = 0; ///< rows of the batch that count, where only some do

    /// Adds each sample's loss to `sums`, for a part of the samples, whose outputs are in `y`
    /// [samples][size]; unless `delta` is null, the derivatives by them go there. `visit(sample, prediction,
    /// target)` sees each sample's outputs while they are at hand.
    template <class Visit>
    void add(T* y, T* delta, team::range part, const team& threads, double* sums,
             const Visit& visit) const noexcept {
        if constexpr (loss::of_batches)
            add_batch(y, delta, part, threads, sums);
        else
            add_samples(y, delta, part, sums, visit);
    }

    /// How many rows of the samples at hand count.
    [[nodiscard]] std::size_t count_rows() const noexcept {
        std::size_t result = 0;
        for (std::size_t row = 0; row < samples * Goal::rows; ++row)
            result += std::size_t{mask.counts(row) && !has_ignored_label(row)};
        return result;
    }

private:
    template <class Visit>
    void add_samples(T* y, T* delta, team::range part, double* sums, const Visit& visit) const noexcept {
        const double share = counted_share();
        const T weight =
            static_cast<T>(Goal::weight / static_cast<double>(all_samples * Goal::loss_groups) * share);
        const double scale = Goal::weight * share / static_cast<double>(Goal::loss_groups);
        std::size_t sample = part.begin;
        if constexpr (square_side > 0)
            for (; sample + square_side <= part.end; sample += square_side)
                add_square(y, delta, sample, weight, scale, sums, visit);
        for (; sample < part.end; ++sample) {
            double sum = 0;
            for (std::size_t row = 0; row < Goal::rows; row += Goal::loss_rows)
                sum += loss_of_rows(y, delta, sample * Goal::rows + row, weight);
            sums[sample] += scale * sum;
            visit(sample, static_cast<const T*>(y + sample * Goal::size), targets + sample * Goal::targets);
        }
    }

    // How many samples of one row may be taken at once, where all of them count.
    static constexpr std::size_t square_side =
        Goal::rows == 1 && Goal::loss_rows == 1 && !Goal::is_masked && !detail::ignores_label<loss>
            ? internal::loss_square_side<loss, typename Goal::link, Goal::row_length, T>
            : 0;

    template <class Visit>
    void add_square(T* y, T* delta, std::size_t sample, T weight, double scale, double* sums,
                    const Visit& visit) const noexcept {
        const auto counts = [&](std::size_t row) {
            return row_weights == nullptr ? T(1) : row_weights[sample + row];
        };
        internal::loss_square<loss, Goal::row_length>(
            y + sample * Goal::size, targets + sample * Goal::targets,
            delta == nullptr ? nullptr : delta + sample * Goal::size,
            [&](std::size_t row) { return weight * counts(row); },
            [&](std::size_t row, double value) {
                sums[sample + row] += scale * (value * static_cast<double>(counts(row)));
            });
        for (std::size_t end = sample + square_side; sample < end; ++sample)
            visit(sample, static_cast<const T*>(y + sample * Goal::size), targets + sample * Goal::targets);
    }

    // Samples look at each other's outputs, so that the threads have to meet. There is nothing to compare
    // outputs with, and so nobody to see them.
    void add_batch(const T* y, T* delta, team::range part, const team& threads, double* sums) const noexcept {
        const internal::batch_loss<loss, Goal::size, T> batch{
            y, targets, row_weights, samples, pair_memory, pair_memory + samples * samples};
        threads.barrier();
        batch.measure(part.begin, part.end, Goal::weight, sums);
        if (delta == nullptr)
            return;
        threads.barrier();
        batch.derive(part.begin, part.end, static_cast<T>(Goal::weight / static_cast<double>(samples)),
                     delta);
    }

    // One row, or all of a sample where the loss looks at them together.
    double loss_of_rows(T* y, T* delta, std::size_t row, T weight) const noexcept {
        const std::size_t place = row * Goal::row_length;
        const target* wanted = targets + row * (Goal::targets / Goal::rows);
        T counts = row_weights == nullptr ? T(1) : row_weights[row];
        T* const slopes = delta == nullptr ? nullptr : delta + place;
        if constexpr (loss::of_sequences)
            return static_cast<double>(counts) *
                   loss_of_steps(y + place, wanted, slopes, row, weight * counts);
        else {
            if constexpr (detail::ignores_label<loss>)
                if (*wanted == loss::ignored_label) { // the link is applied all the same
                    static constexpr target any_class = 0;
                    wanted = &any_class;
                    counts = 0;
                }
            if constexpr (Goal::is_masked)
                if (!mask.counts(row)) {
                    loss_row<loss, typename Goal::link, Goal::row_length, Goal::loss_rows>(y + place, wanted,
                                                                                           slopes, T(0));
                    if (slopes != nullptr)
                        std::fill_n(slopes, Goal::row_length, T(0));
                    return 0;
                }
            const double value = loss_row<loss, typename Goal::link, Goal::row_length, Goal::loss_rows>(
                y + place, wanted, slopes, weight * counts);
            return value * static_cast<double>(counts);
        }
    }

    // Of all steps of a sample, or of those that its mask leaves.
    double loss_of_steps(const T* y, const target* wanted, T* slopes, std::size_t row,
                         T weight) const noexcept {
        if constexpr (Goal::is_masked) {
            internal::counted_steps<Goal::rows> steps;
            for (std::size_t step = 0; step < Goal::rows; ++step)
                if (mask.counts(row + step))
                    steps.add(step);
            return internal::sequence_loss<Goal::rows, Goal::row_length, T, decltype(steps)>{
                y, wanted, thread_memory, steps}
                .run(slopes, weight);
        } else
            return internal::sequence_loss<Goal::rows, Goal::row_length, T>{y, wanted, thread_memory}.run(
                slopes, weight);
    }

    /// What a row counts more than usual, since only those count at all that are not masked and of other
    /// labels than the ignored one.
    [[nodiscard]] double counted_share() const noexcept {
        if constexpr (Goal::counts_rows) {
            return counted == 0
                       ? 0
                       : static_cast<double>(all_samples * Goal::rows) / static_cast<double>(counted);
        } else
            return 1;
    }

    [[nodiscard]] bool has_ignored_label([[maybe_unused]] std::size_t row) const noexcept {
        if constexpr (detail::ignores_label<loss>)
            return targets[row] == loss::ignored_label;
        else
            return false;
    }
};

} // namespace strata::bedrock::inline STRATA_SETTING
