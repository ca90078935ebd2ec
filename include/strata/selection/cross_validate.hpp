// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/data/rows.hpp>
#include <strata/selection/k_fold.hpp>
#include <strata/setting.hpp>

#include <cmath>
#include <cstddef>
#include <span>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING {

/// The score of each fold.
struct cross_validation {
    std::vector<double> scores;

    [[nodiscard]] double mean() const noexcept {
        double sum = 0;
        for (const double score : scores)
            sum += score;
        return sum / static_cast<double>(scores.size());
    }
    /// The standard deviation of the scores about their mean.
    [[nodiscard]] double standard_deviation() const noexcept {
        double sum = 0;
        for (const double score : scores)
            sum += (score - mean()) * (score - mean());
        return std::sqrt(sum / static_cast<double>(scores.size()));
    }
};

/// Fits an estimator on each fold's training rows and scores it on the others. `fit(x, y)` returns what has
/// been fitted, anything with `score(x, y)`: `cross_validate([](const auto& x, const auto& y) { return
/// linear_regression<4>{}.fit(x, y); }, x, y, k_fold(rows))`. x: an array [rows, ...], y: [rows, ...].
/// data_error where they have different numbers of rows.
template <class Fit, class X, class Y>
[[nodiscard]] cross_validation cross_validate(Fit fit, const X& x, const Y& y, std::span<const fold> folds) {
    internal::common_row_count(x, y);
    cross_validation result;
    for (const fold& each : folds) {
        const auto fitted = fit(take_rows(x, each.train), take_rows(y, each.train));
        result.scores.push_back(fitted.score(take_rows(x, each.test), take_rows(y, each.test)));
    }
    return result;
}

} // namespace strata::bedrock::inline STRATA_SETTING

namespace strata {
using bedrock::cross_validate;
using bedrock::cross_validation;
} // namespace strata
