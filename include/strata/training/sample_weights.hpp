// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/data/call_name.hpp>
#include <strata/data/sample_list.hpp>
#include <strata/data/sample_range.hpp>
#include <strata/data/weight_list.hpp>
#include <strata/expression/concatenate.hpp>
#include <strata/learning/ignored_label.hpp>
#include <strata/raise.hpp>
#include <strata/setting.hpp>
#include <strata/training/class_weight_list.hpp>

#include <cstddef>
#include <stdexcept>

namespace strata::bedrock::inline STRATA_SETTING::internal {

template <class Goal>
constexpr target_rows rows_of_targets() {
    using loss = typename Goal::loss;
    constexpr std::size_t width = Goal::targets / Goal::rows;
    // Labels of groups, as triplets have them, are as many as there are weights.
    constexpr bool has_classes = !loss::of_batches && (loss::targets == target_kind::labels || width > 1);
    target_rows result{Goal::rows, width, has_classes ? Goal::row_length : 0, {}};
    if constexpr (detail::ignores_label<loss>)
        result.ignored_label = loss::ignored_label;
    return result;
}

/// What the rows of each output count; no entries where nothing is weighted. `std::invalid_argument` for
/// weights that do not fit the samples, the outputs or the classes.
template <class Pass>
row_weights make_weights(const weight_list& given, const class_weight_list& of_class, const samples* y,
                         std::size_t count, const call_name& caller) {
    constexpr std::size_t outputs = Pass::output_count;
    row_weights result;
    if (given.empty() && of_class.empty())
        return result;
    if (!given.empty() && given.size() != 1 && given.size() != outputs)
        raise(std::invalid_argument(concatenate(caller.text(), ": there are ", given.size(),
                                                " arrays of weights for ", outputs, " outputs")));
    if (!of_class.empty() && outputs > 1)
        raise(std::invalid_argument(
            concatenate(caller.text(), ": weights of classes are for networks with one output")));
    result.resize(outputs);
    for_each_index<outputs>([&](auto index) {
        using goal = typename Pass::template output<index>;
        constexpr auto extents = goal::shape::extents;
        // A loss of all rows of a sample together has one value, which one number weights.
        constexpr bool is_whole = goal::rows > 1 && (goal::loss_rows > 1 || goal::loss::of_sequences);
        if (!given.empty())
            result[index] = given.spread(given.size() == 1 ? 0 : index, {extents.data(), extents.size() - 1},
                                         !is_whole, count, caller);
        if (is_whole && !of_class.empty())
            raise(std::invalid_argument(concatenate(caller.text(), ": weights of classes cannot weight ",
                                                    goal::loss::name.view(),
                                                    ", which takes all rows of a sample together")));
        if (!of_class.empty())
            of_class.multiply(result[index], rows_of_targets<goal>(), y[index], count, caller);
    });
    return result;
}

} // namespace strata::bedrock::inline STRATA_SETTING::internal
