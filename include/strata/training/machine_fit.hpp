// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/setting.hpp>
STRATA_HEADER_BEGIN

#include <strata/expression/concatenate.hpp>
#include <strata/raise.hpp>
#include <strata/training/machine_agreement.hpp>
#include <strata/training/machine_error.hpp>
#include <strata/training/machine_pass.hpp>
#include <strata/training/snapshot.hpp>
#include <strata/training/trainer.hpp>
#include <strata/version.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <span>
#include <string>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING::internal {

/// What several machines do alike in a fit: callbacks run on the first of them, and what they have changed
/// goes to all.
template <class Pass>
struct machine_course {
    Pass& pass;
    machine_group& group;

    template <class Trainer, class State>
    void call(Trainer& teach, State& state, const std::vector<callback>& callbacks) const {
        // States are whole where a callback, or whoever asks the trainer afterwards, may look at them.
        if (state.phase == training_state::moment::epoch_end)
            pass.complete_states();
        if (callbacks.empty())
            return;
        std::exception_ptr error;
        training_snapshot changed;
        if (group.rank() == 0) {
            const auto known = teach.snapshot().bytes;
            error = caught([&] {
                for (const auto& each : callbacks)
                    each(state);
            });
            if (auto left = teach.snapshot(); left.bytes != known)
                changed = std::move(left);
        }
        std::array<std::uint64_t, 4> said{error != nullptr, state.stopped, state.epoch, state.epochs};
        group.broadcast(std::as_writable_bytes(std::span(said)));
        raise_again(error);
        if (said[0] != 0)
            raise(machine_error("fit: a callback on machine 0 has failed, which ends the training of all"));
        state.stopped = said[1] != 0;
        state.epoch = static_cast<std::size_t>(said[2]);
        state.epochs = static_cast<std::size_t>(said[3]);
        broadcast_bytes(group, changed.bytes);
        if (group.rank() != 0 && !changed.bytes.empty())
            teach.restore(changed);
    }

    template <class Trainer, class Scores>
    void validate(Trainer&, const fit_options& options, const sample_range& range, Scores& logs) const {
        const std::size_t batch_size = std::min(options.batch_size, range.count);
        const std::size_t threads = Pass::engine::choose_threads(batch_size, options.threads);
        name_validation(pass.template run<false>(range, {}, batch_size, threads, nullptr).named(), logs);
    }
};

template <class Model, class Loss, class Optimizer, class... Metrics>
struct machine_fit<trainer<Model, Loss, Optimizer, Metrics...>> {
    using trainer_type = trainer<Model, Loss, Optimizer, Metrics...>;
    using engine_type = typename trainer_type::engine_type;
    using data_pass = typename engine_type::pass;
    using T = typename Model::value_type;

    static history run(trainer_type& teach, const sample_list& x, const sample_list& y, machine_group& group,
                       const fit_options& options) {
        require(options.validation_batches == nullptr,
                "fit: machines that train together take validation data, not batches");
        const divided_data<typename trainer_type::arguments, data_pass> data(x, y, options);
        const sample_range train = data.train.weighted();
        agree(group, lines(teach, train, options));
        const std::size_t batch_size = std::min(options.batch_size, train.count);
        const std::size_t threads =
            engine_type::choose_threads((batch_size + group.count() - 1) / group.count(), options.threads);
        const std::size_t steps = (train.count + batch_size - 1) / batch_size;
        std::vector<std::uint32_t> order(options.shuffle ? train.count : 0);
        using pass_type = machine_pass<engine_type, typename Model::base, Metrics...>;
        pass_type pass(teach.engine_, *teach.net_, group, piece_of(options));
        const auto run_epoch = [&](progress_line* bar) {
            if (options.shuffle)
                shuffle(order, teach.net_->random_seed(), teach.epochs_);
            return pass.template run<true>(train, order, batch_size, threads, bar);
        };
        fit_options own = options;
        if (group.rank() != 0)
            own.verbose = verbosity::silent;
        return teach.run_epochs(
            own, steps, run_epoch, [&] { trainer_type::check_data(train, "fit"); },
            data.validation.weighted(), machine_course<pass_type>{pass, group});
    }

private:
    /// What has to be the same on all machines.
    static std::string lines(const trainer_type& teach, const sample_range& train,
                             const fit_options& options) {
        std::string result =
            concatenate("strata ", project_version, "\nthe setting ", STRATA_TEXT(STRATA_SETTING), "\n");
        append(result, "the training of ", teach.numbers().header(), "\n");
        append(result, "a checksum of weights and states ", checksum(teach.snapshot().bytes), "\n");
        append(result, "a batch size of ", options.batch_size, "\npieces of ", piece_of(options),
               " samples\n", options.epochs, " epochs from ", options.initial_epoch, "\n",
               std::size_t{options.shuffle}, " as its choice to shuffle\n", options.callbacks.size(),
               " callbacks\n", train.count, " samples\n");
        for (std::size_t i = 0; i < Model::input_count; ++i)
            append(result, "a checksum of input ", i + 1, " of ",
                   checksum_samples<T>(train.x[i], train.count, Model::input_sizes[i]), "\n");
        for_each_index<Model::output_count>([&](auto index) {
            if (!train.y[index].empty())
                append(result, "a checksum of targets ", std::size_t{index} + 1, " of ",
                       checksum_samples<typename data_pass::template output<index>::target>(
                           train.y[index], train.count, data_pass::template output<index>::targets),
                       "\n");
        });
        return result;
    }
};

} // namespace strata::bedrock::inline STRATA_SETTING::internal

STRATA_HEADER_END
