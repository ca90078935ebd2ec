// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/data/array.hpp>
#include <strata/expression/concatenate.hpp>
#include <strata/raise.hpp>
#include <strata/setting.hpp>

#include <array>
#include <cstddef>
#include <stdexcept>

namespace strata::bedrock::inline STRATA_SETTING {

/// How often samples of each class were taken for each: counts [classes, classes], the row is the right class
/// and the column the predicted one, that of the largest of `predictions` [samples, classes] (the first of
/// equal ones). `labels` is [samples]. `std::invalid_argument` for other shapes and for labels that are no
/// classes.
template <class Predictions, class Labels>
xt::xtensor<std::size_t, 2> confusion_matrix(const Predictions& predictions, const Labels& labels) {
    if (predictions.dimension() != 2 || labels.dimension() != 1 || predictions.shape(0) != labels.shape(0))
        internal::raise(std::invalid_argument(
            "confusion_matrix: expected predictions of samples x classes, and as many labels"));
    const std::size_t classes = predictions.shape(1);
    xt::xtensor<std::size_t, 2> counts(std::array<std::size_t, 2>{classes, classes}, std::size_t{0});
    for (std::size_t i = 0; i < labels.shape(0); ++i) {
        const auto label = static_cast<std::size_t>(labels(i));
        if (!(labels(i) >= 0) || label >= classes)
            internal::raise(std::invalid_argument(internal::concatenate(
                "confusion_matrix: label ", i, " is no class from 0 to ", classes - 1)));
        std::size_t best = 0;
        for (std::size_t j = 1; j < classes; ++j)
            if (predictions(i, j) > predictions(i, best))
                best = j;
        ++counts(label, best);
    }
    return counts;
}

} // namespace strata::bedrock::inline STRATA_SETTING

namespace strata {
using bedrock::confusion_matrix;
} // namespace strata
