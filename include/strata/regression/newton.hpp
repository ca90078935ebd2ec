// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/regression/lapack.hpp>
#include <strata/setting.hpp>

#include <cmath>
#include <cstddef>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING::internal {

struct newton_result {
    std::size_t iterations = 0;
    bool converged = false;
};

/// Minimises a convex function of a few thousand variables by Newton's method with Cholesky steps, halved
/// until the value falls enough (Boyd and Vandenberghe, "Convex optimization", 9.5). Stops where the Newton
/// decrement, the gain that the next step promises, is less than `tolerance` of the value; that step is
/// taken. `function.value(point)` gives the value, `function.derivatives(point, gradient, hessian)` adds the
/// gradient and the Hessian (its lower half, column by column).
template <class Function>
newton_result minimise_by_newton(const Function& function, std::vector<double>& point, double tolerance,
                                 std::size_t max_iterations) {
    const std::size_t n = point.size();
    std::vector<double> gradient(n);
    std::vector<double> hessian(n * n);
    std::vector<double> candidate(n);
    newton_result result;
    double value = function.value(point);
    while (result.iterations < max_iterations) {
        std::fill(gradient.begin(), gradient.end(), 0.0);
        std::fill(hessian.begin(), hessian.end(), 0.0);
        function.derivatives(point, gradient, hessian);
        if (!(lapack::cholesky(hessian, n) > 0))
            return result;
        std::vector<double> step = gradient;
        lapack::cholesky_solve(hessian, n, step.data(), 1);
        double decrement = 0;
        for (std::size_t i = 0; i < n; ++i)
            decrement += gradient[i] * step[i];
        ++result.iterations;
        // Near the optimum the value no longer shows a step's gain, but the step is good.
        const bool is_last = decrement <= tolerance * (std::abs(value) + tolerance);
        double length = 1;
        double lower = value;
        for (;; length /= 2) {
            for (std::size_t i = 0; i < n; ++i)
                candidate[i] = point[i] - length * step[i];
            lower = function.value(candidate);
            if (is_last || lower <= value - 0.25 * length * decrement)
                break;
            if (length < 1e-10)
                return result;
        }
        point = candidate;
        value = lower;
        if (is_last) {
            result.converged = true;
            return result;
        }
    }
    return result;
}

} // namespace strata::bedrock::inline STRATA_SETTING::internal
