// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/data/sample_range.hpp>
#include <strata/setting.hpp>
STRATA_HEADER_BEGIN

#include <strata/expression/concatenate.hpp>
#include <strata/expression/print.hpp>
#include <strata/raise.hpp>
#include <strata/training/epoch_order.hpp>
#include <strata/training/machine_agreement.hpp>
#include <strata/training/machine_error.hpp>
#include <strata/training/machine_facts.hpp>
#include <strata/training/machine_pass.hpp>
#include <strata/training/machine_source.hpp>
#include <strata/training/progress_output.hpp>
#include <strata/training/snapshot.hpp>
#include <strata/training/trainer.hpp>
#include <strata/training/verbosity.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <exception>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING::internal {

/// Whether a call may meet the other machines.
inline void expect_machines(const machine_group& group, std::string_view caller) {
    if (group.is_alone())
        raise(std::invalid_argument(concatenate(
            caller, ": callbacks are called on machine 0 alone, expected samples of its own, found some that "
                    "it has a part of")));
}

/// What several machines do alike in a fit: callbacks run on the first of them, and what they have changed
/// goes to all.
template <class Pass, class Data>
struct machine_course {
    Pass& pass;
    machine_group& group;
    std::uint64_t (*checksum)(const sample_range&); ///< tells different data
    const char* caller;

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
            group.set_alone(true);
            error = caught([&] {
                for (const auto& each : callbacks)
                    each(state);
            });
            group.set_alone(false);
            if (auto left = teach.snapshot(); left.bytes != known)
                changed = std::move(left);
        }
        std::array<std::uint64_t, 4> said{error != nullptr, state.stopped, state.epoch, state.epochs};
        group.broadcast(std::as_writable_bytes(std::span(said)));
        // Also where one of them has failed: the next fit begins with what the others have changed.
        broadcast_bytes(group, changed.bytes);
        if (group.rank() != 0 && !changed.bytes.empty())
            teach.restore(changed);
        raise_again(error);
        if (said[0] != 0)
            raise(machine_error(
                concatenate(caller, ": a callback on machine 0 has failed, which ends the training of all")));
        state.stopped = said[1] != 0;
        state.epoch = static_cast<std::size_t>(said[2]);
        state.epochs = static_cast<std::size_t>(said[3]);
        // Other settings than the rate are in no snapshot.
        if (state.phase == training_state::moment::epoch_end)
            share_scores(state.logs);
        // Asked for the last update: a schedule may know no more of them.
        constexpr std::size_t batches = batches_of_update<std::remove_cvref_t<decltype(teach.optimizer())>>;
        const std::uint64_t updates = teach.steps() / batches;
        std::string lines;
        append_optimizer(lines, teach.optimizer(), static_cast<double>(updates - (updates > 0)), 1);
        agree(group, lines, concatenate(caller, ", behind a callback"));
    }

    /// What callbacks have added to an epoch's scores, they have added for all.
    void share_scores(scores& logs) const {
        std::vector<unsigned char> bytes;
        if (group.rank() == 0)
            for (const auto& [name, value] : logs) {
                const auto* const number = reinterpret_cast<const unsigned char*>(&value);
                bytes.insert(bytes.end(), number, number + sizeof value);
                bytes.push_back(static_cast<unsigned char>(logs.direction_of(name)));
                bytes.insert(bytes.end(), name.begin(), name.end());
                bytes.push_back(0);
            }
        broadcast_bytes(group, bytes);
        if (group.rank() == 0)
            return;
        logs = {};
        for (const unsigned char* next = bytes.data(); next < bytes.data() + bytes.size(); ++next) {
            double value = 0;
            std::memcpy(&value, next, sizeof value);
            next += sizeof value;
            const auto better = static_cast<direction>(*next++);
            const std::string_view name = reinterpret_cast<const char*>(next);
            logs.set(name, value, better);
            next += name.size();
        }
    }

    template <class Trainer, class Scores>
    void validate(Trainer&, const fit_options& options, const sample_range& range, Scores& logs) const {
        pass.complete_states(); // whoever asks the trainer behind an error finds them whole
        if (range.count == 0) {
            shared_source source(group, *options.validation_batches, piece_length(options),
                                 "fit, validation batches");
            const source_course course{"fit, validation batches", 0, 0, options.threads};
            source.template agree<Data>(course, checksum);
            return name_validation(run_source_together<false, Data>(pass, source, course, checksum).named(),
                                   logs);
        }
        const std::size_t batch_size = std::min(options.batch_size, range.count);
        const std::size_t threads = pass.choose_threads(batch_size, options.threads);
        name_validation(pass.template run<false>(range, {}, batch_size, threads, nullptr).named(), logs);
    }
};

template <class Model, class Loss, class Optimizer, class... Metrics>
struct machine_fit<trainer<Model, Loss, Optimizer, Metrics...>> {
    using trainer_type = trainer<Model, Loss, Optimizer, Metrics...>;
    using engine_type = typename trainer_type::engine_type;
    using data_type = typename trainer_type::data_type;
    using data_pass = typename engine_type::pass;
    using pass_type = machine_pass<engine_type, typename Model::base, Metrics...>;
    using T = typename Model::value_type;

    static history run(trainer_type& teach, const sample_list& x, const sample_list& y, machine_group& group,
                       const fit_options& options) {
        expect_machines(group, "fit");
        check_machines(options, &group, "fit", "part_of(samples, machines)");
        const divided_data<typename trainer_type::arguments, data_pass> data(x, y, options);
        const sample_range train = data.train.weighted();
        const sample_range validation = data.validation.weighted();
        epoch_order order(options, train.count);
        const sample_range ordered = order.range(train, Model::input_count, Model::output_count);
        const std::size_t batch_size = std::min(options.batch_size, train.count);
        const std::size_t steps = (train.count + batch_size - 1) / batch_size;
        std::string lines = fit_lines(teach, options);
        append_data<Model, data_pass>(lines, train, "");
        append_data<Model, data_pass>(lines, validation, "validation ");
        append_updates(lines, teach, options, steps);
        agree(group, lines, "fit");
        if (!engine_type::template steps_by_sample<true>(train, batch_size))
            tell_idle(group, batch_size, options);
        pass_type pass(teach.engine_, *teach.net_, group, piece_length(options));
        const std::size_t threads = pass.choose_threads(batch_size, options.threads);
        return run_epochs(
            teach, options, steps, pass, group,
            [&](progress_line* bar) {
                order.draw(teach.net_->random_seed(), teach.epochs_);
                return pass.template run<true>(ordered, order.numbers(), batch_size, threads, bar);
            },
            [&] { trainer_type::check_data(train, "fit"); }, validation, "fit");
    }

    static history run_batches(trainer_type& teach, batch_source& source, machine_group& group,
                               const fit_options& options) {
        expect_machines(group, "fit_batches");
        check_source_options(options, &group);
        const auto validation = given_validation<data_type>(options);
        const std::size_t steps = steps_of_epoch(source, options.steps_per_epoch);
        std::string lines = fit_lines(teach, options);
        append_data<Model, data_pass>(lines, validation.weighted(), "validation ");
        agree(group, lines, "fit_batches");
        // A file of which one machine knows the rows another may have to read to its end.
        std::string update_lines;
        append_updates(update_lines, teach, options, find_least(group, steps));
        agree(group, update_lines, "fit_batches");
        pass_type pass(teach.engine_, *teach.net_, group, piece_length(options));
        shared_source shared(group, source, piece_length(options), "fit_batches",
                             engine_type::template may_step_by_sample<true>);
        source_course course{"fit_batches",   teach.epochs_, options.steps_per_epoch,
                             options.threads, nullptr,       options.class_weight};
        shared.template agree<data_type>(course, checksum_range);
        sample_range last{nullptr, nullptr};
        return run_epochs(
            teach, options, steps, pass, group,
            [&](progress_line* bar) {
                course.epoch = teach.epochs_;
                course.line = bar;
                return run_source_together<true, data_type>(pass, shared, course, checksum_range, &last);
            },
            [&] {
                call_name name("fit_batches, the last batch");
                name.first = shared.last_first;
                const auto error = caught([&] { trainer_type::check_data(last, name.text().c_str()); });
                agree_batch(group, {.has_failed = error != nullptr}, error, name);
            },
            validation.weighted(), "fit_batches");
    }

    static scores evaluate(trainer_type& teach, const sample_list& x, const sample_list& y,
                           machine_group& group, const evaluate_options& options) {
        expect_machines(group, "evaluate");
        const data_type data(x, y, options.sample_weight, {}, "evaluate");
        std::string lines = common_lines(teach, false);
        append_batch_size(lines, options.batch_size);
        append_data<Model, data_pass>(lines, data.weighted(), "");
        agree(group, lines, "evaluate");
        pass_type pass(teach.engine_, *teach.net_, group, predicted_piece);
        return evaluate_samples(pass, data, of_machine(options, group));
    }

    static scores evaluate_batches(trainer_type& teach, batch_source& source, machine_group& group,
                                   const evaluate_options& options) {
        expect_machines(group, "evaluate_batches");
        std::string lines = common_lines(teach, false);
        append(lines, options.steps, " steps, where 0 are all\n");
        agree(group, lines, "evaluate_batches");
        pass_type pass(teach.engine_, *teach.net_, group, predicted_piece);
        shared_source shared(group, source, predicted_piece, "evaluate_batches");
        return evaluate_source(source, of_machine(options, group), [&](const source_course& course) {
            shared.template agree<data_type>(course, checksum_range);
            return run_source_together<false, data_type>(pass, shared, course, checksum_range);
        });
    }

private:
    /// Options of one machine: the first of them alone shows the progress.
    template <class Options>
    static Options of_machine(Options options, const machine_group& group) {
        if (group.rank() != 0)
            options.verbose = verbosity::silent;
        return options;
    }
    // A user who sees no machine idle would wonder why more of them are no faster.
    static void tell_idle(const machine_group& group, std::size_t batch_size, const fit_options& options) {
        const std::size_t piece = piece_length(options);
        const std::size_t pieces = (batch_size + piece - 1) / piece;
        const text_output output = progress_output();
        if (pieces < group.count() && group.rank() == 0 && options.verbose != verbosity::silent &&
            output.write != nullptr)
            output.write(concatenate("fit: a batch of ", batch_size, " samples, cut into pieces of ", piece,
                                     ", leaves ", group.count() - pieces, " of ", group.count(),
                                     " machines idle",
                                     pieces < (batch_size + least_piece - 1) / least_piece
                                         ? ": a smaller .piece_size gives them work"
                                         : "",
                                     "\n"));
    }
    template <class Run, class Check>
    static history run_epochs(trainer_type& teach, const fit_options& options, std::size_t steps,
                              pass_type& pass, machine_group& group, const Run& run, const Check& check,
                              const sample_range& validation, const char* caller) {
        return teach.run_epochs(of_machine(options, group), steps, run, check, validation,
                                machine_course<pass_type, data_type>{pass, group, checksum_range, caller});
    }

    // The least that a machine has of a number.
    static std::size_t find_least(machine_group& group, std::size_t own) {
        const auto said = group.gather(std::as_bytes(std::span(&own, 1)));
        for (const auto& bytes : said) {
            std::size_t number = own;
            std::memcpy(&number, bytes.data(), std::min(sizeof number, bytes.size()));
            own = std::min(own, number);
        }
        return own;
    }

    // What has to be the same on all machines, line by line. A schedule may know no rate for a step that
    // nobody makes.
    static std::string common_lines(const trainer_type& teach, bool has_steps) {
        std::string result;
        append_program(result);
        append_training(result, teach.numbers().header());
        append(result, "a network of checksum ", checksum_types<typename Model::base>(), "\n");
        append(result, "a loss of checksum ", checksum_types<Loss>(), "\nmetrics of checksum ",
               checksum_types<Metrics...>(), "\n");
        if (has_steps)
            append(result, "a learning rate of ", detail::number_to_string(teach.learning_rate()), "\n");
        append(result, teach.epochs(), " epochs made\n");
        // Of bytes that end with their own checksum, that is the same number whatever they are.
        const std::vector<unsigned char> bytes = teach.snapshot().bytes;
        append(result, "weights and states of checksum ",
               checksum({bytes.data(), bytes.size() - sizeof(std::uint32_t)}), "\n");
        return result;
    }
    static std::string fit_lines(const trainer_type& teach, const fit_options& options) {
        std::string result = common_lines(teach, options.epochs > options.initial_epoch);
        append_options(result, options);
        return result;
    }
    // Behind all that tells how many updates there are, which is the reason where these differ.
    static void append_updates(std::string& lines, const trainer_type& teach, const fit_options& options,
                               std::size_t steps) {
        if (options.epochs <= options.initial_epoch)
            return;
        // A schedule may know no more steps than there are.
        const std::size_t all = std::max<std::size_t>(steps, 1) * (options.epochs - options.initial_epoch);
        const double first = static_cast<double>(teach.engine_.updates());
        append_optimizer(lines, teach.engine_.optimizer, first,
                         static_cast<double>(all) / static_cast<double>(engine_type::path::batches));
    }
    static std::uint64_t checksum_range(const sample_range& range) {
        std::uint64_t result = 0;
        visit_checksums<Model, data_pass>(range, [&](const char*, std::size_t, std::uint32_t found) {
            result = result * 0x100000001B3 + found; // as FNV-1a mixes
        });
        return result;
    }
};

} // namespace strata::bedrock::inline STRATA_SETTING::internal

STRATA_HEADER_END
