// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/setting.hpp>
STRATA_HEADER_BEGIN

#include <strata/data/array.hpp>
#include <strata/data/column_scaler.hpp>
#include <strata/data/error.hpp>
#include <strata/data/estimator.hpp>
#include <strata/data/rows.hpp>
#include <strata/data/samples.hpp>
#include <strata/expression/finite.hpp>
#include <strata/expression/print.hpp>
#include <strata/raise.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <limits>
#include <string>
#include <utility>

namespace strata::bedrock::inline STRATA_SETTING {

/// Scales each column to mean 0 and standard deviation 1 (that of the population, divided by n):
/// y = (x - mean) / scale. As in scikit-learn a column that is constant but for rounding has scale 1.
///
/// Computes in double, in two passes. data_error for use before fit(), for another number of columns than in
/// fit(), and for values that are not finite, with row and column, which count from 0.
class standard_scaler : public internal::column_scaler, public internal::savable<standard_scaler> {
public:
    standard_scaler() : column_scaler("standard_scaler", 0, 1) {}

    /// x: [rows, columns], or [rows] for one column, with a row at least. sample_weight: [rows]; mean and
    /// variance are weighted by it, and rows of weight zero are as if absent.
    template <class Expression>
    standard_scaler& fit(const xt::xexpression<Expression>& x, const samples& sample_weight = {}) {
        const auto& matrix = internal::stored(x);
        const training_rows given = check_training_rows(matrix, sample_weight);
        const double rows = given.count;
        const std::array columns{given.columns};
        column_values means(columns, 0.0), deviations(columns, 0.0), squares(columns, 0.0), scales(columns);
        double total_weight = 0;
        const auto visit_rows = [&](auto visit) {
            for (std::size_t i = 0; i < given.rows; ++i)
                if (given.weights[i] > 0)
                    for (std::size_t j = 0; j < columns[0]; ++j)
                        visit(given.weights[i], j, static_cast<double>(matrix.data()[i * columns[0] + j]));
        };
        for (const double weight : given.weights)
            total_weight += weight;
        visit_rows([&](double weight, std::size_t j, double number) { means(j) += weight * number; });
        means /= total_weight;
        visit_rows([&](double weight, std::size_t j, double number) {
            const double deviation = number - means(j);
            deviations(j) += weight * deviation;
            squares(j) += weight * deviation * deviation;
        });
        for (std::size_t j = 0; j < columns[0]; ++j) {
            // The sum of the deviations is not quite 0, since the mean is rounded. Subtracting its square
            // corrects the variance: Chan, Golub and LeVeque, "Algorithms for computing the sample variance"
            // (1983).
            const double variance =
                (squares(j) - deviations(j) * deviations(j) / total_weight) / total_weight;
            const double epsilon = std::numeric_limits<double>::epsilon();
            const double rounding = rows * means(j) * epsilon;
            const bool constant =
                internal::is_finite(variance) && variance <= rows * epsilon * variance + rounding * rounding;
            scales(j) = constant ? 1 : std::sqrt(variance);
        }
        learn(std::move(means), std::move(scales));
        return *this;
    }

    template <class Expression>
    [[nodiscard]] scaled_array<Expression> fit_transform(const xt::xexpression<Expression>& x) {
        return fit(x).transform(x);
    }

    /// Both of shape [columns].
    [[nodiscard]] const xt::xtensor<double, 1>& mean() const { return offset("mean"); }
    [[nodiscard]] const xt::xtensor<double, 1>& scale() const { return column_scaler::scale("scale"); }

    [[nodiscard]] static std::string description() { return "standard_scaler"; }
    /// What is saved.
    template <class Self, class Visit>
    static void visit_state(Self& self, Visit& visit) {
        visit_columns(self, visit);
    }
};

/// Scales each column so that its least value becomes `low` and its greatest `high`:
/// y = (x - minimum) / range * (high - low) + low. A constant column has range 1. Errors as for
/// standard_scaler.
class min_max_scaler : public internal::column_scaler, public internal::savable<min_max_scaler> {
public:
    explicit min_max_scaler(double low = 0, double high = 1) : column_scaler("min_max_scaler", low, high) {
        if (!(low < high) || !internal::is_finite(high - low))
            internal::raise(data_error{"min_max_scaler: expected finite bounds, low < high, found " +
                                       internal::number_to_string(low) + " and " +
                                       internal::number_to_string(high)});
    }

    /// x: [rows, columns], or [rows] for one column, with a row at least. sample_weight: [rows]; rows of
    /// weight zero are as if absent, and all others count alike.
    template <class Expression>
    min_max_scaler& fit(const xt::xexpression<Expression>& x, const samples& sample_weight = {}) {
        const auto& matrix = internal::stored(x);
        const training_rows given = check_training_rows(matrix, sample_weight);
        const std::array columns{given.columns};
        column_values minima(columns), ranges(columns);
        for (std::size_t j = 0; j < columns[0]; ++j) {
            double least = detail::infinity<double>;
            double greatest = -least;
            for (std::size_t i = 0; i < given.rows; ++i)
                if (given.weights[i] > 0) {
                    const auto number = static_cast<double>(matrix.data()[i * columns[0] + j]);
                    least = std::min(least, number);
                    greatest = std::max(greatest, number);
                }
            minima(j) = least;
            ranges(j) = greatest == least ? 1 : greatest - least;
        }
        learn(std::move(minima), std::move(ranges));
        return *this;
    }

    template <class Expression>
    [[nodiscard]] scaled_array<Expression> fit_transform(const xt::xexpression<Expression>& x) {
        return fit(x).transform(x);
    }

    /// Both of shape [columns].
    [[nodiscard]] const xt::xtensor<double, 1>& minimum() const { return offset("minimum"); }
    [[nodiscard]] const xt::xtensor<double, 1>& range() const { return column_scaler::scale("range"); }

    [[nodiscard]] static std::string description() { return "min_max_scaler"; }
    /// What is saved, the bounds among it.
    template <class Self, class Visit>
    static void visit_state(Self& self, Visit& visit) {
        visit_columns(self, visit);
    }
};

} // namespace strata::bedrock::inline STRATA_SETTING

namespace strata {
using bedrock::min_max_scaler;
using bedrock::standard_scaler;
} // namespace strata

STRATA_HEADER_END
