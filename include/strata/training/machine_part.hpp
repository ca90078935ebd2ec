// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/data/batch_source.hpp>
#include <strata/expression/concatenate.hpp>
#include <strata/raise.hpp>
#include <strata/setting.hpp>
#include <strata/training/machine_group.hpp>
#include <strata/training/options.hpp>

#include <concepts>
#include <stdexcept>

namespace strata::bedrock::inline STRATA_SETTING {

/// Samples that every machine of a group can read, of which each trains with its share of every batch.
template <class Samples>
struct machine_part {
    const Samples& samples;
    machine_group& machines;
};

/// Batches of a source that every machine has, of each of which a machine trains with its share.
struct source_part {
    batch_source& source;
    machine_group& machines;
};

namespace internal {
/// `std::invalid_argument` where options name machines, and samples are not shared by these: `group` shares
/// them, or is null. `wanted` is what they come in where they are.
[[gnu::noinline]] inline void check_machines(const fit_options& options, const machine_group* group,
                                             const char* caller, const char* wanted) {
    if (options.machines.get() == nullptr || options.machines.get() == group)
        return;
    raise(std::invalid_argument(group == nullptr
                                    ? concatenate(caller, ": the options name machines, expected ", wanted,
                                                  ", found what one machine has for itself")
                                    : concatenate(caller, ": the options name machines, expected those of ",
                                                  wanted, ", found others")));
}

/// What `fit` does for machines that train together, in `machine_fit.hpp`.
template <class Trainer>
struct machine_fit;

/// Samples as a trainer takes them: for this machine alone, or with others, of which only a program that has
/// them compiles what they do.
template <class Trainer, class Inputs>
struct given_samples : Inputs {
    template <class X>
    given_samples(const X& array) : Inputs(array) {}
    template <class Samples>
    given_samples(const machine_part<Samples>& part)
        : Inputs(part.samples),
          machines(&part.machines),
          fit(&machine_fit<Trainer>::run),
          evaluate(&machine_fit<Trainer>::evaluate) {}

    machine_group* machines = nullptr;
    history (*fit)(Trainer&, const sample_list& x, const sample_list& y, machine_group&,
                   const fit_options&) = nullptr;
    scores (*evaluate)(Trainer&, const sample_list& x, const sample_list& y, machine_group&,
                       const evaluate_options&) = nullptr;
};

/// The same of a source of batches.
template <class Trainer>
struct given_source {
    given_source(batch_source& batches) : source(batches) {}
    template <std::same_as<source_part> Part>
    given_source(const Part& part)
        : source(part.source),
          machines(&part.machines),
          fit(&machine_fit<Trainer>::run_batches),
          evaluate(&machine_fit<Trainer>::evaluate_batches) {}

    batch_source& source;
    machine_group* machines = nullptr;
    history (*fit)(Trainer&, batch_source&, machine_group&, const fit_options&) = nullptr;
    scores (*evaluate)(Trainer&, batch_source&, machine_group&, const evaluate_options&) = nullptr;
};

/// A fit without other machines.
struct no_group {
    template <class Trainer, class State, class Callbacks>
    void call(Trainer&, State& state, const Callbacks& callbacks) const {
        for (const auto& each : callbacks)
            each(state);
    }
    template <class Trainer, class Options, class Range, class Scores>
    void validate(Trainer& teach, const Options& options, const Range& range, Scores& logs) const {
        teach.validate(options, range, logs);
    }
};
} // namespace internal

/// `teach.fit(part_of(x, world), y, options)`: x and y are the same on all machines.
template <class Samples>
    requires(!std::derived_from<Samples, batch_source>)
[[nodiscard]] machine_part<Samples> part_of(const Samples& samples, machine_group& machines) noexcept {
    return {samples, machines};
}
/// `teach.fit_batches(part_of(source, world), options)`: the source gives all machines the same batches. It
/// must not look at the network, whose weights machines of one host have elsewhere until an epoch ends.
[[nodiscard]] inline source_part part_of(batch_source& source, machine_group& machines) noexcept {
    return {source, machines};
}

} // namespace strata::bedrock::inline STRATA_SETTING

namespace strata {
using bedrock::part_of;
} // namespace strata
