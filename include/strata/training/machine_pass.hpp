// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/data/sample_range.hpp>
#include <strata/expression/concatenate.hpp>
#include <strata/kernels/threads/denormals.hpp>
#include <strata/kernels/threads/run_team.hpp>
#include <strata/kernels/uncached_store.hpp>
#include <strata/raise.hpp>
#include <strata/setting.hpp>
#include <strata/training/batch_share.hpp>
#include <strata/training/engine.hpp>
#include <strata/training/expected_samples.hpp>
#include <strata/training/machine_check.hpp>
#include <strata/training/machine_error.hpp>
#include <strata/training/machine_exchanges.hpp>
#include <strata/training/machine_failure.hpp>
#include <strata/training/machine_group.hpp>
#include <strata/training/machine_hosts.hpp>
#include <strata/training/machine_pair.hpp>
#include <strata/training/machine_reports.hpp>
#include <strata/training/machine_sums.hpp>
#include <strata/training/machine_update.hpp>
#include <strata/training/machine_weights.hpp>
#include <strata/training/measurement.hpp>
#include <strata/training/pass_course.hpp>
#include <strata/training/pass_memory.hpp>
#include <strata/training/sending_writer.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace strata::bedrock::inline STRATA_SETTING {

/// Runs the passes of a trainer's engine together with other machines, each of which calls it for the same
/// samples: of every batch a machine has whole pieces, forward and backward, and a part of the weights to
/// update. All of them come to the same sums, and leave the network's weights alike.
template <class Engine, class Model, class... Metrics>
class machine_pass {
    using pass = typename Engine::pass;
    using T = typename pass::value_type;
    using totals = typename Engine::totals;
    using penalty = penalties<pass>;
    using exchanges = machine_exchanges<pass>;
    static_assert(internal::check_shared<pass>());

public:
    using engine_type = Engine;
    machine_pass(Engine& engine, Model& net, machine_group& group, std::size_t piece)
        : engine_(&engine),
          net_(&net),
          group_(&group),
          piece_(piece),
          hosts_(group),
          sums_(group, hosts_, machine_weights<pass>::common_bytes),
          pair_(group, hosts_, sums_),
          weights_(group, hosts_),
          exchanges_(group, sums_),
          update_(engine, group, sums_, exchanges_),
          reports_(group, piece) {}

    /// One pass over all samples, as `engine::run` does it. `line` shows progress on one machine.
    template <bool Training>
    void run(const sample_range& range, const sample_order& order, std::size_t batch_size,
             std::size_t threads, progress_line* line, totals& sum) {
        // Alone, gradients need not leave their registers. Sample by sample each machine makes all steps,
        // which take less than a message about one of them.
        if (group_->count() == 1 || Engine::template steps_by_sample<Training>(range, batch_size)) {
            complete_states();
            engine_->piece = piece_;
            engine_->template run<Training>(range, order, batch_size, threads, line, sum);
            return;
        }
        const internal::occupation guard = engine_->occupy();
        if constexpr (Training)
            engine_->begin_averages();
        is_divided_ = is_divided_ || Training;
        is_refused_ = false;
        run_or_abandon([&] {
            prepare(batch_size, threads, range.weights != nullptr);
            if constexpr (Training)
                prepare_memory(range.count, batch_size);
            sum.reserve(sum.samples + range.count);
        });
        progress all{sum};
        const course tour{range, order, batch_size, line};
        run_team(threads, [&](const team& members) noexcept { work<Training>(tour, all, members); });
        run_or_abandon([&] { sums_.wait_sent(); });
        if (all.stop)
            weights_.leave(); // before somebody puts others in the network
        // All machines know of it, and are here.
        if (Training && (all.failure.is_there() || reports_.failed() < group_->count()))
            complete_states();
        all.failure.raise_again();
        if (reports_.failed() < group_->count())
            internal::raise(machine_error(detail::concatenate(
                "machine ", reports_.failed(), " has failed, which ends the training of all")));
    }
    template <bool Training>
    totals run(const sample_range& range, const sample_order& order, std::size_t batch_size,
               std::size_t threads, progress_line* line) {
        totals sum;
        run<Training>(range, order, batch_size, threads, line, sum);
        return sum;
    }

    /// As `engine::choose_threads`, for this machine's share of a batch.
    [[nodiscard]] std::size_t choose_threads(std::size_t batch_size, std::size_t wanted) const noexcept {
        return Engine::choose_threads((batch_size + group_->count() - 1) / group_->count(), wanted);
    }

    /// Makes the optimizer's states whole on all machines, of which each has moved on its own part.
    void complete_states() {
        if (!is_divided_)
            return;
        complete_network();
        run_or_abandon([&] {
            for (auto& block : engine_->states)
                weights_.share_states(block.data());
        });
        is_divided_ = false;
    }
    /// The same of the network, whose weights a host's machines may have in common, and whose statistics
    /// those without samples have not seen.
    void complete_network() {
        weights_.leave();
        run_or_abandon([&] { weights_.share_statistics(net_->parameter_block().data()); });
    }

private:
    using course = internal::pass_course;
    using progress = internal::pass_progress<totals>;

    [[nodiscard]] batch_share share_of(std::size_t samples) noexcept {
        batch_share result = batch_share::of_machine(samples, piece_, group_->rank(), group_->count());
        result.pieces.stride = sums_.stride;
        result.pieces.machines = &exchanges_;
        return result;
    }

    void prepare(std::size_t batch_size, std::size_t threads, bool weighs) {
        memory_.reserve(batch_share::most(batch_size, piece_, group_->count()), threads, piece_, weighs);
        reports_.reserve(batch_size, totals::numbers);
    }

    /// Memory of the hosts for the weights and for the sums over batches of these sizes.
    void prepare_memory(std::size_t samples, std::size_t batch_size) {
        std::size_t bytes = 0;
        for (const std::size_t batch : {std::min(samples, batch_size), samples % batch_size})
            if (batch > 0)
                bytes = std::max(bytes, sums_.bytes(share_of(batch).pieces.tree));
        if (bytes > hosts_.bytes()) {
            weights_.leave();
            hosts_.share(bytes);
        }
        parameters_ = weights_.enter(net_->parameter_block());
    }

    template <bool Training>
    void work(const course& tour, progress& all, team threads) noexcept {
        const flush_denormals fast;
        std::uint64_t number = engine_->step;
        internal::expected_samples coming(tour, Model::input_sizes, internal::target_sizes<pass>,
                                          {group_->rank(), group_->count(), piece_});
        std::size_t begin = 0;
        std::size_t buffer = 0;
        const auto gather = [&](std::size_t first, std::size_t place) {
            coming.expect(first, threads);
            if (first < tour.range.count) {
                const batch_share own = share_of(tour.batch_from(first));
                memory_.batches.gather(tour.range, tour.order, first + own.first, own.pieces.samples, place,
                                       threads);
            }
        };
        gather(0, buffer);
        while (begin < tour.range.count && !all.stop) {
            const batch_share own = share_of(tour.batch_from(begin));
            if (threads.rank == 0) {
                // What a schedule throws is told to all with the step's losses, before anybody updates.
                if constexpr (Training)
                    is_refused_ = !all.failure.run([&] { update_.begin(number); });
                run_or_abandon([&] { begin_step<Training>(own); });
            }
            threads.barrier();
            step<Training>(tour, own, number, buffer, all, threads,
                           [&] { gather(begin + own.samples, 1 - buffer); });
            buffer = 1 - buffer;
            if (threads.rank == 0 && tour.line != nullptr && tour.line->is_due())
                run_or_abandon([&] { tour.line->show(all.sum.steps, all.sum.named()); });
            begin += own.samples;
            ++number;
            threads.barrier();
        }
    }

    template <bool Training>
    void begin_step(const batch_share& own) {
        if constexpr (Training) {
            gradients_ = sums_.begin(own.pieces);
            pair_.begin();
        }
        reports_.expect(own.samples);
    }

    /// `meanwhile()` is done while messages are on their way.
    template <bool Training, class Meanwhile>
    void step(const course& tour, const batch_share& own, std::uint64_t number, std::size_t buffer,
              progress& all, const team& threads, const Meanwhile& meanwhile) noexcept {
        T* const parameters = Training ? parameters_ : net_->parameter_block().data();
        const auto batch = memory_.batches.batch(tour.range, buffer, own.pieces);
        const dropout_key key{net_->random_seed().value, static_cast<std::uint32_t>(number), 0,
                              static_cast<std::uint32_t>(own.first)};
        double* const losses = reports_.own_losses();
        if (own.pieces.samples > 0) {
            pass::template forward<Training>(parameters, batch, memory_.space, threads, key);
            pass::template loss<Training>(
                batch, memory_.space, threads, losses,
                measurement<pass, Metrics...>{reports_.own_parts(own), batch.weights, &all.failure,
                                              output_masks<pass>::of_workspace(memory_.space)});
        } else if (threads.rank == 0)
            exchanges_.join(exchanges::template forward_count<Training>);
        const double weight_penalties = penalty::exist && threads.rank == 0 ? penalty::sum(parameters) : 0;
        if (Training &&
            !internal::is_sum_finite({losses, own.pieces.samples}, share_samples(threads, own.pieces.samples),
                                     weight_penalties))
            all.is_broken.store(true, std::memory_order_relaxed);
        threads.barrier();
        if (threads.rank == 0)
            run_or_abandon([&] {
                using failure = machine_reports::failure;
                reports_.send(own.samples, all.is_broken.load(std::memory_order_relaxed),
                              is_refused_              ? failure::schedule
                              : all.failure.is_there() ? failure::metric
                                                       : failure::none);
            });
        if constexpr (Training) {
            if (own.pieces.samples > 0) {
                const auto send = [&](std::size_t stage) { run_or_abandon([&] { sums_.send_from(stage); }); };
                const auto begin_last = [&] {
                    run_or_abandon([&] {
                        finish_reports<true>(own.samples, weight_penalties, all);
                        pair_.meet();
                    });
                    return reports_.is_updated();
                };
                const bool is_early = threads.size == 1 && weights_.are_common();
                const team::range updated = update_.run_early(
                    parameters, weights_.are_common(), is_early ? pair_.find_part() : early_part<T>{},
                    begin_last, [&]<class Early>(Early& early) {
                        pass::backward(parameters, batch, memory_.space, threads, key,
                                       sending_writer<T, pass::places::size, decltype(send), Early>{
                                           {gradients_}, send, !hosts_.neighbours().empty(), early});
                    });
                internal::finish_uncached_stores();
                if (is_early)
                    sums_.leave_out(updated);
            } else if (threads.rank == 0)
                exchanges_.join(exchanges::backward_count);
        }
        threads.barrier();
        if (Training && threads.rank == 0)
            run_or_abandon([&] {
                pair_.say();
                sums_.send_all();
            });
        meanwhile();
        if (threads.rank == 0)
            run_or_abandon([&] { finish<Training>(own.samples, weight_penalties, all); });
        threads.barrier();
        if constexpr (Training)
            if (reports_.is_updated())
                update(parameters, number, threads);
    }

    void update(T* parameters, std::uint64_t number, const team& threads) noexcept {
        const bool is_updated = update_.run(parameters, gradients_, weights_.are_common(), number, threads);
        threads.barrier();
        if (threads.rank == 0)
            run_or_abandon([&] {
                sums_.wait_sent();
                if (is_updated)
                    weights_.share(parameters);
                hosts_.meet();
            });
    }

    template <bool Training>
    void finish(std::size_t samples, double weight_penalties, progress& all) {
        finish_reports<Training>(samples, weight_penalties, all);
        if constexpr (Training) {
            pair_.wait();
            sums_.wait();
        }
    }
    template <bool Training>
    void finish_reports(std::size_t samples, double weight_penalties, progress& all) {
        if (reports_.finish<Training>(samples, weight_penalties, all))
            ++engine_->step;
    }

    template <class Work>
    void run_or_abandon(const Work& some) noexcept {
        internal::run_or_abandon(*group_, some);
    }

    Engine* engine_;
    Model* net_;
    machine_group* group_;
    std::size_t piece_;
    machine_hosts hosts_;
    machine_sums<pass> sums_;
    machine_pair<pass> pair_;
    machine_weights<pass> weights_;
    exchanges exchanges_;
    machine_update<Engine> update_;
    machine_reports reports_;
    pass_memory<Model, pass> memory_;
    T* gradients_ = nullptr;
    T* parameters_ = nullptr; ///< the weights to train
    bool is_refused_ = false; ///< the step at work, by a schedule that has thrown
    bool is_divided_ = false; ///< whether each machine has moved on its own part of the states alone
};

} // namespace strata::bedrock::inline STRATA_SETTING
