// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/data/call_name.hpp>
#include <strata/data/sample_list.hpp>
#include <strata/expression/concatenate.hpp>
#include <strata/expression/finite.hpp>
#include <strata/expression/print.hpp>
#include <strata/learning/ignored_label.hpp>
#include <strata/raise.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING::internal {

/// The weights of samples as those of each one's rows. `lead` is the shape of a sample but for its last axis.
inline std::vector<double> spread_weights(const samples& given, std::span<const std::size_t> lead,
                                          std::size_t count, const call_name& caller) {
    std::size_t rows = 1;
    for (const std::size_t extent : lead)
        rows *= extent;
    std::vector<double> result(count * rows);
    if (given.has_numbers(count)) {
        given.read(0, count, result.data());
        for (std::size_t i = count; i-- > 0;)
            std::fill_n(result.begin() + static_cast<std::ptrdiff_t>(i * rows), rows, result[i]);
    } else if (given.fits(lead, count))
        given.read(0, result.size(), result.data());
    else {
        std::string expected = concatenate(count);
        if (rows > 1)
            append(expected, ", or ", rows, " for each");
        raise(std::invalid_argument(
            concatenate(caller.text(), ": the weights do not fit ", count, " samples, expected ", expected)));
    }
    const auto* const found = std::find_if(result.data(), result.data() + result.size(),
                                           [](double weight) { return !is_finite(weight); });
    if (found != result.data() + result.size())
        raise(std::invalid_argument(concatenate(
            caller.text(), ": the weight of sample ", static_cast<std::size_t>(found - result.data()) / rows,
            " is ", number_to_string(*found), ", expected a finite number")));
    return result;
}

/// Multiplies the weights of an output's rows with those of their classes: the label of a row, the largest of
/// its targets, or its single target.
template <class Goal>
void multiply_by_class(std::vector<double>& weights, const samples& y, std::size_t count,
                       const std::vector<double>& of_class, const call_name& caller) {
    using loss = typename Goal::loss;
    constexpr std::size_t width = Goal::targets / Goal::rows;
    constexpr bool has_classes = loss::targets == target_kind::labels || width > 1;
    const std::size_t classes = has_classes ? Goal::row_length : of_class.size();
    if (of_class.size() != classes)
        raise(std::invalid_argument(concatenate(caller.text(), ": there are weights for ", of_class.size(),
                                                " classes, expected ", classes)));
    for (std::size_t number = 0; number < classes; ++number)
        if (!is_finite(of_class[number]))
            raise(std::invalid_argument(concatenate(caller.text(), ": the weight of class ", number, " is ",
                                                    number_to_string(of_class[number]),
                                                    ", expected a finite number")));
    if (weights.empty())
        weights.assign(count * Goal::rows, 1.0);
    std::vector<double> targets(width);
    for (std::size_t row = 0; row < weights.size(); ++row) {
        y.read(row * width, width, targets.data());
        if constexpr (detail::ignores_label<loss>)
            if (targets[0] == loss::ignored_label)
                continue;
        double label = targets[0];
        if constexpr (width > 1)
            label = static_cast<double>(std::max_element(targets.begin(), targets.end()) - targets.begin());
        if (!(label >= 0 && label < static_cast<double>(classes) && label == std::floor(label)))
            raise(std::invalid_argument(concatenate(caller.text(), ": target ", row, " is ",
                                                    number_to_string(label), ", expected one of the ",
                                                    classes, " classes that have a weight")));
        weights[row] *= of_class[static_cast<std::size_t>(label)];
    }
}

/// What the rows of each output count; no entries where nothing is weighted. `std::invalid_argument` for
/// weights that do not fit the samples, the outputs or the classes.
template <class Pass>
row_weights make_weights(const sample_list& given, const std::vector<double>& of_class, const samples* y,
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
        if (!given.empty())
            result[index] = spread_weights(given[given.size() == 1 ? 0 : index],
                                           std::span(extents).first(extents.size() - 1), count, caller);
        if (!of_class.empty())
            multiply_by_class<goal>(result[index], y[index], count, of_class, caller);
    });
    return result;
}

} // namespace strata::bedrock::inline STRATA_SETTING::internal
