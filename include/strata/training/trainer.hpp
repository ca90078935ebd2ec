// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/data/byte_reader.hpp>
#include <strata/data/share.hpp>
#include <strata/expression/concatenate.hpp>
#include <strata/expression/print.hpp>
#include <strata/raise.hpp>
#include <strata/setting.hpp>
#include <strata/training/arguments.hpp>
#include <strata/training/callbacks.hpp>
#include <strata/training/diverged.hpp>
#include <strata/training/engine.hpp>
#include <strata/training/loss_check.hpp>
#include <strata/training/options.hpp>
#include <strata/training/snapshot.hpp>

#include <algorithm>
#include <numeric>

namespace strata::bedrock::inline STRATA_SETTING {

/// Teaches a network: `trainer teach{net, mean_squared_error, adam{}, accuracy};`. The network must outlive
/// it.
///
/// The same seed, data and options give the same weights, bit by bit, on any number of threads. Training goes
/// on where it stopped if `fit` is called again.
template <class Model, loss_type Loss, optimizer_type Optimizer, metric_type... Metrics>
class trainer {
    static_assert(internal::check_losses<losses_of<Loss>, typename Model::topology>(
        typename Model::topology::outputs{}));
    static_assert((internal::check_metric<Metrics, Model::output_count>() && ...));
    static_assert(internal::check_names<Metrics...>());

    using arguments = arguments_for<typename Model::topology, Loss>;
    using inputs = typename arguments::inputs;
    using targets = typename arguments::targets;
    using engine_type = engine<Model, Loss, Optimizer, Metrics...>;

public:
    using T = typename Model::value_type;

    trainer(Model& net, Loss, Optimizer optimizer, Metrics...) : net_(&net), engine_(net, optimizer) {}

    /// Trains on samples [n, input...] with targets [n, output...], or [n] for labels and for a single
    /// output. `std::invalid_argument` for arrays and options that do not fit; `diverged` for a loss that is
    /// no longer finite.
    ///
    /// No template, so that a compiler looks at the options by themselves and names one that is misspelt.
    history fit(const inputs& x, const targets& y, const fit_options& options = {}) {
        return fit_samples(x, y, options);
    }

    /// The loss and the metrics on samples, without dropout.
    scores evaluate(const inputs& x, const targets& y, const evaluate_options& options = {}) {
        const sample_range all = arguments::range(x, y, "evaluate");
        internal::require(all.count > 0, "evaluate: there are no samples");
        internal::require(options.batch_size > 0, "evaluate: the batch size is 0");
        return evaluate_range(all, options.batch_size, options.threads, options.verbose);
    }

    /// One update with one batch. Returns its loss and metrics from before the update.
    scores train_on_batch(const inputs& x, const targets& y) {
        const sample_range all = arguments::range(x, y, "train_on_batch");
        internal::require(all.count > 0, "train_on_batch: there are no samples");
        const auto totals =
            engine_.template run<true>(all, {}, all.count, engine_.choose_threads(all.count, 0), nullptr);
        return totals.named();
    }

    /// The optimizer, whose settings may be changed between calls.
    [[nodiscard]] Optimizer& optimizer() noexcept { return engine_.optimizer; }
    [[nodiscard]] std::uint64_t steps() const noexcept { return engine_.step; }

    /// Everything that training needs to go on from here to the same bits, as bytes: weights, the optimizer's
    /// states, the counts of steps and epochs.
    [[nodiscard]] training_snapshot snapshot() const {
        return internal::write_snapshot<typename Model::topology, T>(blocks(), {engine_.step, epochs_});
    }
    /// Goes on from there. `data_error` for a snapshot of another network, type or optimizer, or a damaged
    /// one; nothing is changed then.
    void restore(const training_snapshot& snapshot) {
        byte_reader reader(snapshot.bytes, "the snapshot");
        read(reader);
    }
    /// The same from what reads bytes from front to back, as `byte_reader` does.
    template <class Reader>
    void read(Reader& reader) {
        const auto counts = internal::read_snapshot<typename Model::topology, T>(reader, blocks());
        engine_.step = counts.steps;
        epochs_ = counts.epochs;
    }

    /// Writes a snapshot to a file, which is replaced as a whole or not at all. Needs
    /// `strata/io/checkpoint.hpp`.
    template <class File>
    void save(const File& file) const {
        constexpr bool known = requires(const training_snapshot& bytes) { write_checkpoint(bytes, file); };
        static_assert(internal::check_files<known, File>());
        if constexpr (known)
            write_checkpoint(snapshot(), file);
    }
    /// Goes on from what `save` wrote; errors are as for `restore`. Needs `strata/io/checkpoint.hpp`.
    template <class File>
    void load(const File& file) {
        constexpr bool known = requires { read_checkpoint(*this, file); };
        static_assert(internal::check_files<known, File>());
        if constexpr (known)
            read_checkpoint(*this, file);
    }

private:
    struct running_state final : training_state {
        trainer* owner = nullptr;
        bool stopped = false;

        void stop() override { stopped = true; }
        [[nodiscard]] double learning_rate() const override {
            return owner->engine_.optimizer.learning_rate(static_cast<double>(owner->engine_.step));
        }
        void set_learning_rate(double rate) override { owner->engine_.optimizer.learning_rate = rate; }
        [[nodiscard]] std::vector<double> weights() const override {
            const auto all = owner->net_->parameter_block();
            return {all.begin(), all.end()};
        }
        void set_weights(const std::vector<double>& weights) override {
            std::transform(weights.begin(), weights.end(), owner->net_->parameter_block().begin(),
                           [](double weight) { return static_cast<T>(weight); });
        }
        [[nodiscard]] training_snapshot snapshot() const override { return owner->snapshot(); }
    };

    scores evaluate_range(const sample_range& range, std::size_t batch_size, std::size_t wanted,
                          verbosity verbose) {
        batch_size = std::min(batch_size, range.count);
        progress_line line(verbose, (range.count + batch_size - 1) / batch_size);
        const scores result =
            engine_
                .template run<false>(range, {}, batch_size, engine_.choose_threads(batch_size, wanted),
                                     line.is_bar() ? &line : nullptr)
                .named();
        line.finish(result);
        return result;
    }

    history fit_samples(const sample_list& x, const sample_list& y, const fit_options& options) {
        sample_range train = arguments::range(x, y, "fit");
        internal::require(options.batch_size > 0, "fit: the batch size is 0");
        internal::require(options.validation_split >= 0 && options.validation_split < 1,
                          "fit: the validation split is not in [0, 1)");
        internal::require(options.validation_split == 0 || options.validation_data.x.empty(),
                          "fit: both a validation split and validation data are given");
        sample_range validation{nullptr, nullptr};
        if (options.validation_split > 0) {
            // Keras takes the last samples, before shuffling.
            const std::size_t kept =
                train.count - internal::held_out_count(options.validation_split, train.count);
            validation = {x.data(), y.data(), kept, train.count - kept};
            train.count = kept;
        } else if (!options.validation_data.x.empty())
            validation = arguments::range(options.validation_data.x, options.validation_data.y,
                                          "fit, validation data");
        internal::require(train.count > 0, "fit: there are no samples to train on");

        std::vector<std::uint32_t> order;
        if (options.shuffle)
            order.resize(train.count);
        const std::size_t batch_size = std::min(options.batch_size, train.count);
        const std::size_t threads = engine_.choose_threads(batch_size, options.threads);
        const std::size_t steps = (train.count + batch_size - 1) / batch_size;

        history result;
        running_state state;
        state.owner = this;
        state.epochs = options.epochs;
        const auto call = [&](training_state::moment moment) {
            state.phase = moment;
            for (const auto& each : callbacks_)
                each(state);
        };
        callbacks_ = options.callbacks;
        call(training_state::moment::begin);
        for (std::size_t epoch = 0; epoch < options.epochs && !state.stopped; ++epoch) {
            state.epoch = epoch;
            remember();
            if (options.shuffle) {
                std::iota(order.begin(), order.end(), 0u);
                random_sequence(net_->random_seed(), stream::shuffle, static_cast<std::uint32_t>(epochs_))
                    .shuffle(order);
            }
            progress_line line(options.verbose, steps);
            line.begin(epoch, options.epochs);
            const auto totals = engine_.template run<true>(train, order, batch_size, threads,
                                                           line.is_bar() ? &line : nullptr);
            if (!totals.finite) {
                return_to_good();
                internal::raise(diverged(epoch, totals.steps, totals.loss));
            }
            ++epochs_;
            totals.name(state.logs);
            if (validation.count > 0) {
                const scores scored =
                    engine_
                        .template run<false>(validation, {}, batch_size,
                                             engine_.choose_threads(batch_size, options.threads), nullptr)
                        .named();
                for (const auto& [name, value] : scored)
                    state.logs.set(internal::concatenate("val_", name), value, scored.direction_of(name));
            }
            line.finish(state.logs);
            result.add(state.logs);
            call(training_state::moment::epoch_end);
        }
        call(training_state::moment::end);
        return result;
    }

    // The state before an epoch, to return to if it diverges.
    void remember() {
        const auto weights = net_->parameter_block();
        good_weights_.assign(weights.begin(), weights.end());
        for (std::size_t i = 0; i < good_states_.size(); ++i)
            good_states_[i].assign(engine_.states[i].begin(), engine_.states[i].end());
        good_step_ = engine_.step;
    }
    void return_to_good() {
        std::copy(good_weights_.begin(), good_weights_.end(), net_->parameter_block().begin());
        for (std::size_t i = 0; i < good_states_.size(); ++i)
            std::copy(good_states_[i].begin(), good_states_[i].end(), engine_.states[i].begin());
        engine_.step = good_step_;
    }

    /// The blocks of a snapshot: the weights and each state, all in the parameters' layout.
    [[nodiscard]] auto blocks() const {
        std::array<std::span<T>, engine_type::state_count + 1> result;
        result[0] = net_->parameter_block();
        for (std::size_t i = 0; i < engine_type::state_count; ++i)
            result[i + 1] = const_cast<trainer*>(this)->engine_.states[i];
        return result;
    }

    Model* net_;
    engine_type engine_;
    std::uint64_t epochs_ = 0;
    std::vector<callback> callbacks_;
    std::vector<T> good_weights_;
    std::array<std::vector<T>, engine_type::state_count> good_states_;
    std::uint64_t good_step_ = 0;
};

} // namespace strata::bedrock::inline STRATA_SETTING

namespace strata {
using bedrock::trainer;
} // namespace strata
