// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/regression/lapack.hpp>
#include <strata/regression/moments.hpp>
#include <strata/setting.hpp>

#include <cmath>
#include <cstddef>
#include <limits>
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
};

/// The solution by Cholesky, which is good to about k^2 rounding errors, where k is the condition number of
/// the scaled columns. Empty where k is above `max_condition`.
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
    const double reciprocal = lapack::cholesky(scaled, n);
    if (!(reciprocal * max_condition * max_condition >= 1))
        return {};
    normal_solution result{equations.cross, n, 1 / std::sqrt(reciprocal)};
    for (std::size_t t = 0; t < equations.outputs; ++t)
        for (std::size_t j = 0; j < n; ++j)
            result.weights[t * n + j] *= scale[j];
    lapack::cholesky_solve(scaled, n, result.weights.data(), equations.outputs);
    for (std::size_t t = 0; t < equations.outputs; ++t)
        for (std::size_t j = 0; j < n; ++j)
            result.weights[t * n + j] *= scale[j];
    return result;
}

/// The solution of minimum norm by the eigenvalues of the products. A direction in which the data vary 1e-7
/// times as much as in another, or less, counts as constant: in products such a variation is rounded away.
inline normal_solution solve_by_eigenvalues(const normal_equations& equations, double l2) {
    const std::size_t n = equations.inputs;
    std::vector<double> vectors = equations.gram;
    const std::vector<double> values = lapack::eigenvalues(vectors, n, true);
    const double largest = values.empty() ? 0 : values.back();
    const double threshold = 1e-14 * largest;
    normal_solution result{std::vector<double>(equations.outputs * n, 0.0), 0, 0};
    for (std::size_t e = 0; e < n; ++e) {
        if (!(values[e] > threshold))
            continue;
        if (result.rank++ == 0)
            result.condition = std::sqrt(largest / values[e]);
        const double* const vector = vectors.data() + e * n;
        for (std::size_t t = 0; t < equations.outputs; ++t) {
            double projection = 0;
            for (std::size_t j = 0; j < n; ++j)
                projection += vector[j] * equations.cross[t * n + j];
            projection /= values[e] + l2;
            for (std::size_t j = 0; j < n; ++j)
                result.weights[t * n + j] += projection * vector[j];
        }
    }
    return result;
}

/// The singular values of the (centred) columns, descending.
inline std::vector<double> compute_singular_values(const normal_equations& equations) {
    std::vector<double> gram = equations.gram;
    std::vector<double> values = lapack::eigenvalues(gram, equations.inputs, false);
    std::reverse(values.begin(), values.end());
    for (double& value : values)
        value = std::sqrt(std::max(value, 0.0));
    return values;
}

} // namespace strata::bedrock::inline STRATA_SETTING::internal
