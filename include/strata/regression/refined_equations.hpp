// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/regression/factorization.hpp>
#include <strata/regression/moments.hpp>
#include <strata/regression/normal_equations.hpp>
#include <strata/setting.hpp>

#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING::internal {

/// What sums say of products beyond the digits of double.
struct product_rests {
    std::vector<double> gram;  ///< [inputs][inputs]
    std::vector<double> cross; ///< [outputs][inputs]
};

template <std::size_t F, std::size_t T, bool Centred>
product_rests make_rests(const moments<F, T, Centred>& sums) {
    product_rests result{std::vector<double>(F * F), std::vector<double>(T * F)};
    for (std::size_t i = 0; i < F; ++i)
        for (std::size_t j = i; j < F; ++j)
            result.gram[i * F + j] = result.gram[j * F + i] = sums.product_rest(i, j);
    for (std::size_t t = 0; t < T; ++t)
        for (std::size_t i = 0; i < F; ++i)
            result.cross[t * F + i] = sums.product_rest(i, F + t);
    return result;
}

/// Corrects a solution by Cholesky by what it leaves of the equations, which is computed in extended
/// precision (iterative refinement: Wilkinson, "Rounding Errors in Algebraic Processes", 1963). What scaling
/// and factoring rounded is gone then, but not what was rounded as the products were summed. A step takes
/// O(outputs inputs^2).
inline void refine(const normal_equations& equations, const product_rests& rests, double l2,
                   normal_solution& solution) {
    const std::size_t n = equations.inputs;
    constexpr int most_steps = 4; // each brings some four digits or more
    constexpr double enough = 4 * std::numeric_limits<double>::epsilon();
    std::vector<double> correction(n);
    for (std::size_t t = 0; t < equations.outputs; ++t) {
        double* const weights = solution.weights.data() + t * n;
        std::vector<long double> refined(weights, weights + n);
        for (int step = 0; step < most_steps; ++step) {
            for (std::size_t j = 0; j < n; ++j) {
                const double* const products = equations.gram.data() + j * n;
                const double* const rest_products = rests.gram.data() + j * n;
                long double rest = equations.cross[t * n + j] - l2 * refined[j];
                double small_rest = rests.cross[t * n + j];
                for (std::size_t i = 0; i < n; ++i) {
                    rest -= products[i] * refined[i];
                    small_rest -= rest_products[i] * static_cast<double>(refined[i]);
                }
                correction[j] = static_cast<double>(rest + small_rest) * solution.scale[j];
            }
            factorization::cholesky_solve(solution.factor, n, correction.data(), 1);
            bool is_done = true;
            for (std::size_t j = 0; j < n; ++j) {
                const double change = correction[j] * solution.scale[j];
                is_done = is_done && std::abs(change) <= enough * std::abs(refined[j]);
                refined[j] += change;
            }
            if (is_done)
                break;
        }
        for (std::size_t j = 0; j < n; ++j)
            weights[j] = static_cast<double>(refined[j]);
    }
}

} // namespace strata::bedrock::inline STRATA_SETTING::internal
