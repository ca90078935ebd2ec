// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/data/sample_count.hpp>
#include <strata/expression/print.hpp>
#include <strata/learning/loss_list.hpp>
#include <strata/raise.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING {

namespace internal {
/// `std::invalid_argument` where something does not hold.
inline void require(bool holds, const char* message) {
    if (!holds)
        raise(std::invalid_argument(message));
}

/// Labels are indices of classes: whole, and in range, or the loss would read what is not there.
inline void check_labels(const samples& y, std::size_t total, std::size_t classes,
                         const std::string& caller) {
    constexpr std::size_t part = 1024;
    std::array<double, part> labels;
    for (std::size_t first = 0; first < total; first += part) {
        const std::size_t count = std::min(part, total - first);
        y.read(first, count, labels.data());
        for (std::size_t i = 0; i < count; ++i)
            if (!(labels[i] >= 0 && labels[i] < static_cast<double>(classes) &&
                  labels[i] == std::floor(labels[i])))
                raise(std::invalid_argument(concatenate(caller, ": label ", first + i, " is ",
                                                        number_to_string(labels[i]),
                                                        ", expected a class from 0 to ", classes - 1)));
    }
}

/// What messages call an array: "the input array" or "target array 2".
inline std::string array_name(const char* kind, std::size_t index) {
    return index == 0 ? concatenate("the ", kind, " array") : concatenate(kind, " array ", index + 1);
}
} // namespace internal

/// What a trainer is given, before anything is computed: whether arrays fit the network and its losses. Ranks
/// that types tell are checked at compile time; what only a run can know is `std::invalid_argument`, which
/// begins with the name of the function that was called.
template <class Model, class Loss>
struct training_arguments {
    using losses = losses_of<Loss>;
    using first_loss = typename losses::template at<0>::loss;

    template <class X, class Y>
    static consteval void check_ranks() {
        [[maybe_unused]] constexpr std::size_t input_rank = Model::input_shape.rank;
        [[maybe_unused]] constexpr std::size_t output_rank = Model::output_shape.rank;
        if constexpr (Model::input_count == 1)
            static_assert(internal::check_rank < "the input array", X, input_rank + 1,
                          Model::input_size == 1 ? 1 : input_rank + 1 > ());
        if constexpr (Model::output_count > 1)
            return;
        else if constexpr (first_loss::targets == target_kind::labels)
            static_assert(internal::check_rank < "the array of labels", Y, output_rank,
                          output_rank == 1 ? 2 : output_rank > ());
        else
            static_assert(internal::check_rank < "the target array", Y, output_rank + 1,
                          Model::output_size == 1 ? 1 : output_rank + 1 > ());
    }

    /// All samples and targets. Labels are read once, to see whether they are classes.
    static sample_range range(const sample_list& x, const sample_list& y, const std::string& caller) {
        internal::check_array_count(y.size(), Model::output_count, caller, "target");
        const std::size_t count =
            internal::count_samples(typename Model::topology::inputs{}, x, caller, [&](std::size_t index) {
                return internal::concatenate(caller, ": ", internal::array_name("input", index));
            });
        check_targets(typename Model::topology::outputs{}, y, count, caller);
        if (count > 0xFFFFFFFFu)
            internal::raise(
                std::invalid_argument(internal::concatenate(caller, ": more than 2^32 - 1 samples")));
        return {x.data(), y.data(), 0, count};
    }

private:
    /// What the loss of each output reads.
    struct loss_traits {
        bool targets;
        bool labels;
    };
    template <std::size_t... I>
    static constexpr std::array<loss_traits, losses::size> list_traits(std::index_sequence<I...>) {
        return {loss_traits{losses::template at<I>::loss::targets == target_kind::labels ||
                                contains(losses::template at<I>::loss::formula, symbols::target),
                            losses::template at<I>::loss::targets == target_kind::labels}...};
    }
    static constexpr auto traits = list_traits(std::make_index_sequence<losses::size>{});

    template <class... Shapes>
    static void check_targets(type_list<Shapes...> shapes, const sample_list& y, std::size_t count,
                              const std::string& caller) {
        std::size_t next = 0;
        for_each_type(shapes, [&]<class Shape>(std::type_identity<Shape>) {
            check_target<Shape>(y[next], next, count, caller);
            ++next;
        });
    }

    template <class Shape>
    static void check_target(const samples& y, std::size_t output, std::size_t count,
                             const std::string& caller) {
        const loss_traits reads = traits[output];
        if (y.empty() && !reads.targets)
            return;
        std::vector<std::size_t> shape(Shape::extents.begin(), Shape::extents.end());
        if (reads.labels) {
            shape.back() = 1;
            if (shape.size() > 1)
                shape.pop_back();
        }
        const std::size_t found =
            y.count(shape, internal::concatenate(caller, ": ", internal::array_name("target", output)));
        if (found != count)
            internal::raise(std::invalid_argument(
                internal::concatenate(caller, ": there are ", count, " samples but ", found, " targets")));
        if (reads.labels)
            internal::check_labels(y, count * Shape::size / Shape::last, Shape::last, caller);
    }
};

} // namespace strata::bedrock::inline STRATA_SETTING
