// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/setting.hpp>
#include <strata/training/machine_group.hpp>

namespace strata::bedrock::inline STRATA_SETTING {

/// Samples that every machine of a group can read, of which each trains with its share of every batch.
template <class Samples>
struct machine_part {
    const Samples& samples;
    machine_group& machines;
};

namespace internal {
/// What `fit` does for machines that train together, in `machine_fit.hpp`.
template <class Trainer>
struct machine_fit;

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
[[nodiscard]] machine_part<Samples> part_of(const Samples& samples, machine_group& machines) noexcept {
    return {samples, machines};
}

} // namespace strata::bedrock::inline STRATA_SETTING

namespace strata {
using bedrock::part_of;
} // namespace strata
