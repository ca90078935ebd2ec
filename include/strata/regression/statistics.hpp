// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/setting.hpp>
STRATA_HEADER_BEGIN

#include <strata/expression/finite.hpp>
#include <strata/raise.hpp>
#include <strata/regression/coefficients.hpp>
#include <strata/regression/orthogonal.hpp>

#include <boost/math/distributions/fisher_f.hpp>
#include <boost/math/distributions/students_t.hpp>

#include <cmath>
#include <cstddef>
#include <cstdio>
#include <limits>
#include <numbers>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING {

/// What the data say of one weight, if errors are independent, normal and of equal variance.
struct coefficient_statistics {
    double estimate = 0;
    double standard_error = 0;
    double t = 0;             ///< estimate / standard error
    double p = 0;             ///< the probability of a |t| as large if the true weight were 0
    double low = 0, high = 0; ///< the confidence interval
};

/// What an ordinary least-squares fit tells beside its weights, as statsmodels' OLS results name it.
struct regression_statistics {
    bool has_intercept = true;
    std::vector<coefficient_statistics> coefficients; ///< the intercept first, if there is one
    std::vector<double> residuals;                    ///< y - prediction, of the rows that weigh something
    std::size_t degrees_of_freedom = 0;               ///< of the residuals: rows - weights
    double level = 0.95;                              ///< of the confidence intervals
    double r_squared = 0; ///< beside the mean of y as prediction; beside 0 without an intercept
    double adjusted_r_squared = 0;
    double residual_standard_error = 0;
    double f = 0;   ///< the F statistic of the hypothesis that no feature matters
    double f_p = 0; ///< the probability of an F as large if that hypothesis were true
    double log_likelihood = 0, aic = 0, bic = 0;
};

namespace internal {
/// The probability of a value as large as a statistic that is no finite number: 0 if it is infinite. One that
/// is not a number has a probability that is not a number.
inline double limit_probability(double statistic) {
    return internal::is_not_a_number(statistic) ? statistic : 0.0;
}
} // namespace internal

/// The statistics of a linear model with one output that was fitted to these rows without a penalty (Hastie,
/// Tibshirani and Friedman, "The elements of statistical learning", 3.2). O(rows F^2).
/// Of a weighted fit they are statsmodels' WLS results for the same `sample_weight`: the errors' variances
/// are in inverse proportion to the weights, and a row of weight zero is as if absent.
/// `std::invalid_argument` for arrays that do not fit, features that depend on each other, and no more rows
/// than weights: then nothing can be said of the errors.
template <linear_model Model>
    requires(Model::output_size == 1)
regression_statistics statistics_of(const Model& net, const samples& x, const samples& y, double level = 0.95,
                                    const samples& sample_weight = {}) {
    using value = typename Model::value_type;
    constexpr std::size_t features = Model::input_size;
    constexpr bool intercept = has_intercept<Model>;
    if (!(level > 0 && level < 1))
        internal::raise(std::invalid_argument(internal::concatenate("statistics: the level is ",
                                                                    internal::number_to_string(level),
                                                                    ", expected a number between 0 and 1")));
    observations<value> rows(x, features, "statistics: X", Model::input_shape.extents);
    observations<value> targets(y, 1, "statistics: y");
    rows.check_same_rows(targets);
    const auto sample_weights =
        internal::read_weights<value>(sample_weight, "statistics: the sample weight", rows, targets);
    rows.check_finite();
    targets.check_finite();
    const std::size_t count = rows.rows();
    if (count <= features + intercept)
        internal::raise(std::invalid_argument(internal::concatenate("statistics: X has ", count,
                                                                    " rows, expected more than the ",
                                                                    features + intercept, " weights")));

    const internal::centred_columns<value> columns(rows, targets, sample_weights.get(), intercept);
    std::vector<double> a(count * features);
    std::vector<double> scale(features);
    for (std::size_t j = 0; j < features; ++j) {
        const double length = columns.copy_input(j, a.data() + j * count);
        scale[j] = columns.is_constant(j, length) ? 0 : 1 / length;
        for (std::size_t i = 0; i < count; ++i)
            a[j * count + i] *= scale[j];
    }
    const factorization::orthogonal_factors factors(std::move(a), count, features);
    const auto singular_values = factorization::singular_values(factors.upper(), features);
    if (!(singular_values.back() >
          std::numeric_limits<double>::epsilon() * static_cast<double>(count) * singular_values.front()))
        internal::raise(
            std::invalid_argument("statistics: some features depend on each other, so no weight can be told "
                                  "from the others"));

    regression_statistics result;
    result.has_intercept = intercept;
    result.level = level;
    result.degrees_of_freedom = count - features - intercept;
    const auto weights = net.weights();
    long double residual_squares = 0;
    long double total_squares = 0;
    double total_weight = 0;
    double weight_logarithms = 0;
    for (std::size_t i = 0; i < count; ++i) {
        const auto target = static_cast<long double>(*targets.row(i));
        long double predicted = intercept ? static_cast<long double>(weights[features]) : 0.0L;
        for (std::size_t j = 0; j < features; ++j)
            predicted += static_cast<long double>(weights[j]) * static_cast<long double>(rows.row(i)[j]);
        result.residuals.push_back(static_cast<double>(target - predicted));
        const double weight = sample_weights ? static_cast<double>(*sample_weights->row(i)) : 1.0;
        residual_squares += weight * (target - predicted) * (target - predicted);
        total_squares += weight * (target - columns.output_means[0]) * (target - columns.output_means[0]);
        total_weight += weight;
        weight_logarithms += std::log(weight);
    }
    const auto degrees = static_cast<double>(result.degrees_of_freedom);
    const auto n = static_cast<double>(count);
    const double variance = static_cast<double>(residual_squares) / degrees;

    // The diagonal of (X^T X)^-1 from the rows of R^-1.
    std::vector<double> inverse_diagonal(features, 0.0);
    std::vector<double> column(features);
    for (std::size_t k = 0; k < features; ++k) {
        std::fill(column.begin(), column.end(), 0.0);
        column[k] = 1;
        factors.divide_by_r(false, column);
        for (std::size_t j = 0; j < features; ++j)
            inverse_diagonal[j] += column[j] * column[j];
    }
    const boost::math::students_t students(degrees);
    const double critical_value = quantile(complement(students, (1 - level) / 2));
    const auto add_coefficient = [&](double estimate, double error) {
        const double t = estimate / error;
        const double p = internal::is_finite(t) ? 2 * cdf(complement(students, std::abs(t)))
                                                : internal::limit_probability(t);
        result.coefficients.push_back(
            {estimate, error, t, p, estimate - critical_value * error, estimate + critical_value * error});
    };
    if constexpr (intercept) {
        for (std::size_t j = 0; j < features; ++j)
            column[j] = static_cast<double>(columns.input_means[j]) * scale[j];
        factors.divide_by_r(true, column);
        double sum = 1 / total_weight;
        for (const double element : column)
            sum += element * element;
        add_coefficient(static_cast<double>(weights[features]), std::sqrt(variance * sum));
    }
    for (std::size_t j = 0; j < features; ++j)
        add_coefficient(static_cast<double>(weights[j]),
                        std::sqrt(variance * inverse_diagonal[j]) * scale[j]);

    result.residual_standard_error = std::sqrt(variance);
    result.r_squared = static_cast<double>(1 - residual_squares / total_squares);
    result.adjusted_r_squared =
        1 - (n - intercept) / degrees * static_cast<double>(residual_squares / total_squares);
    result.f =
        static_cast<double>(total_squares - residual_squares) / static_cast<double>(features) / variance;
    result.f_p = internal::is_finite(result.f)
                     ? cdf(complement(boost::math::fisher_f(static_cast<double>(features), degrees),
                                      std::max(result.f, 0.0)))
                     : internal::limit_probability(result.f);
    result.log_likelihood =
        weight_logarithms / 2 -
        n / 2 * (std::log(2 * std::numbers::pi * static_cast<double>(residual_squares) / n) + 1);
    const double parameter_count = static_cast<double>(features) + intercept;
    result.aic = 2 * parameter_count - 2 * result.log_likelihood;
    result.bic = std::log(n) * parameter_count - 2 * result.log_likelihood;
    return result;
}

/// The same of the network that an estimator has fitted, as `linear_regression`.
template <class Estimator>
    requires linear_model<std::remove_cvref_t<decltype(std::declval<const Estimator&>().network())>>
        regression_statistics statistics_of(const Estimator& fitted, const samples& x, const samples& y,
                                            double level = 0.95, const samples& sample_weight = {}) {
        return statistics_of(fitted.network(), x, y, level, sample_weight);
    }

/// A table of the coefficients, and below it the figures of the whole fit. `names` of the features may be
/// empty.
[[nodiscard]] inline std::string to_string(const regression_statistics& statistics,
                                           std::span<const std::string> names = {}) {
    std::string result;
    std::array<char, 256> line;
    const auto print = [&](const char* format, auto... values) {
        std::snprintf(line.data(), line.size(), format, values...);
        result += line.data();
    };
    std::array<char, 16> low;
    std::array<char, 16> high;
    std::snprintf(low.data(), low.size(), "[%.4g", (1 - statistics.level) / 2);
    std::snprintf(high.data(), high.size(), "%.4g]", (1 + statistics.level) / 2);
    print("%-20s %12s %12s %9s %8s %12s %12s\n", "coefficient", "estimate", "std. error", "t", "P>|t|",
          low.data(), high.data());
    for (std::size_t i = 0; i < statistics.coefficients.size(); ++i) {
        const auto& coefficient = statistics.coefficients[i];
        const std::size_t feature = i - statistics.has_intercept;
        const std::string name = statistics.has_intercept && i == 0 ? "intercept"
                                 : feature < names.size()           ? names[feature]
                                                                    : internal::concatenate("x", feature);
        print("%-20.20s %12.6g %12.4g %9.3f %8.4f %12.6g %12.6g\n", name.c_str(), coefficient.estimate,
              coefficient.standard_error, coefficient.t, coefficient.p, coefficient.low, coefficient.high);
    }
    print("R^2 %.6f, adjusted %.6f, residual standard error %.6g on %zu degrees of freedom\n",
          statistics.r_squared, statistics.adjusted_r_squared, statistics.residual_standard_error,
          statistics.degrees_of_freedom);
    print("F %.6g, P>F %.4g, log-likelihood %.6g, AIC %.6g, BIC %.6g\n", statistics.f, statistics.f_p,
          statistics.log_likelihood, statistics.aic, statistics.bic);
    return result;
}

} // namespace strata::bedrock::inline STRATA_SETTING

namespace strata {
using bedrock::coefficient_statistics;
using bedrock::regression_statistics;
using bedrock::statistics_of;
} // namespace strata

STRATA_HEADER_END
