// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/data/batch_source.hpp>
#include <strata/data/call_name.hpp>
#include <strata/data/sample_range.hpp>
#include <strata/expression/concatenate.hpp>
#include <strata/raise.hpp>
#include <strata/setting.hpp>
#include <strata/training/arguments.hpp>
#include <strata/training/history.hpp>
#include <strata/training/machine_part.hpp>
#include <strata/training/options.hpp>
#include <strata/training/progress.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string_view>

namespace strata::bedrock::inline STRATA_SETTING::internal {

/// What a pass over the batches of a source needs to know.
struct source_course {
    std::string_view caller; ///< what errors begin with
    std::uint64_t epoch = 0;
    std::size_t most_steps = 0; ///< 0: as many as there are
    std::size_t threads = 0;    ///< as options have it
    progress_line* line = nullptr;
    class_weight_list class_weight = {};
};

/// How many steps a pass will have, or 0 where nobody knows.
inline std::size_t steps_of_epoch(const batch_source& source, std::size_t most_steps) {
    const std::size_t steps = source.steps();
    return steps == 0 || (most_steps > 0 && most_steps < steps) ? most_steps : steps;
}

/// One pass over the batches of a source: all that it has, or the first `most_steps` of them. What a batch
/// does depends on its samples and on the engine's step alone, as in a pass over one array of all samples: a
/// batch smaller than one before it is a rest, even of one sample.
///
/// `last` becomes the batch that was run last, where it is wanted. `std::invalid_argument` for a batch that
/// does not fit, by its number, and where there is none.
template <bool Training, class Data, class Engine>
typename Engine::totals run_source(Engine& engine, batch_source& source, const source_course& course,
                                   sample_range* last = nullptr) {
    typename Engine::totals sum;
    std::size_t batch_size = 0;
    source.begin(course.epoch);
    while ((!Training || sum.finite) && (course.most_steps == 0 || sum.steps < course.most_steps)) {
        const labelled_samples* const batch = source.next();
        if (batch == nullptr)
            break;
        const call_name name(course.caller, sum.steps);
        const Data data(batch->x, batch->y, batch->sample_weight, course.class_weight, name);
        const sample_range range = data.weighted();
        if (range.count == 0)
            raise(std::invalid_argument(concatenate(name.text(), ": there are no samples")));
        if (last != nullptr)
            *last = data.range;
        batch_size = std::max(batch_size, range.count);
        const std::size_t threads = engine.choose_threads(batch_size, course.threads);
        engine.template run<Training>(range, {}, batch_size, threads, nullptr, sum);
        if (course.line != nullptr && course.line->is_due())
            course.line->show(sum.steps, sum.named());
    }
    if (sum.steps == 0)
        raise(std::invalid_argument(concatenate(course.caller, ": the source has no batches")));
    return sum;
}

/// What `fit_batches` cannot do of what options ask for, alone or with other machines.
inline void check_source_options(const fit_options& options, const machine_group* group) {
    check_machines(options, group, "fit_batches", "part_of(source, machines)");
    require(options.validation_split == 0, "fit_batches: a source of batches cannot be split");
    require(options.sample_weight.empty(), "fit_batches: weights come with the batches");
    require(options.shuffle_window == 0, "fit_batches: the source shuffles, not fit");
    require(options.batch_size > 0, "fit_batches: the batch size, which validation has, is 0");
}

/// What `evaluate` does.
template <class Data, class Engine>
scores evaluate_samples(Engine& engine, const Data& data, const evaluate_options& options) {
    require(data.range.count > 0, "evaluate: there are no samples");
    require(options.batch_size > 0, "evaluate: the batch size is 0");
    const std::size_t batch_size = std::min(options.batch_size, data.range.count);
    const std::size_t threads = engine.choose_threads(batch_size, options.threads);
    progress_line line(options.verbose, (data.range.count + batch_size - 1) / batch_size);
    const auto totals =
        engine.template run<false>(data.weighted(), {}, batch_size, threads, line.is_bar() ? &line : nullptr);
    line.finish(totals.named());
    return totals.named();
}

/// What `evaluate_batches` does; `run(course)` makes the pass.
template <class Run>
scores evaluate_source(const batch_source& source, const evaluate_options& options, const Run& run) {
    require(options.sample_weight.empty(), "evaluate_batches: weights come with the batches");
    progress_line line(options.verbose, steps_of_epoch(source, options.steps));
    const auto totals = run(source_course{"evaluate_batches", 0, options.steps, options.threads,
                                          line.is_bar() ? &line : nullptr});
    line.finish(totals.named(), totals.steps);
    return totals.named();
}

} // namespace strata::bedrock::inline STRATA_SETTING::internal
