// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/setting.hpp>
STRATA_HEADER_BEGIN

#include <strata/data/rows.hpp>
#include <strata/data/samples.hpp>
#include <strata/selection/k_fold.hpp>

#include <cmath>
#include <cstddef>
#include <span>
#include <string>
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
        const double center = mean();
        double sum = 0;
        for (const double score : scores)
            sum += (score - center) * (score - center);
        return std::sqrt(sum / static_cast<double>(scores.size()));
    }
};

namespace internal {
template <class Estimator, class X, class Y>
concept scored_estimator = requires(Estimator& estimator, const X& x, const Y& y,
                                    const typename Estimator::options_type& options) {
    estimator.fit(x, y, options);
    estimator.score(x, y);
};

/// How many rows x and y have, of which there are folds.
template <class X, class Y>
std::size_t count_rows(const X& x, const Y& y, std::span<const fold> folds) {
    if (folds.empty())
        raise(data_error{"cross_validate: expected a fold at least, found none"});
    return common_row_count(x, y, "cross_validate");
}
} // namespace internal

/// Fits an estimator on each fold's training rows and scores it on the others. `fit(x, y)` returns what has
/// been fitted, anything with `score(x, y)`: `cross_validate([](const auto& x, const auto& y) { return
/// linear_regression<4>{}.fit(x, y); }, x, y, k_fold(rows))`. x: an array [rows, ...], y: [rows, ...].
/// data_error where they have different numbers of rows, and without a fold.
template <class Fit, class X, class Y>
    requires(!internal::scored_estimator<Fit, X, Y>)
[[nodiscard]] cross_validation cross_validate(Fit fit, const X& x, const Y& y, std::span<const fold> folds) {
    internal::count_rows(x, y, folds);
    cross_validation result;
    for (const fold& each : folds) {
        const auto fitted = fit(take_rows(x, each.train), take_rows(y, each.train));
        result.scores.push_back(fitted.score(take_rows(x, each.test), take_rows(y, each.test)));
    }
    return result;
}

/// Fits a copy of an estimator on each fold's training rows and scores it on the others. Of a pipeline, each
/// step is fitted anew to the training rows alone, so that no step knows the rows that are scored:
/// `cross_validate(pipeline{input<4>, standard_scaler{}, linear_regression{}}, x, y, k_fold(rows))`.
/// A `sample_weight` among the options, one for each row, is taken along into the folds; scores are
/// unweighted. data_error where x, y and the weights have different numbers of rows, and without a fold.
template <class Estimator, class X, class Y>
    requires internal::scored_estimator<Estimator, X, Y>
[[nodiscard]] cross_validation cross_validate(const Estimator& estimator, const X& x, const Y& y,
                                              std::span<const fold> folds,
                                              const typename Estimator::options_type& options = {}) {
    const std::size_t rows = internal::count_rows(x, y, folds);
    std::vector<double> weights;
    if constexpr (requires { options.sample_weight; })
        if (!options.sample_weight.empty()) {
            if (!options.sample_weight.has_numbers(rows))
                internal::raise(data_error{"cross_validate: expected a sample weight for each of the " +
                                           std::to_string(rows) + " rows, found another number of them"});
            weights.resize(rows);
            options.sample_weight.read(0, rows, weights.data());
        }
    cross_validation result;
    for (const fold& each : folds) {
        // Rows that there are not are refused here, before weights are looked up.
        const auto train_x = take_rows(x, each.train);
        auto fold_options = options;
        std::vector<double> fold_weights;
        if constexpr (requires { options.sample_weight; })
            if (!weights.empty()) {
                for (const std::size_t row : each.train)
                    fold_weights.push_back(weights[row]);
                fold_options.sample_weight = samples(fold_weights);
            }
        Estimator fitted = estimator;
        fitted.fit(train_x, take_rows(y, each.train), fold_options);
        result.scores.push_back(fitted.score(take_rows(x, each.test), take_rows(y, each.test)));
    }
    return result;
}

} // namespace strata::bedrock::inline STRATA_SETTING

namespace strata {
using bedrock::cross_validate;
using bedrock::cross_validation;
} // namespace strata

STRATA_HEADER_END
