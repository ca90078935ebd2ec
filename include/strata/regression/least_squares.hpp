// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/raise.hpp>
#include <strata/regression/normal_equations.hpp>
#include <strata/regression/one_layer.hpp>
#include <strata/regression/orthogonal.hpp>
#include <strata/setting.hpp>

#include <cmath>
#include <cstddef>
#include <memory>
#include <stdexcept>
#include <vector>

namespace strata::inline STRATA_SETTING {

struct least_squares_options {
    double l2 = 0; ///< ridge: the penalty on the sum of the squared weights, without the intercept
    samples sample_weight = {}; ///< one for each row, not below zero
    std::size_t threads = 0;    ///< 0: as many as OpenMP would start
};

/// How a least-squares problem was solved.
enum class least_squares_method {
    normal_equations,   ///< by Cholesky, in one pass over the data
    orthogonal_factors, ///< QR with refinement
    singular_values,    ///< the solution of minimum norm, where the columns depend on each other
    eigenvalues,        ///< the same from the normal equations alone, where the rows are gone
};

/// What is known of a solution beside the weights themselves.
class least_squares_solution {
public:
    std::size_t rows = 0;
    /// How many of the inputs (centred, with an intercept) are independent.
    std::size_t rank = 0;
    /// An estimate of the condition number of the inputs scaled to the same length.
    double condition = 0;
    least_squares_method method = least_squares_method::normal_equations;

    /// The singular values of the (centred) inputs, descending: min(rows, inputs) of them. O(inputs^3).
    [[nodiscard]] std::vector<double> singular_values() const {
        auto values = singular_values_.empty() ? internal::singular_values_of(equations_) : singular_values_;
        values.resize(std::min(rows, values.size()));
        return values;
    }

    /// Made by the functions that solve.
    least_squares_solution() = default;
    least_squares_solution(internal::normal_equations equations, std::vector<double> singular_values,
                           std::size_t of_rank, double of_condition, least_squares_method by)
        : rows(equations.rows),
          rank(of_rank),
          condition(of_condition),
          method(by),
          equations_(std::move(equations)),
          singular_values_(std::move(singular_values)) {}

private:
    internal::normal_equations equations_;
    std::vector<double> singular_values_;
};

namespace internal {
template <class Model>
using moments_of = moments<only_stage_of<Model>::inputs, only_stage_of<Model>::outputs, has_intercept<Model>>;

template <class Model>
void set_linear_weights(Model& net, const std::vector<long double>& weights,
                        const std::vector<long double>& input_means,
                        const std::vector<long double>& output_means) {
    using only = only_stage_of<Model>;
    using value = typename Model::value_type;
    std::vector<value> all(Model::parameter_count);
    for (std::size_t t = 0; t < only::outputs; ++t) {
        long double intercept = output_means[t];
        for (std::size_t j = 0; j < only::inputs; ++j) {
            const long double weight = weights[t * only::inputs + j];
            all[j * only::outputs + t] = static_cast<value>(weight);
            intercept -= weight * input_means[j];
        }
        if constexpr (has_intercept<Model>)
            all[only::inputs * only::outputs + t] = static_cast<value>(intercept);
    }
    net.set_weights(all);
}

inline std::vector<long double> extended(const std::vector<double>& values) {
    return {values.begin(), values.end()};
}

inline void check_penalty(double l2) {
    if (!(l2 >= 0) || !std::isfinite(l2))
        raise(std::invalid_argument(
            concatenate("fit: the penalty l2 is ", number_to_string(l2), ", expected 0 or more")));
}

/// The condition number up to which the normal equations lose no more than some six digits of sixteen.
inline constexpr double worst_condition = 1000;

/// From the moments alone: Cholesky up to that condition number, or eigenvalues beyond it if `anyway`.
/// Returns whether the network was given weights.
template <class Model>
bool solve_moments(Model& net, const moments_of<Model>& from, double l2, double worst, bool anyway,
                   least_squares_solution& solution) {
    auto equations = equations_of(from);
    auto found = solve_by_cholesky(equations, l2, worst);
    auto method = least_squares_method::normal_equations;
    if (found.weights.empty()) {
        if (!anyway)
            return false;
        found = solve_by_eigenvalues(equations, l2);
        method = least_squares_method::eigenvalues;
    }
    set_linear_weights(net, extended(found.weights), extended(equations.input_means),
                       extended(equations.output_means));
    solution = {std::move(equations), {}, found.rank, found.condition, method};
    return true;
}

template <class Model, class Value>
least_squares_solution solve_rows(Model& net, const observations<Value>& x, const observations<Value>& y,
                                  const observations<Value>* weights, const moments_of<Model>& sums,
                                  double l2) {
    const centred_columns<Value> columns(x, y, weights, has_intercept<Model>);
    orthogonal_solution found;
    if (l2 == 0)
        found = solve_by_factors(columns);
    auto method = least_squares_method::orthogonal_factors;
    if (!found.has_full_rank) {
        found = solve_by_singular_values(columns, l2);
        method = least_squares_method::singular_values;
    }
    set_linear_weights(net, found.weights, columns.input_means, columns.output_means);
    return {equations_of(sums), std::move(found.singular_values), found.rank, found.condition, method};
}
} // namespace internal

/// Gives a linear model the weights that minimise the sum over rows of weight * |y - prediction|^2, plus
/// l2 * the sum of the squared weights. x: [rows, inputs...], y: [rows, outputs] or [rows].
///
/// One pass makes the normal equations, O(rows (inputs + outputs)^2). Where their condition number shows that
/// they would lose digits, the rows are factored instead, which takes twice the time and a copy of them.
/// Where inputs depend on each other, or outnumber the rows, the answer is the one of minimum norm, as in
/// scikit-learn. `std::invalid_argument` for arrays that do not fit, for numbers that are not finite (named),
/// and for negative weights.
template <linear_model Model>
least_squares_solution solve(Model& net, const samples& x, const samples& y,
                             const least_squares_options& options = {}) {
    using value = typename Model::value_type;
    using only = internal::only_stage_of<Model>;
    static_assert(!only::layer::kernel_regularizer.active(),
                  "strata: solve takes its penalty as an option, l2, not from the layer");
    internal::check_penalty(options.l2);
    const observations<value> inputs(x, only::inputs, "fit: X");
    const observations<value> outputs(y, only::outputs, "fit: y");
    inputs.check_same_rows(outputs);
    std::unique_ptr<const observations<value>> weights;
    if (!options.sample_weight.empty()) {
        weights =
            std::make_unique<const observations<value>>(options.sample_weight, 1, "fit: the sample weight");
        inputs.check_same_rows(*weights);
        internal::check_weights(*weights);
    }
    internal::moments_of<Model> sums;
    sums.add(inputs, outputs, weights.get(), options.threads);
    if (!sums.is_finite()) {
        inputs.check_finite();
        outputs.check_finite();
        internal::raise(
            std::invalid_argument("fit: the numbers are so large that their squares are infinite"));
    }
    // Of a small problem the last digits are cheap.
    const bool is_small = inputs.rows() * (only::inputs + only::outputs) <= 20'000;
    const double worst = is_small ? 4 : internal::worst_condition;
    least_squares_solution solution;
    if (!internal::solve_moments(net, sums, options.l2, worst, false, solution))
        solution = internal::solve_rows(net, inputs, outputs, weights.get(), sums, options.l2);
    return solution;
}

} // namespace strata::inline STRATA_SETTING
