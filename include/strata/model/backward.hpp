// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/dense_input_gradient.hpp>
#include <strata/kernels/dense_weight_gradient.hpp>
#include <strata/kernels/loss.hpp>
#include <strata/model/forward.hpp>
#include <strata/model/workspace.hpp>

namespace strata {

/// The samples of one step.
template <class T, class Target>
struct batch_view {
    const T* x;            ///< [samples][inputs], with room for a register behind it
    const Target* targets; ///< [samples][targets]
    std::size_t samples;
};

/// Forward, loss and backward of one network with one loss, run by every thread of a team together. Between
/// the phases the threads meet; after `update` they must meet before the parameters are read again.
template <class Topology, class T, class Loss>
struct training_pass {
    using stages = typename objective<Topology, Loss>::stages;
    using link = typename objective<Topology, Loss>::link;
    using value_type = T;
    using loss_type = Loss;
    using workspace = training_workspace<T, stages>;
    using places = parameter_layout<T, stages>;
    using target = target_of<Loss, T>;
    using batch = batch_view<T, target>;

    static constexpr std::size_t count = stages::size;
    static constexpr std::size_t outputs = Topology::output_shape::size;
    static constexpr std::size_t row_length = Topology::output_shape::last;
    static constexpr std::size_t rows = outputs / row_length;
    /// Targets of one sample: a label for each row, or a value for each output.
    static constexpr std::size_t targets = Loss::targets == target_kind::labels ? rows : outputs;

    template <std::size_t I>
    using stage = typename stages::template at<I>;

    /// Runs the network with dropout (`Training`) or without. What it returns is in the last stage's output,
    /// still without `link`. Ends with each thread's samples complete.
    template <bool Training>
    static void forward(const T* parameters, const batch& now, workspace& space, const team& threads,
                        dropout_key key) noexcept {
        bool whole_samples = true;
        std::size_t number = 0;
        for_each_type(stages{}, [&]<class Stage>(std::type_identity<Stage>) {
            if (number > 0)
                threads.barrier();
            whole_samples = forward_stage<Training, Stage>(number, parameters, now, space, threads, key);
            ++number;
        });
        if (!whole_samples)
            threads.barrier();
    }

    /// The loss of each of this thread's samples, with `Training` also its derivative by the last stage's
    /// sums. `visit(sample, prediction, target)` sees each sample's outputs while they are at hand.
    template <bool Training, class Visit>
    static void loss(const batch& now, workspace& space, const team& threads, dropout_key key, double* losses,
                     const Visit& visit) noexcept {
        const T weight = static_cast<T>(1.0 / static_cast<double>(now.samples * rows));
        const team::range part = share_samples(threads, now.samples);
        T* const y = space.output(count - 1);
        T* const delta = space.delta(count - 1);
        constexpr bool wanted = Training && workspace::needs_delta[count - 1];
        for (std::size_t sample = part.begin; sample < part.end; ++sample) {
            double sum = 0;
            for (std::size_t row = 0; row < rows; ++row) {
                const std::size_t place = sample * outputs + row * row_length;
                const std::size_t target_place =
                    Loss::targets == target_kind::labels ? sample * rows + row : place;
                sum += loss_row<Loss, link, row_length>(y + place, now.targets + target_place,
                                                        wanted ? delta + place : nullptr, weight);
            }
            losses[sample] = sum / static_cast<double>(rows);
            visit(sample, static_cast<const T*>(y + sample * outputs), now.targets + sample * targets);
        }
        if constexpr (wanted) {
            using last = stage<count - 1>;
            key.layer = count - 1;
            settle_delta<last>(delta, y, space.kept(count - 1), part, tail_slope<typename last::tail>{key});
        }
    }

    /// Carries the derivative from the last stage to the first. Begins and ends with the threads meeting.
    static void backward([[maybe_unused]] const T* parameters, [[maybe_unused]] const batch& now,
                         [[maybe_unused]] workspace& space, const team& threads,
                         [[maybe_unused]] dropout_key key) noexcept {
        threads.barrier();
        for_each_index<count - 1>([&](auto index) {
            constexpr std::size_t number = count - 1 - index;
            propagate<stage<number>, stage<number - 1>>(number, parameters, now, space, threads, key);
        });
    }

    /// The weight gradients, for this thread's part: `consumer.kernel(type_identity<stage>, place)` and
    /// `consumer.bias(type_identity<stage>, place)` return what takes the registers of gradients of the
    /// kernel or bias that begins at that place of the parameters.
    template <class Consumer>
    static void update(const batch& now, workspace& space, const team& threads,
                       const Consumer& consumer) noexcept {
        for_each_index<count>([&](auto index) {
            constexpr std::size_t number = count - 1 - index;
            update_stage<stage<number>, number == 0>(number, now, space, threads, consumer);
        });
    }

private:
    template <bool Training, class Stage>
    static bool forward_stage(std::size_t number, const T* parameters, const batch& now, workspace& space,
                              const team& threads, dropout_key key) noexcept {
        const auto& place = places::places[number];
        const forward_buffers<T> at{number == 0 ? now.x : space.output(number - 1), parameters + place.kernel,
                                    parameters + place.bias, space.output(number), space.kept(number)};
        key.layer = static_cast<std::uint32_t>(number);
        if constexpr (Training)
            return run_data_or_stage<stages, Stage>(number == 0, at, now.samples, threads,
                                                    training_tail<typename Stage::tail>{key});
        else
            return run_data_or_stage<stages, Stage>(number == 0, at, now.samples, threads,
                                                    prediction_tail<typename Stage::tail>{});
    }

    /// From stage `number` to the one before it.
    template <class Stage, class Before>
    static void propagate(std::size_t number, const T* parameters, const batch& now, workspace& space,
                          const team& threads, dropout_key key) noexcept {
        if (!workspace::needs_delta[number - 1])
            return;
        key.layer = static_cast<std::uint32_t>(number - 1);
        using before_tail = typename Before::tail;
        const tail_slope<before_tail> slope{key};
        const team::range part = share_samples(threads, now.samples);
        const T* const kept = space.kept(number - 1);
        T* const before = space.delta(number - 1);

        if constexpr (Stage::head::has_parameters) {
            constexpr std::size_t K = Stage::head::inputs;
            const input_gradient_buffers<T> at{space.delta(number),
                                               parameters + places::places[number].kernel, kept, before,
                                               space.scratch(threads.rank)};
            const team::range rows_of_part{part.begin * Stage::rows, part.end * Stage::rows};
            if constexpr (Before::is_closed) {
                dense_input_gradient<Stage>(at, rows_of_part, {0, K}, no_slope{});
                settle_delta<Before>(before, space.output(number - 1), kept, part, slope);
            } else {
                using finish =
                    std::conditional_t<before_tail::is_identity, no_slope, tail_slope<before_tail>>;
                const finish last = [&] {
                    if constexpr (before_tail::is_identity)
                        return no_slope{};
                    else
                        return slope;
                }();
                constexpr std::size_t width = tile_panels * lanes_of<T, K>;
                if (K >= width * threads.size)
                    dense_input_gradient<Stage>(at, {0, now.samples * Stage::rows}, threads.share(K, width),
                                                last);
                else
                    dense_input_gradient<Stage>(at, rows_of_part, {0, K}, last);
            }
        } else {
            constexpr std::size_t size = Before::output_size;
            const T* const delta = space.delta(number);
            std::copy(delta + part.begin * size, delta + part.end * size, before + part.begin * size);
            settle_delta<Before>(before, space.output(number - 1), kept, part, slope);
        }
        threads.barrier();
    }

    template <class Stage, bool First, class Consumer>
    static void update_stage(std::size_t number, const batch& now, workspace& space, const team& threads,
                             const Consumer& consumer) noexcept {
        if constexpr (Stage::head::has_parameters) {
            const weight_gradient_buffers<T> at{number == 0 ? now.x : space.output(number - 1),
                                                space.delta(number), now.samples * Stage::rows};
            const auto& place = places::places[number];
            dense_weight_gradient<typename Stage::head, First>(
                at, threads, consumer.kernel(std::type_identity<Stage>{}, place.kernel),
                consumer.bias(std::type_identity<Stage>{}, place.bias));
        }
    }
};

} // namespace strata
