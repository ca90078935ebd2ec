// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/setting.hpp>
STRATA_HEADER_BEGIN

#include <strata/data/prepared_batches.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <ranges>
#include <type_traits>
#include <utility>

namespace strata::bedrock::inline STRATA_SETTING {

namespace internal {

/// Reads nothing: there are so many batches an epoch, and a function makes each from its number.
struct step_counter {
    static constexpr bool restarts = true;
    std::size_t count = 0;

    [[nodiscard]] std::size_t steps() const { return count; }
    void begin(std::uint64_t) {}
    template <class Batch>
    bool read(const batch_number& number, Batch&) {
        return count == 0 || number.step < count;
    }
};

template <class Function>
struct returned_batch {
    Function function;

    template <class Batch>
    void operator()(const batch_number& number, Batch& batch) {
        batch = function(number);
    }
};

/// Walks over a range of batches, once each epoch. `Range` is a reference where the range lives elsewhere.
template <class Range>
class range_reader {
    using range = std::remove_reference_t<Range>;

public:
    static constexpr bool restarts = std::ranges::forward_range<range>;

    explicit range_reader(Range&& batches) : range_(std::forward<Range>(batches)) {}

    [[nodiscard]] std::size_t steps() const {
        if constexpr (restarts && requires { std::ranges::size(range_); })
            return static_cast<std::size_t>(std::ranges::size(range_));
        else
            return 0;
    }
    void begin(std::uint64_t) { position_.emplace(std::ranges::begin(range_)); }

    template <class Batch>
    bool read(const batch_number&, Batch& batch) {
        if (*position_ == std::ranges::end(range_))
            return false;
        batch = **position_;
        ++*position_;
        return true;
    }

private:
    Range range_;
    std::optional<std::ranges::iterator_t<range>> position_;
};

struct unprepared {
    static constexpr bool changes_nothing = true; // so that a part of a batch is as in the whole one
    template <class Batch>
    void operator()(const batch_number&, Batch&) const {}
};

} // namespace internal

/// Batches that a function makes: `function(number)` returns one, something with the arrays `x` and `y` such
/// as `labelled_arrays`, or a pair of them; either may be a tuple of arrays for a network with several inputs
/// or outputs; `sample_weight` may stand beside them. It is called by as many threads as `options` says, so
/// it must not change what they share; what it returns depends on the number of the batch alone, and so do
/// the results of training. With `steps` = 0 there is no end, and `fit` must be told `steps_per_epoch`.
template <class Function>
    requires std::invocable<Function&, const batch_number&>
[[nodiscard]] auto function_batches(std::size_t steps, Function function,
                                    const prefetch_options& options = {}) {
    using batch = std::remove_cvref_t<std::invoke_result_t<Function&, const batch_number&>>;
    using prepare = internal::returned_batch<Function>;
    return prepared_batches<batch, internal::step_counter, prepare>({steps}, prepare{std::move(function)},
                                                                    options);
}

/// The same with a function that fills a batch in place, `function(number, batch)`, whose arrays are those of
/// a batch some steps before: where it keeps their sizes, nothing is allocated.
template <class Batch, class Function>
    requires std::invocable<Function&, const batch_number&, Batch&>
[[nodiscard]] auto function_batches(std::size_t steps, Function function,
                                    const prefetch_options& options = {}) {
    return prepared_batches<Batch, internal::step_counter, Function>({steps}, std::move(function), options);
}

/// Batches from a range, whose elements are copied one by one, in order, and then prepared by
/// `prepare(number, batch)`, by several threads where `options` says so. A range that can be walked again is
/// walked again each epoch; one that cannot, such as a generator, goes on where it stopped. A range that is
/// no temporary must outlive the source.
template <std::ranges::input_range Range, class Prepare>
    requires(std::invocable<Prepare&, const batch_number&,
                            std::ranges::range_value_t<std::remove_reference_t<Range>>&>)
[[nodiscard]] auto range_batches(Range&& range, Prepare prepare, const prefetch_options& options = {}) {
    using batch = std::ranges::range_value_t<std::remove_reference_t<Range>>;
    using reader = internal::range_reader<Range>;
    return prepared_batches<batch, reader, Prepare>(reader(std::forward<Range>(range)), std::move(prepare),
                                                    options);
}

template <std::ranges::input_range Range>
[[nodiscard]] auto range_batches(Range&& range, const prefetch_options& options = {}) {
    return range_batches(std::forward<Range>(range), internal::unprepared{}, options);
}

} // namespace strata::bedrock::inline STRATA_SETTING

namespace strata {
using bedrock::function_batches;
using bedrock::range_batches;
} // namespace strata

STRATA_HEADER_END
