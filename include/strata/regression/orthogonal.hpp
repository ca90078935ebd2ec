// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/data/observations.hpp>
#include <strata/regression/factorization.hpp>
#include <strata/setting.hpp>

#include <cmath>
#include <cstddef>
#include <limits>
#include <utility>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING::internal {

/// The result of least squares on the rows themselves, for problems whose normal equations would lose digits.
struct orthogonal_solution {
    std::vector<long double> weights; ///< [outputs][inputs]; the intercept follows from them and the means
    std::vector<double> singular_values;
    std::size_t rank = 0;
    double condition = 0;
    bool has_full_rank = false;
};

/// The rows as LAPACK wants them, column by column. From each number the weighted mean of its column is
/// subtracted, and each row is multiplied by the square root of its weight.
template <class Value>
class centred_columns {
public:
    static constexpr bool is_penalised = false;

    centred_columns(const observations<Value>& x, const observations<Value>& y,
                    const observations<Value>* weights, bool subtract_means)
        : x_(&x),
          y_(&y),
          roots_(x.rows(), 1.0),
          input_means(x.columns(), 0.0L),
          output_means(y.columns(), 0.0L) {
        for (std::size_t i = 0; i < x.rows(); ++i) {
            const double weight = weights == nullptr ? 1.0 : static_cast<double>(*weights->row(i));
            roots_[i] = std::sqrt(weight);
            total_weight_ += static_cast<long double>(weight);
            if (subtract_means) {
                for (std::size_t j = 0; j < x.columns(); ++j)
                    input_means[j] +=
                        static_cast<long double>(weight) * static_cast<long double>(x.row(i)[j]);
                for (std::size_t t = 0; t < y.columns(); ++t)
                    output_means[t] +=
                        static_cast<long double>(weight) * static_cast<long double>(y.row(i)[t]);
            }
        }
        for (auto& mean : input_means)
            mean /= total_weight_;
        for (auto& mean : output_means)
            mean /= total_weight_;
    }

    /// Writes column j of x to `column[0]`, `column[1]`, ..., and returns its length.
    double copy_input(std::size_t j, double* column) const {
        double squares = 0;
        for (std::size_t i = 0; i < x_->rows(); ++i) {
            column[i] =
                static_cast<double>(static_cast<long double>(x_->row(i)[j]) - input_means[j]) * roots_[i];
            squares += column[i] * column[i];
        }
        return std::sqrt(squares);
    }
    /// Whether a column of this length about its mean differs from it by rounding only.
    [[nodiscard]] bool is_constant(std::size_t j, double length) const {
        const double mean = static_cast<double>(input_means[j]);
        const double rounding = rounding_error(mean);
        const double unit_length = std::sqrt(static_cast<double>(total_weight_));
        if (!(length > rounding * unit_length))
            return true;
        // The rounding of the mean itself grows with the rows. No rounding is in their range.
        if (length > std::numeric_limits<double>::epsilon() * static_cast<double>(rows()) * std::abs(mean) *
                         unit_length)
            return false;
        double least = static_cast<double>(x_->row(0)[j]);
        double greatest = least;
        for (std::size_t i = 1; i < rows(); ++i) {
            least = std::min(least, static_cast<double>(x_->row(i)[j]));
            greatest = std::max(greatest, static_cast<double>(x_->row(i)[j]));
        }
        return greatest - least <= rounding;
    }
    /// Writes column t of y to `column[0]`, `column[1]`, ...
    void copy_output(std::size_t t, double* column) const {
        for (std::size_t i = 0; i < y_->rows(); ++i)
            column[i] =
                static_cast<double>(static_cast<long double>(y_->row(i)[t]) - output_means[t]) * roots_[i];
    }
    /// One element of the same columns, in more digits than the numbers themselves have.
    [[nodiscard]] long double exact_input(std::size_t i, std::size_t j) const {
        return (static_cast<long double>(x_->row(i)[j]) - input_means[j]) *
               static_cast<long double>(roots_[i]);
    }
    [[nodiscard]] long double exact_output(std::size_t i, std::size_t t) const {
        return (static_cast<long double>(y_->row(i)[t]) - output_means[t]) *
               static_cast<long double>(roots_[i]);
    }
    [[nodiscard]] std::size_t rows() const noexcept { return x_->rows(); }
    [[nodiscard]] std::size_t inputs() const noexcept { return x_->columns(); }
    [[nodiscard]] std::size_t outputs() const noexcept { return y_->columns(); }

private:
    const observations<Value>* x_;
    const observations<Value>* y_;
    std::vector<double> roots_;
    long double total_weight_ = 0;

public:
    std::vector<long double> input_means, output_means;
};

/// The columns with a row more for each input, which has the root of a penalty and the output zero: their
/// squared residuals are the penalty. Of a constant column nothing else is left.
template <class Value>
class penalised_columns {
public:
    static constexpr bool is_penalised = true;

    penalised_columns(const centred_columns<Value>& columns, double l2)
        : columns_(&columns),
          root_(std::sqrt(static_cast<long double>(l2))),
          is_constant_(columns.inputs()) {}

    /// As `centred_columns` has them.
    double copy_input(std::size_t j, double* column) {
        const std::size_t data_rows = columns_->rows();
        double length = columns_->copy_input(j, column);
        is_constant_[j] = columns_->is_constant(j, length);
        if (is_constant_[j]) {
            std::fill_n(column, data_rows, 0.0);
            length = 0;
        }
        std::fill_n(column + data_rows, inputs(), 0.0);
        column[data_rows + j] = static_cast<double>(root_);
        return std::hypot(length, static_cast<double>(root_));
    }
    /// The penalty makes a column of zeros another.
    [[nodiscard]] static bool is_constant(std::size_t, double) noexcept { return false; }
    void copy_output(std::size_t t, double* column) const {
        columns_->copy_output(t, column);
        std::fill_n(column + columns_->rows(), inputs(), 0.0);
    }
    [[nodiscard]] long double exact_input(std::size_t i, std::size_t j) const {
        if (i >= columns_->rows())
            return i - columns_->rows() == j ? root_ : 0.0L;
        return is_constant_[j] ? 0.0L : columns_->exact_input(i, j);
    }
    [[nodiscard]] long double exact_output(std::size_t i, std::size_t t) const {
        return i < columns_->rows() ? columns_->exact_output(i, t) : 0.0L;
    }
    [[nodiscard]] std::size_t rows() const noexcept { return columns_->rows() + inputs(); }
    [[nodiscard]] std::size_t inputs() const noexcept { return columns_->inputs(); }
    [[nodiscard]] std::size_t outputs() const noexcept { return columns_->outputs(); }

private:
    const centred_columns<Value>* columns_;
    long double root_;
    std::vector<bool> is_constant_;
};

/// Least squares for output t, refined: weights and residuals together are the solution of one symmetric
/// system (Bjorck, "Iterative refinement of linear least squares solutions I", BIT 7, 1967). In each round
/// extended precision shows how far both are from solving it, and the factors give the correction.
template <class Columns>
void refine(const Columns& columns, const factorization::orthogonal_factors& factors,
            const std::vector<double>& scale, std::size_t t, long double* weights) {
    constexpr int rounds = 4;
    const std::size_t m = columns.rows();
    const std::size_t n = columns.inputs();
    std::vector<long double> solution(n, 0.0L);
    std::vector<long double> residual(m, 0.0L);
    std::vector<double> row_errors(m);
    std::vector<double> column_errors(n);
    for (int round = 0; round < rounds; ++round) {
        std::vector<long double> column_residuals(n, 0.0L);
        for (std::size_t i = 0; i < m; ++i) {
            long double row_residual = columns.exact_output(i, t) - residual[i];
            for (std::size_t j = 0; j < n; ++j) {
                const long double element = columns.exact_input(i, j) * static_cast<long double>(scale[j]);
                row_residual -= element * solution[j];
                column_residuals[j] -= element * residual[i];
            }
            row_errors[i] = static_cast<double>(row_residual);
        }
        std::transform(column_residuals.begin(), column_residuals.end(), column_errors.begin(),
                       [](long double error) { return static_cast<double>(error); });
        factors.divide_by_r(true, column_errors);
        factors.multiply_by_q(true, row_errors);
        std::vector<double> step(n);
        for (std::size_t j = 0; j < n; ++j) {
            step[j] = row_errors[j] - column_errors[j];
            row_errors[j] = column_errors[j];
        }
        factors.divide_by_r(false, step);
        factors.multiply_by_q(false, row_errors);
        for (std::size_t j = 0; j < n; ++j)
            solution[j] += static_cast<long double>(step[j]);
        for (std::size_t i = 0; i < m; ++i)
            residual[i] += static_cast<long double>(row_errors[i]);
    }
    for (std::size_t j = 0; j < n; ++j)
        weights[j] = solution[j] * static_cast<long double>(scale[j]);
}

/// Least squares by QR of the columns, scaled to the same length, and refined. Where the columns do not have
/// full rank the result is empty, and `has_full_rank` false.
template <class Columns>
orthogonal_solution solve_by_factors(Columns& columns) {
    const std::size_t m = columns.rows();
    const std::size_t n = columns.inputs();
    constexpr double epsilon = std::numeric_limits<double>::epsilon();
    orthogonal_solution result;
    if (m < n)
        return result;
    std::vector<double> a(m * n);
    std::vector<double> scale(n);
    for (std::size_t j = 0; j < n; ++j) {
        const double length = columns.copy_input(j, a.data() + j * m);
        if (columns.is_constant(j, length))
            return result;
        scale[j] = 1 / length;
        for (std::size_t i = 0; i < m; ++i)
            a[j * m + i] *= scale[j];
    }
    const factorization::orthogonal_factors factors(std::move(a), m, n);
    auto upper = factors.upper();
    const auto values = factorization::singular_values(upper, n);
    if (!(values.back() > epsilon * static_cast<double>(m) * values.front()))
        return result;
    result.has_full_rank = true;
    result.rank = n;
    result.condition = values.front() / values.back();
    // With a penalty they are not those of the columns alone.
    if constexpr (!Columns::is_penalised) {
        for (std::size_t j = 0; j < n; ++j)
            for (std::size_t i = 0; i <= j; ++i)
                upper[j * n + i] /= scale[j];
        result.singular_values = factorization::singular_values(std::move(upper), n);
    }
    result.weights.assign(columns.outputs() * n, 0.0L);
    for (std::size_t t = 0; t < columns.outputs(); ++t)
        refine(columns, factors, scale, t, result.weights.data() + t * n);
    return result;
}

/// The solution of minimum norm by singular values of the columns as they are. Singular values below
/// max(rows, inputs) rounding errors of the largest are taken for zero.
template <class Columns>
orthogonal_solution solve_by_singular_values(Columns& columns) {
    const std::size_t n = columns.inputs();
    const std::size_t m = columns.rows();
    const std::size_t stride = std::max(m, n);
    std::vector<double> a(m * n, 0.0);
    std::vector<double> b(stride * columns.outputs(), 0.0);
    for (std::size_t j = 0; j < n; ++j) {
        double* const column = a.data() + j * m;
        const double length = columns.copy_input(j, column);
        if (columns.is_constant(j, length))
            std::fill_n(column, columns.rows(), 0.0);
    }
    for (std::size_t t = 0; t < columns.outputs(); ++t)
        columns.copy_output(t, b.data() + t * stride);
    const auto decomposition = factorization::minimum_norm(
        a, m, n, b, columns.outputs(), std::numeric_limits<double>::epsilon() * static_cast<double>(stride));
    orthogonal_solution result;
    result.rank = decomposition.rank;
    result.singular_values = decomposition.singular_values;
    if (decomposition.rank > 0)
        result.condition =
            decomposition.singular_values.front() / decomposition.singular_values[decomposition.rank - 1];
    for (std::size_t t = 0; t < columns.outputs(); ++t)
        result.weights.insert(result.weights.end(), b.begin() + static_cast<std::ptrdiff_t>(t * stride),
                              b.begin() + static_cast<std::ptrdiff_t>(t * stride + n));
    return result;
}

} // namespace strata::bedrock::inline STRATA_SETTING::internal
