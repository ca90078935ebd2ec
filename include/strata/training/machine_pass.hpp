// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/expression/concatenate.hpp>
#include <strata/kernels/threads/denormals.hpp>
#include <strata/kernels/threads/run_team.hpp>
#include <strata/kernels/threads/team_failure.hpp>
#include <strata/model/gradient_consumers.hpp>
#include <strata/model/stored_update.hpp>
#include <strata/raise.hpp>
#include <strata/setting.hpp>
#include <strata/training/batches.hpp>
#include <strata/training/engine.hpp>
#include <strata/training/machine_error.hpp>
#include <strata/training/machine_group.hpp>
#include <strata/training/machine_sums.hpp>
#include <strata/training/measurement.hpp>
#include <strata/training/pass_course.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING {

namespace internal {
/// Whether several machines can share the batches of a network and its losses.
template <class Pass>
consteval bool check_shared() {
    bool fits = true;
    for_each_index<Pass::count>([&](auto index) {
        using head = typename Pass::template stage<index>::head;
        if constexpr (Pass::flow::learns(index) && head_kernels<head>::adds_pieces == piece_adder::nobody)
            fits = reject<head, "a layer whose kernels add no pieces (`adds_pieces`)",
                          "cannot be trained by several machines">();
    });
    for_each_index<Pass::output_count>([&](auto index) {
        using loss = typename Pass::template output<index>::loss;
        if constexpr (loss::of_batches)
            fits = reject<loss, "a loss over pairs of a batch's samples",
                          "cannot be shared by several machines">();
    });
    return fits;
}
} // namespace internal

/// Runs the passes of a trainer's engine together with other machines, each of which calls it for the same
/// samples: of every batch a machine has whole pieces, forward and backward, and a part of the weights to
/// update. All of them come to the same sums, and leave the network's weights alike.
template <class Engine, class Model, class... Metrics>
class machine_pass final : squares_exchange, piece_exchange {
    using pass = typename Engine::pass;
    using T = typename pass::value_type;
    using optimizer_type = decltype(Engine::optimizer);
    using memory = update_memory<pass, optimizer_type>;
    using update_type = stored_update<pass, optimizer_type>;
    using totals = typename Engine::totals;
    using penalty = penalties<pass>;
    static constexpr std::size_t numbers = totals::numbers;
    static_assert(internal::check_shared<pass>());

public:
    using engine = Engine;

    machine_pass(Engine& engine, Model& net, machine_group& group, std::size_t piece)
        : engine_(&engine),
          net_(&net),
          group_(&group),
          piece_(piece),
          sums_(group),
          update_(group.rank(), group.count(), this) {}

    /// One pass over all samples, as `engine::run` does it. `line` shows progress on one machine.
    template <bool Training>
    totals run(const sample_range& range, const sample_order& order, std::size_t batch_size,
               std::size_t threads, progress_line* line) {
        prepare(batch_size, threads, range.weights != nullptr);
        totals sum;
        sum.reserve(range.count);
        progress all{sum};
        const course tour{range, order, batch_size, line};
        run_team(threads, [&](const team& together) noexcept { work<Training>(tour, all, together); });
        all.failure.raise_again();
        if (failed_ < group_->count())
            internal::raise(machine_error(
                detail::concatenate("machine ", failed_, " has failed, which ends the training of all")));
        return sum;
    }

    /// Makes the optimizer's states whole on all machines, of which each has moved on its own part, and the
    /// network's statistics, which those without samples have not seen.
    void complete_states() {
        sums_.share_statistics(net_->parameter_block().data());
        for (auto& block : engine_->states)
            sums_.share(block.data(), 1);
    }

private:
    using course = internal::pass_course;
    using progress = internal::pass_progress<totals>;

    /// What is at hand of a batch.
    struct batch_share {
        std::size_t samples; ///< of the batch
        std::size_t first;   ///< the first at hand
        batch_pieces pieces;
    };
    [[nodiscard]] batch_share share_of(std::size_t samples, std::size_t machine) const noexcept {
        const piece_tree tree{(samples + piece_ - 1) / piece_};
        const piece_tree::node own = tree.share(machine, group_->count());
        const std::size_t first = std::min(own.begin * piece_, samples);
        const std::size_t end = std::min(own.end * piece_, samples);
        return {
            samples, first, {end - first, piece_, own.end - own.begin, tree, samples, own.begin, sums_.size}};
    }

    void prepare(std::size_t batch_size, std::size_t threads, bool weighs) {
        const std::size_t pieces = (batch_size + piece_ - 1) / piece_;
        const std::size_t most =
            std::min(batch_size, (pieces + group_->count() - 1) / group_->count() * piece_);
        if (most > capacity_ || threads > threads_) {
            capacity_ = std::max(most, capacity_);
            threads_ = std::max(threads, threads_);
            space_ = typename pass::workspace(capacity_, threads_, piece_);
            batches_.reserve(capacity_);
        }
        if (weighs)
            batches_.reserve_weights(capacity_);
        report_size_ = 2 + (1 + numbers) * capacity_;
        reports_.assign(group_->count() * report_size_, 0.0);
        losses_.resize(std::max(losses_.size(), batch_size));
        parts_.resize(std::max(parts_.size(), batch_size * numbers));
    }

    template <bool Training>
    void work(const course& tour, progress& all, team threads) noexcept {
        const flush_denormals fast;
        std::uint64_t number = engine_->step;
        std::size_t begin = 0;
        while (begin < tour.range.count && !all.stop) {
            const batch_share own = share_of(tour.batch_from(begin), group_->rank());
            batches_.gather(tour.range, tour.order, begin + own.first, own.pieces.samples, 0, threads);
            if (threads.rank == 0)
                all.failure.run([&] { begin_step<Training>(own, number); });
            threads.barrier();
            step<Training>(tour, own, number, all, threads);
            if (threads.rank == 0 && tour.line != nullptr && tour.line->is_due())
                all.failure.run([&] { tour.line->show(all.sum.steps, all.sum.named()); });
            begin += own.samples;
            ++number;
            threads.barrier();
        }
    }

    template <bool Training>
    void begin_step(const batch_share& own, std::uint64_t number) {
        if constexpr (Training) {
            gradients_ = sums_.begin(own.pieces);
            rates_ = internal::converted<T>(
                engine_->optimizer.scalars(static_cast<double>(number / update_type::batches)));
        }
        expect_reports(own.samples);
    }

    template <bool Training>
    void step(const course& tour, const batch_share& own, std::uint64_t number, progress& all,
              const team& threads) noexcept {
        T* const parameters = net_->parameter_block().data();
        batch_pieces pieces = own.pieces;
        pieces.machines = this;
        const auto batch = batches_.batch(tour.range, 0, pieces);
        const dropout_key key{net_->random_seed().value, static_cast<std::uint32_t>(number), 0,
                              static_cast<std::uint32_t>(own.first)};
        double* const report = reports_.data() + group_->rank() * report_size_;
        double* const losses = report + 2;
        if (own.pieces.samples > 0) {
            pass::template forward<Training>(parameters, batch, space_, threads, key);
            pass::template loss<Training>(
                batch, space_, threads, losses,
                measurement<pass, Metrics...>{losses + own.pieces.samples, batch.weights, &all.failure,
                                              output_masks<pass>::of_workspace(space_)});
        } else if (threads.rank == 0)
            for (std::size_t i = 0; i < exchanges_before<Training>; ++i)
                join();
        const double weight_penalties = penalty::exist && threads.rank == 0 ? penalty::sum(parameters) : 0;
        if (Training &&
            !internal::is_sum_finite({losses, own.pieces.samples}, share_samples(threads, own.pieces.samples),
                                     weight_penalties))
            all.is_broken.store(true, std::memory_order_relaxed);
        threads.barrier();
        if (threads.rank == 0) {
            report[0] = all.is_broken.load(std::memory_order_relaxed) ? 1 : 0;
            report[1] = all.failure.is_there() ? 1 : 0;
            all.failure.run([&] { send_report(own); });
        }
        if constexpr (Training) {
            if (own.pieces.samples > 0)
                pass::backward(parameters, batch, space_, threads, key, sending_writer{{gradients_}, this});
            else if (threads.rank == 0)
                for (std::size_t i = 0; i < exchanges_behind; ++i)
                    join();
        }
        threads.barrier();
        if (threads.rank == 0)
            all.failure.run([&] { finish_reports<Training>(own, weight_penalties, all); });
        threads.barrier();
        if constexpr (Training)
            if (!all.stop)
                update(parameters, number, all, threads);
    }

    void update(T* parameters, std::uint64_t number, progress& all, const team& threads) noexcept {
        constexpr std::size_t batches = update_type::batches;
        T* const found = sums_.add(threads);
        T* used = found;
        const std::size_t turn = number % batches;
        if constexpr (batches > 1) {
            // Where an update takes registers of gradients, the last batch of a group leaves the sums alone.
            T* const group = engine_->states[memory::block_count - 1].data();
            used = update_type::needs_all || turn + 1 < batches ? group : found;
            sums_.visit_own(threads,
                            [&](std::size_t i) { used[i] = turn == 0 ? found[i] : group[i] + found[i]; });
        }
        move_statistics<pass>(parameters, found, threads);
        threads.barrier();
        if (turn + 1 != batches)
            return;
        update_.run(parameters, used, memory::pointers(engine_->states), engine_->optimizer, rates_, threads);
        threads.barrier();
        if (threads.rank == 0)
            all.failure.run([&] { sums_.share(parameters, 1); });
    }

    // A report are two flags, the losses of the samples and what they give for metrics.
    [[nodiscard]] std::size_t report_length(std::size_t samples, std::size_t machine) const noexcept {
        return 2 + (1 + numbers) * share_of(samples, machine).pieces.samples;
    }
    void expect_reports(std::size_t samples) {
        for (std::size_t machine = 0; machine < group_->count(); ++machine)
            if (machine != group_->rank())
                messages_.push_back(
                    group_->receive(machine, 0,
                                    std::as_writable_bytes(std::span(reports_.data() + machine * report_size_,
                                                                     report_length(samples, machine)))));
    }
    void send_report(const batch_share& own) {
        for (std::size_t machine = 0; machine < group_->count(); ++machine)
            if (machine != group_->rank())
                messages_.push_back(
                    group_->send(machine, 0,
                                 std::as_bytes(std::span(reports_.data() + group_->rank() * report_size_,
                                                         report_length(own.samples, group_->rank())))));
    }

    template <bool Training>
    void finish_reports(const batch_share& own, double weight_penalties, progress& all) {
        if constexpr (Training)
            sums_.send_from(0);
        for (; !messages_.empty(); messages_.pop_back())
            group_->wait(messages_.back());
        bool is_broken = false;
        std::size_t sample = 0;
        for (std::size_t machine = 0; machine < group_->count(); ++machine) {
            const double* const report = reports_.data() + machine * report_size_;
            const std::size_t count = share_of(own.samples, machine).pieces.samples;
            is_broken = is_broken || report[0] != 0;
            if (report[1] != 0)
                failed_ = std::min(failed_, machine);
            std::copy_n(report + 2, count, losses_.data() + sample);
            std::copy_n(report + 2 + count, count * numbers, parts_.data() + sample * numbers);
            sample += count;
        }
        const bool is_finite = all.sum.add(losses_.data(), own.samples, weight_penalties, is_broken);
        all.sum.measure(parts_.data(), own.samples);
        if constexpr (Training) {
            sums_.wait();
            if (!is_broken)
                ++engine_->step;
        }
        all.stop = (Training && !is_finite) || failed_ < group_->count();
    }

    /// Writes gradients to memory and has them sent as soon as they are complete.
    struct sending_writer : block_writer<T> {
        machine_pass* pass_at_work;

        void meet(std::size_t stage, const team& threads) const noexcept {
            if (threads.rank == 0)
                pass_at_work->run_or_abandon([&] { pass_at_work->sums_.send_from(stage + 1); });
        }
    };

    /// How often a step's kernels ask for sums over the machines, before the loss is known and behind it.
    template <bool Training>
    static constexpr std::size_t exchanges_before = [] {
        std::size_t result = 0;
        for_each_type(typename pass::stages{}, [&]<class Stage>(std::type_identity<Stage>) {
            result += Training ? head_kernels<typename Stage::head>::forward_exchanges : 0;
        });
        for_each_index<pass::output_count>(
            [&](auto index) { result += pass::template output<index>::counts_rows ? 1 : 0; });
        return result;
    }();
    static constexpr std::size_t exchanges_behind = [] {
        std::size_t result = 0;
        for_each_type(typename pass::stages{}, [&]<class Stage>(std::type_identity<Stage>) {
            result += head_kernels<typename Stage::head>::backward_exchanges;
        });
        return result;
    }();

    /// Takes part in an exchange with nothing to say.
    void join() noexcept {
        run_or_abandon([&] { (void)group_->gather({}); });
    }
    template <class Work>
    void run_or_abandon(const Work& work) noexcept {
        team_failure failure;
        failure.run(work);
        if (failure.is_there())
            group_->abandon("a message about a batch could not be sent");
    }

    void add(const float* nodes, std::size_t stride, std::size_t count, float* total) noexcept override {
        run_or_abandon([&] { add_nodes(nodes, stride, count, total); });
    }
    void add(const double* nodes, std::size_t stride, std::size_t count, double* total) noexcept override {
        run_or_abandon([&] { add_nodes(nodes, stride, count, total); });
    }
    template <class Number>
    void add_nodes(const Number* nodes, std::size_t stride, std::size_t count, Number* total) {
        const std::size_t own = sums_.nodes(group_->rank()).size();
        std::vector<Number> said(own * count);
        for (std::size_t node = 0; node < own; ++node)
            std::copy_n(nodes + node * stride, count, said.data() + node * count);
        auto found = group_->gather(std::as_bytes(std::span(said)));
        std::vector<waiting_numbers<Number>> stack;
        for (std::size_t machine = 0; machine < found.size(); ++machine) {
            auto* next = reinterpret_cast<Number*>(found[machine].data());
            for (const piece_tree::node& node : sums_.nodes(machine)) {
                sums_.merge(stack, {node, next}, {0, count});
                next += count;
            }
        }
        std::copy_n(stack.back().numbers, count, total);
    }
    std::size_t add(std::size_t number) noexcept override {
        std::size_t result = 0;
        run_or_abandon([&] {
            for (const auto& said : group_->gather(std::as_bytes(std::span(&number, 1))))
                if (!said.empty()) {
                    std::size_t other = 0;
                    std::memcpy(&other, said.data(), sizeof other);
                    result += other;
                }
        });
        return result;
    }

    const std::vector<piece_squares>& collect(const std::vector<piece_squares>& own) noexcept override {
        const auto found = group_->gather(std::as_bytes(std::span(own)));
        return sums_.order(found, all_squares_);
    }

    Engine* engine_;
    Model* net_;
    machine_group* group_;
    std::size_t piece_;
    machine_sums<pass> sums_;
    update_type update_;
    typename pass::workspace space_;
    batches<Model, pass> batches_;
    scalars_of<T, optimizer_type> rates_{};
    T* gradients_ = nullptr;
    std::size_t capacity_ = 0;
    std::size_t threads_ = 0;
    std::size_t report_size_ = 0;
    std::vector<double> reports_; ///< [machines][report_size_]
    std::vector<double> losses_;
    std::vector<double> parts_;
    std::vector<piece_squares> all_squares_;
    std::vector<machine_group::ticket> messages_;
    std::size_t failed_ = ~std::size_t{0};
};

} // namespace strata::bedrock::inline STRATA_SETTING
