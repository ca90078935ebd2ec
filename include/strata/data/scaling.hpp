// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/data/array.hpp>
#include <strata/data/error.hpp>
#include <strata/data/extents.hpp>
#include <strata/data/rows.hpp>
#include <strata/expression/finite.hpp>
#include <strata/raise.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <limits>
#include <string>
#include <type_traits>
#include <utility>

namespace strata::bedrock::inline STRATA_SETTING {

namespace internal {

/// What the scalers share: y = (x - offset) / scale * span + low in every column.
class column_scaler {
public:
    /// A result has the floating type of the array it comes from, and double for integers.
    template <class Expression>
    using scaled_array =
        xt::xtensor<std::conditional_t<std::is_floating_point_v<typename Expression::value_type>,
                                       typename Expression::value_type, double>,
                    2>;

    /// x and the result: [rows, columns], with the columns that fit() has seen.
    template <class Expression>
    [[nodiscard]] scaled_array<Expression> transform(const xt::xexpression<Expression>& x) const {
        return apply(x, "transform", [this](double value, std::size_t j) {
            return (value - offset_(j)) / scale_(j) * span_ + low_;
        });
    }

    /// Turns scaled values back into values like those given to fit().
    template <class Expression>
    [[nodiscard]] scaled_array<Expression> inverse_transform(const xt::xexpression<Expression>& x) const {
        return apply(x, "inverse_transform", [this](double value, std::size_t j) {
            return (value - low_) / span_ * scale_(j) + offset_(j);
        });
    }

protected:
    using column_values = xt::xtensor<double, 1>;

    column_scaler(const char* name, double low, double high) : name_(name), span_(high - low), low_(low) {}

    /// Stores x if it is not an array yet, and throws unless it is a matrix of finite numbers.
    template <class Expression>
    [[nodiscard]] decltype(auto) read_matrix(const xt::xexpression<Expression>& x, const char* action) const {
        decltype(auto) matrix = stored(x);
        if (matrix.dimension() != 2)
            fail(action, "an array of shape [rows, columns]", extents_text(matrix.shape()));
        for (std::size_t i = 0; i < matrix.shape(0); ++i)
            for (std::size_t j = 0; j < matrix.shape(1); ++j)
                if (const auto value = static_cast<double>(matrix(i, j)); !internal::is_finite(value))
                    fail(action, "finite numbers",
                         std::to_string(value) + " in row " + std::to_string(i) + ", column " +
                             std::to_string(j));
        return matrix;
    }

    template <class Expression>
    [[nodiscard]] decltype(auto) read_training_matrix(const xt::xexpression<Expression>& x) const {
        decltype(auto) matrix = read_matrix(x, "fit");
        if (matrix.shape(0) == 0)
            fail("fit", "a row at least", "none");
        return matrix;
    }

    void learn(column_values offset, column_values scale) {
        for (std::size_t j = 0; j < scale.size(); ++j)
            if (!internal::is_finite(scale(j)))
                fail("fit", "values that spread over less than the range of double",
                     "more in column " + std::to_string(j));
        offset_ = std::move(offset);
        scale_ = std::move(scale);
        fitted_ = true;
    }

    [[nodiscard]] const column_values& offset(const char* what) const {
        check_fitted(what);
        return offset_;
    }
    [[nodiscard]] const column_values& scale(const char* what) const {
        check_fitted(what);
        return scale_;
    }

private:
    [[noreturn]] void fail(const char* action, const std::string& expected, const std::string& found) const {
        raise(data_error{std::string(name_) + ", " + action + ": expected " + expected + ", found " + found});
    }

    void check_fitted(const char* action) const {
        if (!fitted_)
            fail(action, "a call of fit before", "none");
    }

    template <class Expression, class Formula>
    [[nodiscard]] scaled_array<Expression> apply(const xt::xexpression<Expression>& x, const char* action,
                                                 Formula formula) const {
        check_fitted(action);
        const auto& matrix = read_matrix(x, action);
        if (matrix.shape(1) != scale_.size())
            fail(action, std::to_string(scale_.size()) + " columns as in fit",
                 std::to_string(matrix.shape(1)));
        scaled_array<Expression> result(std::array{matrix.shape(0), matrix.shape(1)});
        for (std::size_t i = 0; i < matrix.shape(0); ++i)
            for (std::size_t j = 0; j < matrix.shape(1); ++j)
                result(i, j) = static_cast<typename scaled_array<Expression>::value_type>(
                    formula(static_cast<double>(matrix(i, j)), j));
        return result;
    }

    const char* name_;
    double span_, low_;
    column_values offset_, scale_;
    bool fitted_ = false;
};

} // namespace internal

/// Scales each column to mean 0 and standard deviation 1 (that of the population, divided by n):
/// y = (x - mean) / scale. As in scikit-learn a column that is constant but for rounding has scale 1.
///
/// Computes in double, in two passes. data_error for use before fit(), for another number of columns than in
/// fit(), and for values that are not finite, with row and column, which count from 0.
class standard_scaler : public internal::column_scaler {
public:
    standard_scaler() : column_scaler("standard_scaler", 0, 1) {}

    /// x: [rows, columns], with a row at least.
    template <class Expression>
    standard_scaler& fit(const xt::xexpression<Expression>& x) {
        const auto& matrix = read_training_matrix(x);
        const auto rows = static_cast<double>(matrix.shape(0));
        const std::array columns{matrix.shape(1)};
        column_values means(columns, 0.0), deviations(columns, 0.0), squares(columns, 0.0), scales(columns);
        for (std::size_t i = 0; i < matrix.shape(0); ++i)
            for (std::size_t j = 0; j < columns[0]; ++j)
                means(j) += static_cast<double>(matrix(i, j));
        means /= rows;
        for (std::size_t i = 0; i < matrix.shape(0); ++i)
            for (std::size_t j = 0; j < columns[0]; ++j) {
                const auto deviation = static_cast<double>(matrix(i, j)) - means(j);
                deviations(j) += deviation;
                squares(j) += deviation * deviation;
            }
        for (std::size_t j = 0; j < columns[0]; ++j) {
            // The sum of the deviations is not quite 0, since the mean is rounded. Subtracting its square
            // corrects the variance: Chan, Golub and LeVeque, "Algorithms for computing the sample variance"
            // (1983).
            const double variance = (squares(j) - deviations(j) * deviations(j) / rows) / rows;
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
};

/// Scales each column so that its least value becomes `low` and its greatest `high`:
/// y = (x - minimum) / range * (high - low) + low. A constant column has range 1. Errors as for
/// standard_scaler.
class min_max_scaler : public internal::column_scaler {
public:
    explicit min_max_scaler(double low = 0, double high = 1) : column_scaler("min_max_scaler", low, high) {
        if (!(low < high) || !internal::is_finite(high - low))
            internal::raise(data_error{"min_max_scaler: expected finite bounds, low < high, found " +
                                       std::to_string(low) + " and " + std::to_string(high)});
    }

    /// x: [rows, columns], with a row at least.
    template <class Expression>
    min_max_scaler& fit(const xt::xexpression<Expression>& x) {
        const auto& matrix = read_training_matrix(x);
        const std::array columns{matrix.shape(1)};
        column_values minima(columns), ranges(columns);
        for (std::size_t j = 0; j < columns[0]; ++j) {
            minima(j) = ranges(j) = static_cast<double>(matrix(0, j));
            for (std::size_t i = 1; i < matrix.shape(0); ++i) {
                minima(j) = std::min(minima(j), static_cast<double>(matrix(i, j)));
                ranges(j) = std::max(ranges(j), static_cast<double>(matrix(i, j)));
            }
            ranges(j) = ranges(j) == minima(j) ? 1 : ranges(j) - minima(j);
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
};

} // namespace strata::bedrock::inline STRATA_SETTING

namespace strata {
using bedrock::min_max_scaler;
using bedrock::standard_scaler;
} // namespace strata
