// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/dense/gradients.hpp>
#include <strata/kernels/formula/pointwise_slopes.hpp>
#include <strata/kernels/formula/training_tail.hpp>
#include <strata/kernels/stage_pieces.hpp>
#include <strata/model/output_loss.hpp>
#include <strata/model/parameters.hpp>
#include <strata/model/stage_buffers.hpp>
#include <strata/model/training_courses.hpp>
#include <strata/model/training_output.hpp>
#include <strata/model/workspace.hpp>
#include <strata/setting.hpp>

#include <array>
#include <cstddef>
#include <tuple>

namespace strata::bedrock::inline STRATA_SETTING {

/// Forward, loss and backward of one network with one loss for each output, run by every thread of a team
/// together. Between the phases the threads meet; after `update` they must meet before the parameters are
/// read again. `InputGradient`: backward also computes the derivatives by the network's inputs.
template <class Topology, class T, class Loss, bool InputGradient>
struct basic_training_pass {
    using topology = Topology;
    using goal = objective<Topology, Loss>;
    using losses = typename goal::losses;
    using stages = typename goal::stages;
    using flow = gradient_flow<Topology, InputGradient>;
    using wires = typename flow::wires;
    using value_type = T;
    using places = parameter_layout<T, Topology>;

    static constexpr std::size_t count = stages::size;
    static constexpr std::size_t input_count = Topology::inputs::size;
    static constexpr std::size_t output_count = Topology::outputs::size;
    static_assert(losses::size == output_count, "strata: as many losses as the network has outputs");
    template <std::size_t I>
    using stage = type_at<I, stages>;

    template <std::size_t Output>
    using output = training_output<Topology, T, goal, Output>;

    using workspace = training_workspace<basic_training_pass>;

    /// The samples of one step: for each input [samples][input], with room for a register behind it, and for
    /// each output [samples][targets].
    struct batch {
        std::array<const T*, input_count> x;
        typename internal::targets_of<plain<losses>, T>::pointers targets;
        std::size_t samples;
        std::array<T*, input_count> input_deltas = {}; ///< with `InputGradient`, [samples][input]
        /// What the rows of each output count, [samples][rows]; null: 1.
        std::array<const T*, output_count> weights = {};
        /// How sums over the samples are taken; by default from the first sample to the last.
        batch_pieces pieces = batch_pieces::whole(samples, samples);
    };

    /// Runs the network with dropout (`Training`) or without. Its results are in the last stages' outputs,
    /// still without their links. Ends with each thread's samples complete.
    template <bool Training>
    static void forward(const T* parameters, const batch& data, workspace& space, const team& threads,
                        const dropout_key& key) noexcept {
        std::size_t number = 0;
        bool whole_samples = true;
        for_each_type(stages{}, [&]<class Stage>(std::type_identity<Stage>) {
            constexpr bool draws = Training && Stage::tail::dropout_count > 0;
            if constexpr (draws)
                buffers::template draw<Stage>(number, data, space, threads, key);
            if (draws || number > 0)
                threads.barrier();
            whole_samples = forward_stage<Training, Stage>(number, parameters, data, space, threads, key);
            ++number;
        });
        if (!whole_samples || output_count > 1 || has_output_masks<basic_training_pass>)
            threads.barrier();
    }

    /// The loss of each of this thread's samples, with `Training` also its derivative by the sums of the
    /// stages that make the outputs. `visit(output, sample, prediction, target)` sees each sample's outputs
    /// while they are at hand.
    template <bool Training, class Visit>
    static void loss(const batch& data, workspace& space, const team& threads, double* sums,
                     const Visit& visit) noexcept {
        const team::range part = share_samples(threads, data.samples);
        std::fill(sums + part.begin, sums + part.end, 0.0);
        for_each_index<output_count>(
            [&](auto index) { loss_of_output<Training, index>(data, space, part, threads, sums, visit); });
    }

    /// Carries the derivatives from the last stage to the first, and hands over the weight gradients of each
    /// stage as soon as nobody needs its parameters any more: `consumer.take(parameter, place)` returns what
    /// takes the registers of this thread's part of the gradients, or of what a statistic observed, of the
    /// array that begins at that place of the parameters. Where stages share parameters, the gradients follow
    /// behind all derivatives, and `consumer.later_use<n>()` is asked for the consumer that takes them of a
    /// stage which has n such stages before it, and adds to what these have left. Behind the loss the threads
    /// must have met.
    /// Where the threads have met before stage `number` is updated, so that the gradients of all stages
    /// behind it are complete, `consumer.meet(number, threads)` is told so if there is such a function. Where
    /// stages share parameters no gradients are complete before the end.
    template <class Consumer>
    static void backward(const T* parameters, const batch& data, workspace& space, const team& threads,
                         const dropout_key& key, const Consumer& consumer) noexcept {
        for_each_index<count>([&](auto index) {
            constexpr std::size_t number = count - 1 - index;
            if constexpr (flow::is_needed(number)) {
                settle<number>(data, space, threads);
                propagate<number>(parameters, data, space, threads, key);
                if constexpr (!flow::shares && (course<number>.settles || course<number>.propagates))
                    tell(consumer, number, threads);
            }
            if constexpr (flow::learns(number) && !flow::shares)
                update_stage<stage<number>, number == 0>(number, parameters, data, space, threads, consumer);
        });
        if constexpr (flow::shares)
            update_shared(parameters, data, space, threads, consumer);
    }

private:
    using buffers = stage_buffers<basic_training_pass>;

    template <class Consumer>
    static void tell([[maybe_unused]] const Consumer& consumer, [[maybe_unused]] std::size_t number,
                     [[maybe_unused]] const team& threads) noexcept {
        if constexpr (requires { consumer.meet(number, threads); })
            consumer.meet(number, threads);
    }

    template <std::size_t Number>
    static constexpr stage_course course = course_of_stage<basic_training_pass, Number>();

    template <std::size_t EarlierUses, class Consumer>
    static auto later_use(const Consumer& consumer) noexcept {
        return consumer.template later_use<EarlierUses>();
    }

    template <bool Training, class Stage>
    static bool forward_stage(std::size_t number, const T* parameters, const batch& data, workspace& space,
                              const team& threads, const dropout_key& key) noexcept {
        const auto x = buffers::template sources<typename Stage::head>(number, data, space);
        const head_forward<T> call =
            buffers::forward(number, x.data(), parameters, data, space, threads, key);
        if constexpr (Training)
            return run_data_or_stage<stages, Stage>(
                number == 0, call, threads,
                training_tail<typename Stage::tail>{buffers::template choices<Stage>(number, data, space)});
        else
            return run_data_or_stage<stages, Stage>(number == 0, call, threads,
                                                    prediction_tail<typename Stage::tail>{});
    }

    template <bool Training, std::size_t Index, class Visit>
    static void loss_of_output(const batch& data, workspace& space, team::range part, const team& threads,
                               double* sums, const Visit& visit) noexcept {
        constexpr std::size_t number = wires::outputs[Index];
        constexpr bool wanted = Training && flow::is_needed(number);
        T* const y = space.output(number).data;
        T* const delta = space.delta(number);
        constexpr auto pairs =
            internal::sum_pair_memory<basic_training_pass>(std::make_index_sequence<Index>{});
        double* const own_pairs = space.pair_numbers() + pairs * data.samples * data.samples;
        output_loss<output<Index>, T> goal{std::get<Index>(data.targets),
                                           data.weights[Index],
                                           data.samples,
                                           data.pieces.all_samples,
                                           space.loss_numbers(threads.rank),
                                           own_pairs,
                                           mask_of_output<output<Index>, T>(space)};
        if constexpr (output<Index>::counts_rows)
            goal.counted = count_of_batch(goal.count_rows(), data.pieces.machines, space, threads);
        goal.add(y, wanted ? delta : nullptr, part, threads, sums,
                 internal::output_visit<Index, Visit>{visit});
        if constexpr (wanted) {
            using last = stage<number>;
            settle_delta<last>(
                delta, y, rows_view<const T>(space.kept(number)), part,
                tail_slope<typename last::tail>{buffers::template choices<last>(number, data, space)});
        }
    }

    // The sum of a count over the machines that share the batch, for all threads.
    static std::size_t count_of_batch(std::size_t own, piece_exchange* machines, workspace& space,
                                      const team& threads) noexcept {
        if (machines == nullptr)
            return own;
        threads.barrier();
        if (threads.rank == 0)
            space.counted_rows = machines->add(own);
        threads.barrier();
        return space.counted_rows;
    }

    // Of shared parameters the first use comes first: what statistics observe counts in that order.
    template <class Consumer>
    static void update_shared(const T* parameters, const batch& data, workspace& space, const team& threads,
                              const Consumer& consumer) noexcept {
        for_each_index<count>([&](auto index) {
            constexpr std::size_t number = index;
            constexpr std::size_t earlier_uses = flow::earlier_uses(number);
            if constexpr (flow::learns(number) && earlier_uses > 0) {
                threads.barrier(); // another thread may have had this part of an array there
                update_stage<stage<number>, number == 0>(number, parameters, data, space, threads,
                                                         later_use<earlier_uses>(consumer));
            } else if constexpr (flow::learns(number))
                update_stage<stage<number>, number == 0>(number, parameters, data, space, threads, consumer);
        });
    }

    /// Turns a derivative by a stage's output, which all its readers have written, into the one by its sums.
    template <std::size_t Number>
    static void settle([[maybe_unused]] const batch& data, [[maybe_unused]] workspace& space,
                       [[maybe_unused]] const team& threads) noexcept {
        if constexpr (course<Number>.settles) {
            settle_stage<stage<Number>>(Number, data, space, threads);
            threads.barrier();
        }
    }
    template <class Stage>
    static void settle_stage(std::size_t number, const batch& data, workspace& space,
                             const team& threads) noexcept {
        settle_delta<Stage>(
            space.delta(number), space.output(number).data, rows_view<const T>(space.kept(number)),
            share_samples(threads, data.samples),
            tail_slope<typename Stage::tail>{buffers::template choices<Stage>(number, data, space)});
    }
    // Whether two parts of a stage read one value, as rows of different widths.
    template <std::size_t Number>
    static consteval bool reads_in_two_shapes() {
        using head = typename stage<Number>::head;
        for (std::size_t i = 0; i < head::parts; ++i)
            for (std::size_t j = 0; j < i; ++j)
                if (flow::carries(Number, i) && wires::source(Number, i) == wires::source(Number, j) &&
                    head::source_width(i) != head::source_width(j))
                    return true;
        return false;
    }
    template <std::size_t Number>
    static void propagate(const T* parameters, const batch& data, workspace& space, const team& threads,
                          const dropout_key& key) noexcept {
        if constexpr (course<Number>.propagates) {
            static_assert(!head_kernels<typename stage<Number>::head>::carries_columns ||
                              !reads_in_two_shapes<Number>(),
                          "strata: attention learns from one value in one shape, not in two");
            if constexpr (course<Number>.finishes_source) {
                constexpr std::size_t source = wires::source(Number, 0) - wires::inputs;
                using tail = typename stage<source>::tail;
                if constexpr (tail::has_unit_slope)
                    propagate_stage<stage<Number>>(Number, parameters, data, space, threads, key, nullptr,
                                                   no_slope{});
                else
                    propagate_stage<stage<Number>>(
                        Number, parameters, data, space, threads, key, space.kept(source).data,
                        tail_slope<tail>{buffers::template choices<stage<source>>(source, data, space)});
            } else
                propagate_stage<stage<Number>>(Number, parameters, data, space, threads, key, nullptr,
                                               no_slope{});
            threads.barrier();
        }
    }

    template <class Stage, class Slope>
    static void propagate_stage(std::size_t number, const T* parameters, const batch& data, workspace& space,
                                const team& threads, const dropout_key& key, const T* source_kept,
                                const Slope& slope) noexcept {
        using head = typename Stage::head;
        constexpr std::size_t parts = head::parts;
        const auto x = buffers::template sources<head>(number, data, space);
        std::array<rows_view<T>, parts> source_deltas{};
        std::array<bool, parts> adds{};
        for (std::size_t i = 0; i < parts; ++i) {
            if (!flow::carries(number, i))
                continue;
            const std::size_t value = wires::source(number, i);
            T* const target =
                wires::is_input(value) ? data.input_deltas[value] : space.delta(value - wires::inputs);
            source_deltas[i] = {target, head::source_width(i)};
            adds[i] = flow::adds(number, i);
        }
        head_kernels<head>::template backward<Stage>(
            buffers::template backward<Stage>(number, x.data(), source_deltas.data(), adds.data(),
                                              source_kept, parameters, data, space, threads, key),
            threads, slope);
    }

    template <class Stage, bool First, class Consumer>
    static void update_stage(std::size_t number, const T* parameters, const batch& data, workspace& space,
                             const team& threads, const Consumer& consumer) noexcept {
        const auto x = buffers::template sources<typename Stage::head>(number, data, space);
        using head = typename Stage::head;
        const head_updates<T, head, Consumer> updates{consumer, places::places[number]};
        update_by_pieces<Stage, First>(buffers::template backward<Stage>(number, x.data(), nullptr, nullptr,
                                                                         nullptr, parameters, data, space,
                                                                         threads, {}),
                                       threads, updates, space.piece_sums());
    }
};

} // namespace strata::bedrock::inline STRATA_SETTING
