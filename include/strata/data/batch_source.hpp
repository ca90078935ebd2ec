// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/data/array_check.hpp>
#include <strata/data/labelled_samples.hpp>
#include <strata/kernels/product/piece_tree.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <tuple>

namespace strata::bedrock::inline STRATA_SETTING {

/// Which batch is wanted. Both count from 0, and epochs go on counting from one call of `fit` to the next, so
/// that training that was resumed asks for the same batches.
struct batch_number {
    std::uint64_t epoch = 0;
    std::size_t step = 0;
};

/// The rows of each batch that one of several machines works on: whole pieces of it, of so many rows, side by
/// side. Without other machines they are all.
struct row_share {
    std::size_t machine = 0;
    std::size_t machines = 1;
    std::size_t piece = 1; ///< rows of a piece

    struct range {
        std::size_t begin;
        std::size_t end;
    };
    /// Of a batch of so many rows.
    [[nodiscard]] constexpr range rows(std::size_t batch) const noexcept {
        const auto own = piece_tree{(batch + piece - 1) / piece}.share(machine, machines);
        return {std::min(own.begin * piece, batch), std::min(own.end * piece, batch)};
    }
};

/// Where `fit_batches` and `evaluate_batches` get batches from, one after another:
/// `teach.fit_batches(source, {.epochs = 5})`. Made by `function_batches`, `range_batches`, or `csv_batches`
/// and its like, or a class of the user's own.
class batch_source {
public:
    batch_source() = default;
    batch_source(const batch_source&) = delete;
    batch_source& operator=(const batch_source&) = delete;
    virtual ~batch_source() = default;

    /// How many batches an epoch has, for the line of progress; 0 where that is not known.
    [[nodiscard]] virtual std::size_t steps() const { return 0; }
    /// Begins an epoch. Called before its first batch.
    virtual void begin(std::uint64_t epoch) = 0;
    /// The next batch, which stays as it is until the one after it is asked for; null behind the last. What
    /// is thrown here reaches whoever called those.
    virtual const labelled_samples* next() = 0;

    /// Asks for batches that have the rows of a share alone, from the next epoch on. Returns whether that
    /// will be so: a source that cannot read a part of a batch goes on to give all of it.
    virtual bool choose_rows(const row_share&) { return false; }
    /// How many rows the batch has as a whole of which `next` has given a part.
    [[nodiscard]] virtual std::size_t batch_rows() const { return 0; }
};

namespace internal {

template <class Arrays, class List>
void show_arrays(const Arrays& arrays, List& list) {
    static_assert(check_readable<"an array of a batch", Arrays, "it takes numbers">());
    list.resize(1);
    list.replace(0, samples(arrays));
}
template <class... Arrays, class List>
void show_arrays(const std::tuple<Arrays...>& arrays, List& list) {
    static_assert((check_readable<"an array of a batch", Arrays, "it takes numbers">() && ...));
    list.resize(sizeof...(Arrays));
    std::size_t index = 0;
    std::apply([&](const Arrays&... each) { (list.replace(index++, samples(each)), ...); }, arrays);
}

/// Refers to the arrays of a batch: `x` and `y`, or the two of a pair, each an array or, for a network with
/// several inputs or outputs, a tuple of them. A batch without `y` has no targets, and one with
/// `sample_weight` says what its samples count.
template <class Batch>
void show_batch(const Batch& batch, labelled_samples& shown) {
    if constexpr (requires { batch.first; }) {
        show_arrays(batch.first, shown.x);
        show_arrays(batch.second, shown.y);
    } else {
        show_arrays(batch.x, shown.x);
        if constexpr (requires { batch.y; })
            show_arrays(batch.y, shown.y);
        else {
            shown.y.resize(1);
            shown.y.replace(0, no_targets);
        }
        if constexpr (requires { batch.sample_weight; })
            show_arrays(batch.sample_weight, shown.sample_weight);
    }
}

} // namespace internal
} // namespace strata::bedrock::inline STRATA_SETTING

namespace strata {
using bedrock::batch_number;
using bedrock::batch_source;
using bedrock::row_share;
} // namespace strata
