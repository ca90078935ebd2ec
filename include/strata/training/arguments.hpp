// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/data/array_check.hpp>
#include <strata/data/call_name.hpp>
#include <strata/data/index_check.hpp>
#include <strata/data/sample_count.hpp>
#include <strata/data/sample_range.hpp>
#include <strata/expression/print.hpp>
#include <strata/learning/loss_list.hpp>
#include <strata/raise.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>

namespace strata::bedrock::inline STRATA_SETTING {

namespace internal {
/// `std::invalid_argument` where something does not hold.
inline void require(bool holds, const char* message) {
    if (!holds)
        raise(std::invalid_argument(message));
}

/// Labels are indices of classes: whole, and in range, or the loss would read what is not there; or they are
/// the one that the loss ignores.
inline void check_labels(const samples& y, std::size_t total, std::size_t classes,
                         std::optional<std::int32_t> ignored, const internal::call_name& caller) {
    constexpr std::size_t part = 1024;
    std::array<double, part> labels;
    for (std::size_t first = 0; first < total; first += part) {
        const std::size_t count = std::min(part, total - first);
        y.read(first, count, labels.data());
        for (std::size_t i = 0; i < count; ++i)
            if (!is_index(labels[i], classes) && !(ignored && labels[i] == *ignored))
                raise(std::invalid_argument(concatenate(caller.text(), ": label ", first + i, " is ",
                                                        number_to_string(labels[i]),
                                                        ", expected a class from 0 to ", classes - 1)));
    }
}

/// What messages call an array: "the input array" or "target array 2".
[[gnu::noinline]] inline std::string array_name(const char* kind, std::size_t index) {
    return index == 0 ? concatenate("the ", kind, " array") : concatenate(kind, " array ", index + 1);
}
} // namespace internal

/// What a loss reads of the targets: labels of classes, or of groups of any number, a distribution over
/// classes, other numbers, or nothing.
enum class target_reading { labels, groups, distributions, numbers, nothing };

namespace internal {
template <class Loss>
constexpr target_reading reading_of_loss() {
    if (Loss::targets == target_kind::labels)
        return Loss::of_batches ? target_reading::groups : target_reading::labels;
    if (!Loss::reads_target)
        return target_reading::nothing;
    return Loss::needs_classes ? target_reading::distributions : target_reading::numbers;
}
} // namespace internal

/// What a trainer is given, before anything is computed: whether arrays fit the network and its losses. Ranks
/// that types tell are checked at compile time; what only a run can know is `std::invalid_argument`, which
/// begins with the name of the function that was called.
///
/// Only shapes and what each loss reads are its template arguments, since compilers print them.
template <class Inputs, class Outputs, target_reading... Reads>
struct training_arguments {
    /// The samples of all inputs: one array, or several `together`.
    struct inputs : sample_list {
        template <class X>
        inputs(const X& array) : sample_list(internal::read_list(array)) {
            static_assert(check_input<X>());
        }
    };
    /// The targets of all outputs.
    struct targets : sample_list {
        template <class Y>
        targets(const Y& array) : sample_list(internal::read_list(array)) {
            static_assert(check_target<Y>());
        }
    };

    /// Of each output, the label that its loss ignores.
    using ignored_labels = std::array<std::optional<std::int32_t>, Outputs::size>;

    /// All samples and targets. Labels are read once, to see whether they are classes.
    static sample_range range(const sample_list& x, const sample_list& y, const internal::call_name& caller,
                              const ignored_labels& ignored = {}) {
        internal::check_array_count(y.size(), Outputs::size, caller, "target");
        const std::size_t count = internal::count_samples(Inputs{}, x, caller, [&](std::size_t index) {
            return internal::concatenate(caller.text(), ": ", internal::array_name("input", index));
        });
        check_targets(Outputs{}, y, count, ignored, caller);
        if (count > 0xFFFFFFFFu)
            internal::raise(std::invalid_argument(
                internal::concatenate(caller.text(), ": expected at most 2^32 - 1 samples, found ", count)));
        return {x.data(), y.data(), 0, count};
    }

private:
    static constexpr auto numbers_wanted = text("it takes numbers");
    static constexpr auto labels_wanted = text("a label is a number, 0 for the first class");

    static constexpr std::array<target_reading, sizeof...(Reads)> reads{Reads...};
    using input_shape = type_at<0, Inputs>;
    using output_shape = type_at<0, Outputs>;
    static constexpr bool reads_labels(std::size_t output) {
        return reads[output] == target_reading::labels || reads[output] == target_reading::groups;
    }
    static constexpr bool has_labels = reads_labels(0);

    template <class X>
    static consteval bool check_input() {
        constexpr std::size_t rank = input_shape::rank;
        constexpr std::size_t other_rank = input_shape::size == 1 ? 1 : rank + 1;
        if constexpr (Inputs::size == 1)
            return internal::check_array<"the input array", X, numbers_wanted, "", rank + 1, other_rank>();
        else
            return internal::check_readable<"the input array", X, numbers_wanted>();
    }

    // The other cross-entropy, where the rank tells that it was meant.
    template <std::size_t Rank>
    static constexpr auto target_hint() {
        constexpr std::size_t rank = output_shape::rank;
        if constexpr (has_labels && Rank == rank + 1)
            return text("one-hot rows are for categorical_crossentropy");
        else if constexpr (reads[0] == target_reading::distributions && Rank == rank)
            return text("labels are for sparse_categorical_crossentropy");
        else
            return text("");
    }
    template <class Y>
    static consteval bool check_target() {
        constexpr std::size_t rank = output_shape::rank;
        constexpr std::size_t other_rank = has_labels                ? (rank == 1 ? 2 : rank)
                                           : output_shape::size == 1 ? 1
                                                                     : rank + 1;
        constexpr auto hint = target_hint<internal::rank_of<Y>>();
        if constexpr (Outputs::size > 1)
            return internal::check_readable<"the target array", Y, numbers_wanted>();
        else if constexpr (has_labels)
            return internal::check_array<"the array of labels", Y, labels_wanted, hint, rank, other_rank>();
        else
            return internal::check_array<"the target array", Y, numbers_wanted, hint, rank + 1, other_rank>();
    }

    template <class... Shapes>
    static void check_targets(type_list<Shapes...> shapes, const sample_list& y, std::size_t count,
                              const ignored_labels& ignored, const internal::call_name& caller) {
        std::size_t next = 0;
        for_each_type(shapes, [&]<class Shape>(std::type_identity<Shape>) {
            check_target<Shape>(y[next], next, count, ignored[next], caller);
            ++next;
        });
    }

    template <class Shape>
    static void check_target(const samples& y, std::size_t output, std::size_t count,
                             std::optional<std::int32_t> ignored, const internal::call_name& caller) {
        if (y.empty() && reads[output] == target_reading::nothing)
            return;
        auto shape = Shape::extents;
        std::size_t rank = shape.size();
        // Of two cross-entropies one reads labels, the other a number for each class.
        if (count > 0 && Shape::last > 1 && reads[output] == target_reading::labels && y.fits(shape, count))
            internal::raise(std::invalid_argument(internal::concatenate(
                caller.text(), ": ", internal::array_name("target", output), " has ", Shape::last,
                " numbers a row, expected a label: one-hot rows are for categorical_crossentropy")));
        if (count > 0 && reads[output] == target_reading::distributions &&
            y.has_numbers(count * Shape::size / Shape::last))
            internal::raise(std::invalid_argument(internal::concatenate(
                caller.text(), ": ", internal::array_name("target", output), " has a number a row, expected ",
                Shape::last, ": labels are for sparse_categorical_crossentropy")));
        if (reads_labels(output)) {
            shape.back() = 1;
            if (rank > 1)
                --rank;
        }
        const std::size_t found = y.count(std::span<const std::size_t>(shape.data(), rank), [&] {
            return internal::concatenate(caller.text(), ": ", internal::array_name("target", output));
        });
        if (found != count)
            internal::raise(std::invalid_argument(internal::concatenate(caller.text(), ": there are ", count,
                                                                        " samples but ", found, " targets")));
        constexpr std::size_t most_groups = 0x80000000;
        if (reads_labels(output))
            internal::check_labels(y, count * Shape::size / Shape::last,
                                   reads[output] == target_reading::groups ? most_groups : Shape::last,
                                   ignored, caller);
    }
};

namespace internal {
template <class Topology, class Losses, class Indices>
struct arguments_of_topology;
template <class Topology, class Losses, std::size_t... I>
struct arguments_of_topology<Topology, Losses, std::index_sequence<I...>> {
    using type = training_arguments<typename Topology::inputs, typename Topology::outputs,
                                    reading_of_loss<typename Losses::template element<I>::loss>()...>;
};
} // namespace internal

template <class Topology, class Loss>
using arguments_for =
    typename internal::arguments_of_topology<Topology, losses_of<Loss>,
                                             std::make_index_sequence<losses_of<Loss>::size>>::type;

} // namespace strata::bedrock::inline STRATA_SETTING
