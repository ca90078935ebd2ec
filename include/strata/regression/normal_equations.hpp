// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/regression/factorization.hpp>
#include <strata/regression/moments.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING::internal {

/// (G + l2 I) W = C, where G holds the products of two input columns and C those of an input and an output
/// column. Matrices lie column by column.
struct normal_equations {
    std::size_t inputs = 0;
    std::size_t outputs = 0;
    std::size_t rows = 0;
    double weight = 0;
    std::vector<double> gram;        ///< [inputs][inputs]
    std::vector<double> cross;       ///< [outputs][inputs]
    std::vector<double> input_means; ///< zero without an intercept
    std::vector<double> output_means;

    /// Whether the numbers of a column differ from their mean by rounding only.
    [[nodiscard]] bool is_constant(std::size_t j) const noexcept {
        const double rounding = rounding_error(input_means[j]);
        return gram[j * inputs + j] <= weight * rounding * rounding;
    }
};

template <std::size_t F, std::size_t T, bool Centred>
normal_equations make_equations(const moments<F, T, Centred>& sums) {
    normal_equations result{F, T, sums.rows(), sums.weight(), {}, {}, {}, {}};
    result.gram.resize(F * F);
    result.cross.resize(T * F);
    for (std::size_t i = 0; i < F; ++i)
        for (std::size_t j = 0; j < F; ++j)
            result.gram[i * F + j] = sums.product(i, j);
    for (std::size_t t = 0; t < T; ++t)
        for (std::size_t i = 0; i < F; ++i)
            result.cross[t * F + i] = sums.product(i, F + t);
    for (std::size_t i = 0; i < F; ++i)
        result.input_means.push_back(Centred ? sums.mean(i) : 0.0);
    for (std::size_t t = 0; t < T; ++t)
        result.output_means.push_back(Centred ? sums.mean(F + t) : 0.0);
    return result;
}

/// Weights [outputs][inputs], and what is known of how good they are.
struct normal_solution {
    std::vector<double> weights;
    std::size_t rank = 0;
    double condition = 0; ///< of the columns scaled to the same length
    /// By Cholesky: what columns were multiplied by, and the factor of their products.
    std::vector<double> scale = {}, factor = {};
};

/// The solution by Cholesky, which is good to about k^2 rounding errors, where k is the condition number of
/// the scaled columns. Empty where k is above `max_condition`. Where the equations have their rests it is
/// refined.
inline normal_solution solve_by_cholesky(const normal_equations& equations, double l2, double max_condition) {
    const std::size_t n = equations.inputs;
    std::vector<double> scale(n);
    for (std::size_t j = 0; j < n; ++j) {
        const double length = equations.gram[j * n + j] + l2;
        if ((l2 == 0 && equations.is_constant(j)) || !(length > 0))
            return {};
        scale[j] = 1 / std::sqrt(length);
    }
    std::vector<double> scaled(n * n);
    for (std::size_t i = 0; i < n; ++i)
        for (std::size_t j = 0; j < n; ++j)
            scaled[i * n + j] = i == j ? 1.0 : equations.gram[i * n + j] * scale[i] * scale[j];
    const double reciprocal = factorization::cholesky(scaled, n);
    if (!(reciprocal * max_condition * max_condition >= 1))
        return {};
    normal_solution result{equations.cross, n, 1 / std::sqrt(reciprocal)};
    for (std::size_t t = 0; t < equations.outputs; ++t)
        for (std::size_t j = 0; j < n; ++j)
            result.weights[t * n + j] *= scale[j];
    factorization::cholesky_solve(scaled, n, result.weights.data(), equations.outputs);
    for (std::size_t t = 0; t < equations.outputs; ++t)
        for (std::size_t j = 0; j < n; ++j)
            result.weights[t * n + j] *= scale[j];
    result.scale = std::move(scale);
    result.factor = std::move(scaled);
    return result;
}

/// Of all vectors that differ from `weights` by a combination of the columns of `directions`, the shortest.
/// directions: [count][weights.size()], independent of each other.
inline void shorten(std::vector<double>& weights, std::vector<double> directions, std::size_t count) {
    if (count == 0)
        return;
    const factorization::orthogonal_factors factors(std::move(directions), weights.size(), count);
    factors.multiply_by_q(true, weights);
    std::fill_n(weights.begin(), count, 0.0);
    factors.multiply_by_q(false, weights);
}

/// The solution of minimum norm by the eigenvalues of the products of columns scaled to the same length,
/// which lose no digits to the columns' units. A direction in which the scaled data vary 1e-7 times as much
/// as in another, or less, counts as constant: in products such a variation is rounded away.
inline normal_solution solve_by_eigenvalues(const normal_equations& equations, double l2) {
    const std::size_t n = equations.inputs;
    std::vector<std::size_t> varying; // the columns that are not constant
    std::vector<double> scale;
    for (std::size_t j = 0; j < n; ++j)
        if (const double square = equations.gram[j * n + j]; !equations.is_constant(j) && square > 0) {
            varying.push_back(j);
            scale.push_back(1 / std::sqrt(square + l2));
        }
    const std::size_t size = varying.size();
    std::vector<double> vectors(size * size);
    for (std::size_t i = 0; i < size; ++i)
        for (std::size_t j = 0; j < size; ++j)
            vectors[i * size + j] =
                i == j ? 1.0 : equations.gram[varying[i] * n + varying[j]] * scale[i] * scale[j];
    const std::vector<double> values = factorization::eigenvalues(vectors, size, true);
    const double largest = values.empty() ? 0 : values.back();
    std::size_t first = 0; // of the eigenvalues that count
    while (first < size && !(values[first] > 1e-14 * largest))
        ++first;
    normal_solution result{std::vector<double>(equations.outputs * n, 0.0), size - first,
                           size == first ? 0 : std::sqrt(largest / values[first])};
    std::vector<double> free_directions(vectors.begin(),
                                        vectors.begin() + static_cast<std::ptrdiff_t>(first * size));
    for (std::size_t i = 0; i < free_directions.size(); ++i)
        free_directions[i] *= scale[i % size];
    std::vector<double> weights(size);
    for (std::size_t t = 0; t < equations.outputs; ++t) {
        std::fill(weights.begin(), weights.end(), 0.0);
        for (std::size_t e = first; e < size; ++e) {
            const double* const vector = vectors.data() + e * size;
            double projection = 0;
            for (std::size_t j = 0; j < size; ++j)
                projection += vector[j] * equations.cross[t * n + varying[j]] * scale[j];
            projection /= values[e];
            for (std::size_t j = 0; j < size; ++j)
                weights[j] += projection * vector[j] * scale[j];
        }
        shorten(weights, free_directions, first);
        for (std::size_t j = 0; j < size; ++j)
            result.weights[t * n + varying[j]] = weights[j];
    }
    return result;
}

/// The condition number up to which Cholesky is used where the rows are no longer there. It keeps more digits
/// than eigenvalues do, down to the four that are left there.
inline constexpr double worst_condition_of_parts = 1e6;

/// The singular values of the (centred) columns, descending: those of their factor, which keeps what a
/// product rounds away, where the columns are independent. Else roots of eigenvalues, which have no right
/// digit below 1e-8 of the largest.
inline std::vector<double> compute_singular_values(const normal_equations& equations) {
    const std::size_t n = equations.inputs;
    if (auto solved = solve_by_cholesky(equations, 0, worst_condition_of_parts); !solved.weights.empty()) {
        for (std::size_t j = 0; j < n; ++j)
            for (std::size_t i = 0; i < n; ++i)
                solved.factor[j * n + i] = i < j ? 0 : solved.factor[j * n + i] / solved.scale[i];
        return factorization::singular_values(std::move(solved.factor), n);
    }
    std::vector<double> gram = equations.gram;
    std::vector<double> values = factorization::eigenvalues(gram, n, false);
    std::reverse(values.begin(), values.end());
    for (double& value : values)
        value = std::sqrt(std::max(value, 0.0));
    return values;
}

} // namespace strata::bedrock::inline STRATA_SETTING::internal
