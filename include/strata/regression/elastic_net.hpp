// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/data/estimator.hpp>
#include <strata/expression/finite.hpp>
#include <strata/layers/dense.hpp>
#include <strata/raise.hpp>
#include <strata/regression/coefficients.hpp>
#include <strata/regression/normal_equations.hpp>
#include <strata/setting.hpp>

#include <cmath>
#include <cstddef>
#include <string>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING {

struct elastic_net_options {
    double alpha = 1;        ///< the weight of the penalties
    double l1_ratio = 0.5;   ///< 1: the sum of the absolute weights only (lasso), 0: of their squares only
    double tolerance = 1e-4; ///< of the duality gap, relative to the sum of the squared targets
    std::size_t max_iterations = 1000;
    bool positive = false; ///< no weight below zero
    std::size_t threads = 0;
};

namespace internal {
struct descent_result {
    std::vector<double> weights;
    std::size_t iterations = 0;
    double gap = 0;
    bool converged = false;
};

/// Minimises 1/2 |y - X w|^2 + l1 |w|_1 + l2/2 |w|^2 by cyclic coordinate descent on the products of columns
/// (Friedman, Hastie and Tibshirani, "Regularization paths for generalized linear models via coordinate
/// descent", 2010), until the duality gap is at most `tolerance`. O(inputs^2) a cycle, whatever the rows.
inline descent_result descend(const normal_equations& equations, double squared_targets, double l1, double l2,
                              double tolerance, std::size_t max_iterations, bool positive) {
    const std::size_t n = equations.inputs;
    descent_result result;
    result.weights.assign(n, 0.0);
    std::vector<double> products(n, 0.0); // X^T X w, kept up to date with w
    auto& w = result.weights;
    const auto gap = [&] {
        // With the residual r, no element of X^T r - l2 w may exceed l1 in a point of the dual problem. Where
        // the largest does, the residual is scaled down until it is such a point.
        double largest = 0;
        double target_product = 0;
        double square = 0;
        double weight_square = 0;
        double weight_sum = 0;
        for (std::size_t j = 0; j < n; ++j) {
            const double slope = equations.cross[j] - products[j] - l2 * w[j];
            largest = std::max(largest, positive ? slope : std::abs(slope));
            target_product += w[j] * equations.cross[j];
            square += w[j] * products[j];
            weight_square += w[j] * w[j];
            weight_sum += std::abs(w[j]);
        }
        const double residual = squared_targets - 2 * target_product + square;
        const double scale = largest > l1 ? l1 / largest : 1.0;
        return 0.5 * residual * (1 + scale * scale) + l1 * weight_sum -
               scale * (squared_targets - target_product) + 0.5 * l2 * (1 + scale * scale) * weight_square;
    };
    while (result.iterations < max_iterations) {
        ++result.iterations;
        double largest_change = 0;
        double largest_weight = 0;
        for (std::size_t j = 0; j < n; ++j) {
            const double length = equations.gram[j * n + j];
            if (equations.is_constant(j) || !(length > 0))
                continue;
            const double previous = w[j];
            const double slope = equations.cross[j] - products[j] + length * previous;
            const double shrunk = std::max(std::abs(slope) - l1, 0.0);
            w[j] = positive && slope < 0 ? 0 : std::copysign(shrunk, slope) / (length + l2);
            if (const double change = w[j] - previous; change != 0) {
                for (std::size_t i = 0; i < n; ++i)
                    products[i] += change * equations.gram[j * n + i];
                largest_change = std::max(largest_change, std::abs(change));
            }
            largest_weight = std::max(largest_weight, std::abs(w[j]));
        }
        // The gap costs as much as a cycle: it is computed when the weights have nearly settled.
        if (largest_weight == 0 || largest_change <= 1e-4 * largest_weight ||
            result.iterations == max_iterations) {
            result.gap = gap();
            result.converged = result.gap <= tolerance || largest_change <= 1e-15 * largest_weight;
            if (result.converged)
                return result;
        }
    }
    return result;
}
} // namespace internal

/// Linear regression with penalties that keep weights small, and make those of useless features zero: the
/// minimum of |y - Xw|^2 / (2 rows) + alpha l1_ratio |w|_1 + alpha (1 - l1_ratio) / 2 |w|^2, not penalising
/// the intercept, as scikit-learn's ElasticNet. A name for the network `input<F> | dense<1>`.
///
/// One pass over the rows, then O(F^2) an iteration. `std::invalid_argument` for arrays and options that do
/// not fit and numbers that are not finite; where the gap is not closed after `max_iterations`, `dual_gap`
/// says how far the weights are from the optimum.
template <std::size_t F = 0, class Value = double>
class elastic_net : public internal::savable<elastic_net<F, Value>> {
public:
    using value_type = Value;
    using options_type = elastic_net_options;
    static constexpr std::size_t features = F;
    using network_type = model<input<F> | dense<1>, Value>;

    elastic_net& fit(const samples& x, const samples& y, const elastic_net_options& options = {}) {
        check(options);
        const observations<Value> inputs(x, F, "fit: X");
        const observations<Value> outputs(y, 1, "fit: y");
        inputs.check_same_rows(outputs);
        moments<F, 1, true> sums;
        sums.add(inputs, outputs, static_cast<const observations<Value>*>(nullptr), options.threads);
        sums.check_finite(inputs, outputs);
        const auto equations = internal::make_equations(sums);
        const auto rows = static_cast<double>(inputs.rows());
        const double squared_targets = sums.product(F, F);
        const auto solution =
            internal::descend(equations, squared_targets, options.alpha * options.l1_ratio * rows,
                              options.alpha * (1 - options.l1_ratio) * rows,
                              options.tolerance * squared_targets, options.max_iterations, options.positive);
        std::vector<Value> parameters;
        double intercept = equations.output_means[0];
        for (std::size_t j = 0; j < F; ++j) {
            parameters.push_back(static_cast<Value>(solution.weights[j]));
            intercept -= solution.weights[j] * equations.input_means[j];
        }
        parameters.push_back(static_cast<Value>(intercept));
        net_.set_weights(parameters);
        iterations_ = solution.iterations;
        gap_ = solution.gap / rows;
        return *this;
    }

    [[nodiscard]] auto coef() const { return internal::coefficients<1>(net_); }    ///< [F]
    [[nodiscard]] auto intercept() const { return internal::intercepts<1>(net_); } ///< a number
    /// [rows]
    [[nodiscard]] auto predict(const samples& x) const { return internal::predictions<1>(net_, x); }
    /// R^2.
    [[nodiscard]] double score(const samples& x, const samples& y) const {
        return internal::r_squared<1>(net_, x, y);
    }
    [[nodiscard]] std::size_t iterations() const noexcept { return iterations_; }
    /// How much the objective may lie above its minimum.
    [[nodiscard]] double dual_gap() const noexcept { return gap_; }
    [[nodiscard]] static std::string description() {
        return internal::concatenate("elastic_net of ", internal::counted(F, "feature"), ", ",
                                     internal::value_name<Value>);
    }
    /// What is saved.
    template <class Self, class Visit>
    static void visit_state(Self& self, Visit& visit) {
        internal::visit_weights(self.net_, visit);
        visit("iterations", self.iterations_);
        visit("the duality gap", self.gap_);
    }

    [[nodiscard]] network_type& network() noexcept { return net_; }
    [[nodiscard]] const network_type& network() const noexcept { return net_; }

private:
    static void check(const elastic_net_options& options) {
        const auto reject = [](const char* name, double value, const char* expected) {
            internal::raise(std::invalid_argument(internal::concatenate(
                "fit: ", name, " is ", internal::number_to_string(value), ", expected ", expected)));
        };
        if (!(options.alpha >= 0) || !internal::is_finite(options.alpha))
            reject("alpha", options.alpha, "0 or more");
        if (!(options.l1_ratio >= 0 && options.l1_ratio <= 1))
            reject("l1_ratio", options.l1_ratio, "a number from 0 to 1");
        if (!(options.tolerance >= 0))
            reject("the tolerance", options.tolerance, "0 or more");
        if (options.max_iterations == 0)
            internal::raise(std::invalid_argument("fit: max_iterations is 0, expected 1 or more"));
    }

    network_type net_;
    std::size_t iterations_ = 0;
    double gap_ = 0;
};

/// `elastic_net{}`: a step of a pipeline, which says how many features there are.
template <class Value>
class elastic_net<0, Value> : public internal::step_without_features<elastic_net<0, Value>> {
public:
    template <std::size_t F>
    [[nodiscard]] elastic_net<F, Value> complete() const {
        return {};
    }
};

/// Elastic net with `l1_ratio` 1: fewer weights that are not zero. It saves and loads as an elastic net.
template <std::size_t F = 0, class Value = double>
class lasso : public elastic_net<F, Value> {
public:
    lasso& fit(const samples& x, const samples& y, elastic_net_options options = {}) {
        options.l1_ratio = 1;
        elastic_net<F, Value>::fit(x, y, options);
        return *this;
    }
};

/// `lasso{}`: a step of a pipeline, which says how many features there are.
template <class Value>
class lasso<0, Value> : public internal::step_without_features<lasso<0, Value>> {
public:
    template <std::size_t F>
    [[nodiscard]] lasso<F, Value> complete() const {
        return {};
    }
};

} // namespace strata::bedrock::inline STRATA_SETTING

namespace strata {
using bedrock::elastic_net;
using bedrock::elastic_net_options;
using bedrock::lasso;
} // namespace strata
