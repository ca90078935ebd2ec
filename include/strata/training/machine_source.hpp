// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/data/batch_source.hpp>
#include <strata/data/sample_range.hpp>
#include <strata/expression/concatenate.hpp>
#include <strata/raise.hpp>
#include <strata/setting.hpp>
#include <strata/training/machine_agreement.hpp>
#include <strata/training/machine_error.hpp>
#include <strata/training/machine_group.hpp>
#include <strata/training/source_pass.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <exception>
#include <span>

namespace strata::bedrock::inline STRATA_SETTING::internal {

/// What a machine has found where the next batch of a source should be.
struct found_batch {
    std::uint64_t has_failed = 0;
    std::uint64_t rows = 0;     ///< of the whole batch; 0 behind the last
    std::uint64_t checksum = 0; ///< of what is the same on all machines
};

struct nothing_to_settle {
    void operator()() const noexcept {}
};

/// Whether all machines have found the same: the own error, or `machine_error` on all of them, behind what
/// they settle() together then.
template <class Settle = nothing_to_settle>
void agree_batch(machine_group& group, const found_batch& own, const std::exception_ptr& error,
                 const call_name& caller, const Settle& settle = {}) {
    const auto said = group.gather(std::as_bytes(std::span(&own, 1)));
    const auto found_by = [&](std::size_t machine) {
        found_batch result;
        std::memcpy(&result, said[machine].data(), sizeof result);
        return result;
    };
    const found_batch first = found_by(0);
    for (std::size_t machine = 0; machine < said.size(); ++machine) {
        const found_batch found = found_by(machine);
        if (found.has_failed == 0 && found.rows == first.rows && found.checksum == first.checksum)
            continue;
        settle();
        raise_again(error);
        if (found.has_failed != 0)
            raise(machine_error(concatenate(caller.text(), ": machine ", machine,
                                            " has failed, which ends the work of all")));
        if (found.rows != first.rows)
            raise(machine_error(concatenate(caller.text(), ": machine ", machine, " has ", found.rows,
                                            " samples, but machine 0 has ", first.rows)));
        raise(machine_error(concatenate(caller.text(), ": machine ", machine,
                                        " has other samples or targets than machine 0")));
    }
}

/// The source of a pass of several machines, and which rows of its batches this one works on.
struct shared_source {
    machine_group& group;
    batch_source& source;
    row_share share;
    bool gives_parts;           ///< whether `next` gives those rows alone
    std::size_t last_first = 0; ///< where the rows begin that it has given last

    /// `is_whole`: where every machine needs all rows.
    shared_source(machine_group& machines, batch_source& batches, std::size_t piece, const char* caller,
                  bool is_whole = false)
        : group(machines),
          source(batches),
          share{machines.rank(), machines.count(), piece},
          gives_parts(false) {
        const std::exception_ptr error =
            caught([&] { gives_parts = !is_whole && source.choose_rows(share); });
        // Parts are read where all can do so: of a file that is packed on one machine all read the whole.
        found_batch own{.has_failed = error != nullptr};
        agree_batch(group, own, error, caller);
        const auto said = group.gather(std::as_bytes(std::span(&gives_parts, 1)));
        gives_parts =
            std::all_of(said.begin(), said.end(), [](const auto& one) { return one[0] != std::byte{0}; });
        source.choose_rows({}); // until `next` begins a pass: callbacks may ask for all rows between two
    }
    shared_source(const shared_source&) = delete;
    shared_source& operator=(const shared_source&) = delete;
    ~shared_source() {
        (void)caught([&] { source.choose_rows({}); });
    }

    /// Whether all machines have the same first batch of a course, where they will see parts of it alone.
    template <class Data, class Checksum>
    void agree(const source_course& course, const Checksum& checksum) {
        if (!gives_parts)
            return;
        gives_parts = false;
        Data data;
        next(course, 0, data, checksum);
        gives_parts = true;
    }

    /// The next batch of a course's source, begun where it is the first, or none: its own error, or another
    /// machine's, behind what all settle() then. `checksum(range)` tells those of different data.
    template <class Data, class Checksum, class Settle = nothing_to_settle>
    sample_range next(const source_course& course, std::size_t step, Data& data, const Checksum& checksum,
                      const Settle& settle = {}) {
        call_name name(course.caller, step);
        sample_range range{nullptr, nullptr};
        found_batch own;
        const std::exception_ptr error = caught([&] {
            if (step == 0) {
                // A validation by the same source has chosen others.
                if (gives_parts)
                    source.choose_rows(share);
                source.begin(course.epoch);
            }
            const labelled_samples* const batch = source.next();
            if (batch == nullptr)
                return;
            own.rows = gives_parts ? source.batch_rows() : 0;
            const row_share::range part = share.rows(own.rows);
            range = {batch->x.data(), batch->y.data()};
            name.first = last_first = part.begin;
            if (!gives_parts || part.begin < part.end) {
                data = Data(batch->x, batch->y, batch->sample_weight, course.class_weight, name);
                range = data.weighted();
                if (!gives_parts)
                    own.rows = range.count;
                if (own.rows == 0)
                    raise(std::invalid_argument(concatenate(name.text(), ": there are no samples")));
                if (step == 0 && !gives_parts)
                    own.checksum = checksum(range);
            }
            // What comes before a part is not there: the number of its first row is that in the batch.
            range.first -= part.begin;
            range.count = own.rows;
        });
        own.has_failed = error != nullptr ? 1 : 0;
        agree_batch(group, own, error, name, settle);
        return range;
    }
};

/// One pass over the batches of a source that all machines have, as `run_source` makes it on one of them.
/// `last` becomes what is at hand here of the batch that was run last, where it is wanted.
template <bool Training, class Data, class Pass, class Checksum>
typename Pass::engine_type::totals run_source_together(Pass& pass, shared_source& shared,
                                                       const source_course& course, const Checksum& checksum,
                                                       sample_range* last = nullptr) {
    typename Pass::engine_type::totals sum;
    Data data;
    std::size_t batch_size = 0;
    // Where training ends, whoever asks the trainer afterwards finds the states whole.
    const auto settle = [&] { pass.complete_states(); };
    while ((!Training || sum.finite) && (course.most_steps == 0 || sum.steps < course.most_steps)) {
        const sample_range range = shared.next(course, sum.steps, data, checksum, settle);
        if (range.count == 0)
            break;
        if (last != nullptr) {
            const row_share::range part = shared.share.rows(range.count);
            *last = range;
            last->first += shared.gives_parts ? part.begin : 0;
            last->count = shared.gives_parts ? part.end - part.begin : range.count;
        }
        batch_size = std::max(batch_size, range.count);
        pass.template run<Training>(range, {}, batch_size, pass.choose_threads(batch_size, course.threads),
                                    nullptr, sum);
        if (course.line != nullptr && course.line->is_due())
            course.line->show(sum.steps, sum.named());
    }
    // Callbacks may ask the source for all rows.
    if ((!Training || sum.finite) && shared.gives_parts)
        shared.source.choose_rows({});
    if (sum.steps == 0) {
        settle();
        raise(std::invalid_argument(concatenate(course.caller, ": the source has no batches")));
    }
    return sum;
}

} // namespace strata::bedrock::inline STRATA_SETTING::internal
