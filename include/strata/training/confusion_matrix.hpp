// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/setting.hpp>
STRATA_HEADER_BEGIN

#include <strata/data/array.hpp>
#include <strata/data/extents.hpp>
#include <strata/data/index_check.hpp>
#include <strata/expression/concatenate.hpp>
#include <strata/expression/finite.hpp>
#include <strata/expression/print.hpp>
#include <strata/raise.hpp>

#include <array>
#include <cstddef>
#include <stdexcept>
#include <string>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING {

namespace internal {
[[noreturn, gnu::cold]] inline void refuse_confusion(const char* kind, std::size_t sample, double found,
                                                     const std::string& expected) {
    raise(std::invalid_argument(concatenate("confusion_matrix: ", kind, " ", sample, " is ",
                                            number_to_string(found), ", expected ", expected)));
}

/// The class that a row of predictions means.
template <class Predictions>
std::size_t predicted_class(const Predictions& predictions, std::size_t sample) {
    const std::size_t outputs = predictions.shape(1);
    std::size_t best = 0;
    for (std::size_t j = 0; j < outputs; ++j) {
        const auto number = static_cast<double>(predictions(sample, j));
        if (is_not_a_number(number))
            refuse_confusion("prediction", sample, number, "a number");
        if (number > static_cast<double>(predictions(sample, best)))
            best = j;
    }
    return outputs == 1 ? std::size_t{static_cast<double>(predictions(sample, 0)) > 0.5} : best;
}
} // namespace internal

/// How often samples of each class were taken for each: counts [classes, classes], the row is the right class
/// and the column the predicted one, that of the largest of `predictions` [samples, classes] (the first of
/// equal ones). A single output is the probability of class 1 of two, predicted above 0.5. `labels` is
/// [samples]. `std::invalid_argument` for other shapes, for labels that are no classes, and for predictions
/// that are no numbers.
template <class Predictions, class Labels>
xt::xtensor<std::size_t, 2> confusion_matrix(const Predictions& predictions, const Labels& labels) {
    const auto shape_of = [](const auto& array) {
        return internal::shape_to_string(
            std::vector<std::size_t>(array.shape().begin(), array.shape().end()));
    };
    if (predictions.dimension() != 2 || labels.dimension() != 1 || predictions.shape(0) != labels.shape(0) ||
        predictions.shape(1) == 0)
        internal::raise(std::invalid_argument(internal::concatenate(
            "confusion_matrix: expected predictions of samples x classes, and as many labels, found ",
            shape_of(predictions), " and ", shape_of(labels))));
    const std::size_t outputs = predictions.shape(1);
    const std::size_t classes = outputs == 1 ? 2 : outputs;
    xt::xtensor<std::size_t, 2> counts(std::array<std::size_t, 2>{classes, classes}, std::size_t{0});
    for (std::size_t i = 0; i < labels.shape(0); ++i) {
        const auto label = static_cast<double>(labels(i));
        if (!internal::is_index(label, classes))
            internal::refuse_confusion("label", i, label,
                                       internal::concatenate("a class from 0 to ", classes - 1));
        ++counts(static_cast<std::size_t>(label), internal::predicted_class(predictions, i));
    }
    return counts;
}

} // namespace strata::bedrock::inline STRATA_SETTING

namespace strata {
using bedrock::confusion_matrix;
} // namespace strata

STRATA_HEADER_END
