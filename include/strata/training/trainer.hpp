// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/data/sample_range.hpp>
#include <strata/setting.hpp>
STRATA_HEADER_BEGIN
#include <strata/model/optimizer_check.hpp>
#include <strata/raise.hpp>
#include <strata/training/arguments.hpp>
#include <strata/training/callbacks.hpp>
#include <strata/training/data_check.hpp>
#include <strata/training/diverged.hpp>
#include <strata/training/engine.hpp>
#include <strata/training/engine_numbers.hpp>
#include <strata/training/epoch_log.hpp>
#include <strata/training/epoch_memory.hpp>
#include <strata/training/epoch_order.hpp>
#include <strata/training/expected_samples.hpp>
#include <strata/training/flushed_fit.hpp>
#include <strata/training/loss_check.hpp>
#include <strata/training/machine_part.hpp>
#include <strata/training/metric_check.hpp>
#include <strata/training/options.hpp>
#include <strata/training/running_state.hpp>
#include <strata/training/snapshot_bytes.hpp>
#include <strata/training/source_pass.hpp>
#include <strata/training/trainer_files.hpp>
#include <strata/training/training_data.hpp>

#include <algorithm>
#include <concepts>
#include <optional>
#include <utility>

namespace strata::bedrock::inline STRATA_SETTING {

/// Teaches a network, which must outlive it: `trainer teach{net, mean_squared_error, adam{}, accuracy};`.
/// The same seed, data and options give the same weights, bit by bit, on any number of threads. Training goes
/// on where it stopped if `fit` is called again.
template <class Model, loss_type Loss, class Optimizer, metric_type... Metrics>
class trainer : public internal::trainer_files<trainer<Model, Loss, Optimizer, Metrics...>> {
    static_assert(internal::check_optimizer<Optimizer>());
    static_assert(internal::check_trainable<Model>() && internal::check_names<Metrics...>());
    static_assert(internal::check_losses<losses_of<Loss>, typename Model::topology>(
        typename Model::topology::outputs{}));
    static_assert((internal::check_metric<Metrics, Model::output_count>() && ...));
    static_assert((internal::check_metric_targets<Metrics, losses_of<Loss>>() && ...));

    using arguments = arguments_for<typename Model::topology, Loss>;
    using inputs = typename arguments::inputs;
    using targets = typename arguments::targets;
    using given_samples = internal::given_samples<trainer, inputs>;
    using given_source = internal::given_source<trainer>;
    using rate_type = decltype(Optimizer::learning_rate);
    using engine_type = engine<typename Model::base, Loss, Optimizer, Metrics...>;
    using data_type = internal::training_data<arguments, typename engine_type::pass>;

public:
    using T = typename Model::value_type;

    trainer(Model& net, Loss, Optimizer optimizer, Metrics...) : net_(&net), engine_(net, optimizer) {}

    /// Trains on samples [n, input...] with targets [n, output...], or [n] for labels and for a single
    /// output. `std::invalid_argument` for arrays and options that do not fit, and for numbers that are not
    /// finite where the loss is not either; else `diverged` for such a loss.
    ///
    /// Of samples that other machines share, `part_of(x, world)`, it trains on its part, to the bits that one
    /// machine comes to. That needs `strata/training/machine_fit.hpp`, which `strata/distributed/mpi.hpp`
    /// includes.
    ///
    /// No template and no overload, so that a compiler looks at the options by themselves and names one that
    /// is misspelt.
    history fit(const given_samples& x, const targets& y, const fit_options& options = {}) {
        if (x.machines != nullptr)
            return x.fit(*this, x, y, *x.machines, options);
        internal::check_machines(options, nullptr, "fit", "part_of(samples, machines)");
        const internal::divided_data<arguments, typename engine_type::pass> data(x, y, options);
        const sample_range train = data.train.weighted();
        internal::epoch_order order(options, train.count);
        const sample_range ordered = order.range(train, Model::input_count, Model::output_count);
        const std::size_t batch_size = std::min(options.batch_size, train.count);
        const std::size_t threads = engine_.choose_threads(batch_size, options.threads);
        const std::size_t steps = (train.count + batch_size - 1) / batch_size;
        const std::size_t piece = internal::piece_length(options);
        const auto pass = [&](progress_line* bar) {
            engine_.piece = piece; // a callback may have trained by another
            order.draw(net_->random_seed(), epochs_);
            return engine_.template run<true>(ordered, order.numbers(), batch_size, threads, bar);
        };
        const internal::flushed_fit fast(engine_.is_flushed, options);
        return run_epochs(
            options, steps, pass, [&] { check_data(train, "fit"); }, data.validation.weighted());
    }

    /// Trains on the batches of a source, in its order, to the same bits as on an array of all. What the
    /// source throws comes out of here, with the network as the batch before left it. Other machines take
    /// part whose sources give the same batches: `part_of(source, world)`.
    history fit_batches(const given_source& given, const fit_options& options = {}) {
        if (given.machines != nullptr)
            return given.fit(*this, given.source, *given.machines, options);
        batch_source& source = given.source;
        internal::check_source_options(options, nullptr);
        const auto validation = internal::given_validation<data_type>(options);
        const std::size_t piece = internal::piece_length(options);
        sample_range last{nullptr, nullptr};
        const auto pass = [&](progress_line* bar) {
            engine_.piece = piece;
            return internal::run_source<true, data_type>(
                engine_, source,
                {"fit_batches", epochs_, options.steps_per_epoch, options.threads, bar, options.class_weight},
                &last);
        };
        return run_epochs(
            options, internal::steps_of_epoch(source, options.steps_per_epoch), pass,
            [&] { check_data(last, "fit_batches, the last batch"); }, validation.weighted());
    }

    /// The loss and the metrics on samples, without dropout.
    scores evaluate(const given_samples& x, const targets& y, const evaluate_options& options = {}) {
        if (x.machines != nullptr)
            return x.evaluate(*this, x, y, *x.machines, options);
        return internal::evaluate_samples(engine_, data_type(x, y, options.sample_weight, {}, "evaluate"),
                                          options);
    }

    /// The same on the batches of a source's first epoch.
    scores evaluate_batches(const given_source& given, const evaluate_options& options = {}) {
        if (given.machines != nullptr)
            return given.evaluate(*this, given.source, *given.machines, options);
        return internal::evaluate_source(given.source, options, [&](const internal::source_course& course) {
            return internal::run_source<false, data_type>(engine_, given.source, course);
        });
    }

    /// One update with one batch, or with one sample as it comes, for what learns online. The call costs less
    /// than 0.1 microseconds beside its step. Returns loss and metrics from before the update. Where
    /// that loss is not finite, errors are as for `fit` and nothing is changed.
    scores train_on_batch(const inputs& x, const targets& y, const batch_options& options = {}) {
        const data_type data(x, y, options.sample_weight, options.class_weight, "train_on_batch");
        const sample_range all = data.weighted();
        internal::require(all.count > 0, "train_on_batch: there are no samples");
        engine_.piece = default_piece;
        const auto totals =
            engine_.template run<true>(all, {}, all.count, engine_.choose_threads(all.count, 0), nullptr);
        if (!totals.finite) {
            check_data(all, "train_on_batch");
            internal::raise(diverged(totals.loss, internal::advice_of<typename engine_type::pass>));
        }
        return totals.named();
    }

    /// The rate of the next step.
    [[nodiscard]] double learning_rate() const {
        return engine_.optimizer.learning_rate(static_cast<double>(engine_.updates()));
    }
    /// Sets a constant one, which snapshots keep.
    void set_learning_rate(double rate) {
        if (!has_set_rate())
            own_rate_ = engine_.optimizer.learning_rate;
        engine_.optimizer.learning_rate = rate;
        rate_ = rate;
    }

    /// The optimizer, whose settings may be changed between calls.
    [[nodiscard]] Optimizer& optimizer() noexcept { return engine_.optimizer; }
    [[nodiscard]] std::uint64_t steps() const noexcept { return engine_.step; } ///< batches, not updates
    /// The epochs that were made so far: where training goes on, `.initial_epoch` of its next `fit`.
    [[nodiscard]] std::size_t epochs() const noexcept { return static_cast<std::size_t>(epochs_); }

    /// The network's plan, the memory of training by so many samples, how it updates, and why so.
    [[nodiscard]] static std::string plan(std::size_t samples = 32) { return engine_type::plan(samples); }

    /// Everything that training needs to go on from here to the same bits, as bytes: weights, the optimizer's
    /// states, the network's seed, the counts of steps and epochs.
    [[nodiscard]] training_snapshot snapshot() const { return internal::write_snapshot(numbers(), counts()); }
    /// Goes on from there. `data_error` for a snapshot of another network, type or optimizer, or a damaged
    /// one; nothing is changed then.
    void restore(const training_snapshot& snapshot) {
        set_counts(internal::load_snapshot(snapshot, numbers()));
    }
    /// The same from what reads bytes from front to back, as `byte_reader` does.
    template <class Reader>
    void read(Reader& reader) {
        set_counts(internal::read_snapshot(reader, numbers()));
    }

private:
    friend internal::running_state<trainer>;
    friend internal::machine_fit<trainer>;
    friend internal::no_group;
    using memory_type = epoch_memory<T, engine_type::state_count + 1>;

    [[nodiscard]] internal::training_numbers numbers() const {
        return internal::numbers_of<typename Model::base, Optimizer>(engine_);
    }
    [[nodiscard]] training_counts counts() const {
        const bool has_rate = has_set_rate();
        return {net_->random_seed().value, engine_.step, epochs_, has_rate, has_rate ? *rate_ : 0.0};
    }
    /// Whether the rate is the one that `set_learning_rate` has set: the optimizer's settings may have been
    /// changed since.
    [[nodiscard]] bool has_set_rate() const {
        if constexpr (std::equality_comparable<rate_type>)
            return rate_ && engine_.optimizer.learning_rate == rate_type(*rate_);
        else
            return rate_.has_value();
    }
    void set_counts(const training_counts& given) {
        net_->set_random_seed(seed{given.seed});
        engine_.step = given.steps;
        epochs_ = given.epochs;
        if (given.has_rate != 0)
            set_learning_rate(given.rate);
        else {
            if (has_set_rate())
                engine_.optimizer.learning_rate = *own_rate_;
            own_rate_.reset();
            rate_.reset();
        }
    }

    static void check_data(const sample_range& range, const char* caller) {
        internal::check_data<typename engine_type::pass>(range, Model::input_sizes, caller);
    }

    /// The epochs of a fit. `pass(line)` trains for one, of so many steps as far as is known; `check()` looks
    /// at the data when a loss was not finite.
    template <class Pass, class Check, class Group = internal::no_group>
    history run_epochs(const fit_options& options, std::size_t steps, const Pass& pass, const Check& check,
                       const sample_range& validation, const Group& group = {}) {
        // Its own, since a callback may train with this trainer, too.
        const std::vector<callback> callbacks = options.callbacks;
        memory_type memory = std::move(memory_);
        memory.begin();
        internal::running_state<trainer> state(*this);
        const auto call = [&](training_state::moment moment) {
            state.phase = moment;
            group.call(*this, state, callbacks);
        };
        internal::epoch_log log(!callbacks.empty(), options.epochs);
        state.epoch = options.initial_epoch;
        state.epochs = options.epochs;
        call(training_state::moment::begin);
        progress_line bar(options.verbose, steps);
        for (std::size_t epoch = state.epoch; epoch < options.epochs && !state.stopped; ++epoch) {
            if (epoch != state.epoch && !callbacks.empty())
                state.logs = {}; // what callbacks have added belongs to the epoch before
            state.epoch = epoch;
            call(training_state::moment::epoch_begin);
            memory.remember(engine_.blocks(), engine_.step, epochs_, epoch, engine_type::copy_block);
            bar.begin(epoch, options.epochs);
            const auto totals = pass(bar.is_bar() ? &bar : nullptr);
            if (!totals.finite)
                give_up(check, memory, epoch, totals);
            memory.judge(totals.finite_mean());
            ++epochs_;
            log.name(totals, state.logs);
            if (validation.count > 0 || options.validation_batches != nullptr)
                group.validate(*this, options, validation, state.logs);
            bar.finish(state.logs, totals.steps);
            call(training_state::moment::epoch_end);
            log.write(state.logs); // with what callbacks have added
        }
        engine_.finish();
        call(training_state::moment::end);
        memory_ = std::move(memory);
        return std::move(log.record());
    }

    [[gnu::noinline]] void validate(const fit_options& options, const sample_range& range, scores& logs) {
        const auto run = [&] {
            if (range.count == 0)
                return internal::run_source<false, data_type>(
                    engine_, *options.validation_batches, {"fit, validation batches", 0, 0, options.threads});
            const std::size_t batch_size = std::min(options.batch_size, range.count);
            const std::size_t threads = engine_.choose_threads(batch_size, options.threads);
            return engine_.template run<false>(range, {}, batch_size, threads, nullptr);
        };
        internal::name_validation(run().named(), logs);
    }

    /// Ends a fit whose loss is no longer finite: because the data are not, or because it diverged.
    template <class Check>
    [[noreturn, gnu::noinline, gnu::cold]] void give_up(const Check& check, const memory_type& memory,
                                                        std::size_t epoch,
                                                        const typename engine_type::totals& totals) {
        return_to(memory.current());
        check();
        const auto& start = memory.choose(totals.finite_mean());
        return_to(start);
        internal::raise(diverged(epoch, totals.steps, totals.loss, start.epoch,
                                 internal::advice_of<typename engine_type::pass>));
    }
    void return_to(const epoch_start<T>& start) {
        memory_type::put_back(start, engine_.blocks());
        engine_.step = start.steps;
        epochs_ = start.epochs;
    }

    Model* net_;
    engine_type engine_;
    std::uint64_t epochs_ = 0;
    memory_type memory_;                ///< kept between fits for its room
    std::optional<rate_type> own_rate_; ///< the optimizer's, where `set_learning_rate` has replaced it
    std::optional<double> rate_;
};

} // namespace strata::bedrock::inline STRATA_SETTING

namespace strata {
using bedrock::trainer;
} // namespace strata
STRATA_HEADER_END
