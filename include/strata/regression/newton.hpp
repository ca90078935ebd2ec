// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/regression/factorization.hpp>
#include <strata/setting.hpp>

#include <cmath>
#include <cstddef>
#include <utility>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING::internal {

struct newton_result {
    std::size_t iterations = 0;
    bool converged = false;
    std::vector<double> last_step{}; ///< how far it moved the point
};

/// Directions along which a convex function is flat everywhere, if its Hessian at the beginning tells.
class flat_directions {
public:
    flat_directions() = default;
    /// O(n^3).
    flat_directions(std::vector<double> hessian, std::size_t n) : size_(n), vectors_(std::move(hessian)) {
        const std::vector<double> values = factorization::eigenvalues(vectors_, n, true);
        steepness_ = values.back();
        while (count_ < n && !(values[count_] > 1e-13 * steepness_))
            ++count_;
    }
    /// Makes the Hessian positive there. Since the gradient is zero, no step goes that way.
    void add(std::vector<double>& hessian) const {
        for (std::size_t e = 0; e < count_; ++e)
            for (std::size_t j = 0; j < size_; ++j)
                for (std::size_t i = 0; i < size_; ++i)
                    hessian[j * size_ + i] += steepness_ * vectors_[e * size_ + i] * vectors_[e * size_ + j];
    }

private:
    std::size_t size_ = 0;
    std::size_t count_ = 0;
    double steepness_ = 0;
    std::vector<double> vectors_;
};

/// Minimises a convex function of a few thousand variables by Newton's method with Cholesky steps, halved
/// until the value falls enough (Boyd and Vandenberghe, "Convex optimization", 9.5). Stops where the Newton
/// decrement, the gain that the next step promises, is less than `tolerance` of the value; that step is
/// taken. `function.value(point)` gives the value, `function.derivatives(point, gradient, hessian)` adds the
/// gradient and the Hessian (its lower half, column by column), `function.rounding(point, value)` says how
/// exact the value is. Where columns of the data depend on each other, so that many points are equally good,
/// it is the one closest to the first.
///
/// Each variable is measured in a unit of its own, in which the first Hessian's diagonal is 1. A variable
/// that a penalty holds a million times as hard as others would otherwise make these look flat.
template <class Function>
newton_result minimise_by_newton(const Function& function, std::vector<double>& point, double tolerance,
                                 std::size_t max_iterations) {
    const std::size_t n = point.size();
    std::vector<double> gradient(n);
    std::vector<double> hessian(n * n);
    std::vector<double> candidate(n);
    std::vector<double> unit(n);
    newton_result result;
    flat_directions flat;
    double value = function.value(point);
    while (result.iterations < max_iterations) {
        std::fill(gradient.begin(), gradient.end(), 0.0);
        std::fill(hessian.begin(), hessian.end(), 0.0);
        function.derivatives(point, gradient, hessian);
        for (std::size_t j = 0; j < n && result.iterations == 0; ++j)
            unit[j] = 1 / std::sqrt(hessian[j * n + j]);
        for (std::size_t j = 0; j < n; ++j) {
            gradient[j] *= unit[j];
            for (std::size_t i = 0; i < n; ++i)
                hessian[j * n + i] *= unit[i] * unit[j];
        }
        flat.add(hessian);
        std::vector<double> factor = hessian;
        double reciprocal = factorization::cholesky(factor, n);
        if (result.iterations == 0 && !(reciprocal > 1e-14)) {
            flat = flat_directions(hessian, n);
            flat.add(hessian);
            factor = hessian;
            reciprocal = factorization::cholesky(factor, n);
        }
        if (!(reciprocal > 0))
            return result;
        std::vector<double> step = gradient;
        factorization::cholesky_solve(factor, n, step.data(), 1);
        double decrement = 0;
        for (std::size_t i = 0; i < n; ++i)
            decrement += gradient[i] * step[i];
        ++result.iterations;
        const bool is_last = decrement <= tolerance * std::abs(value);
        // Near the optimum the value no longer shows a step's gain, but the step is good.
        const bool is_hidden = is_last || decrement <= function.rounding(point, value);
        double length = 1;
        double lower = value;
        for (;; length /= 2) {
            for (std::size_t i = 0; i < n; ++i)
                candidate[i] = point[i] - length * unit[i] * step[i];
            lower = function.value(candidate);
            if (is_hidden || lower <= value - 0.25 * length * decrement)
                break;
            if (length < 1e-10)
                return result;
        }
        result.last_step.resize(n);
        for (std::size_t i = 0; i < n; ++i)
            result.last_step[i] = candidate[i] - point[i];
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
