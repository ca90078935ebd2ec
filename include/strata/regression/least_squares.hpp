// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/expression/finite.hpp>
#include <strata/raise.hpp>
#include <strata/regression/normal_equations.hpp>
#include <strata/regression/one_layer.hpp>
#include <strata/regression/orthogonal.hpp>
#include <strata/regression/refined_equations.hpp>
#include <strata/setting.hpp>

#include <cstddef>
#include <stdexcept>
#include <type_traits>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING {

struct least_squares_options {
    double l2 = 0; ///< ridge: the penalty on the sum of the squared weights, without the intercept
    samples sample_weight = {}; ///< one for each row, not below zero; a row of weight zero is as if absent
    std::size_t threads = 0;    ///< 0: as many as OpenMP would start
};

/// How a least-squares problem was solved.
enum class least_squares_method {
    normal_equations,   ///< by Cholesky, in one pass over the data
    orthogonal_factors, ///< QR with refinement
    singular_values,    ///< the solution of minimum norm, where the columns depend on each other
    eigenvalues,        ///< the same from the normal equations alone, where the rows are no longer there
};

/// What is known of a solution beside the weights themselves.
class least_squares_solution {
public:
    std::size_t rows = 0;
    /// How many of the inputs (centred, with an intercept) are independent.
    std::size_t rank = 0;
    /// An estimate of the condition number: of the inputs scaled to the same length, or, by singular values,
    /// of the inputs as they are.
    double condition = 0;
    least_squares_method method = least_squares_method::normal_equations;

    /// The singular values of the (centred) inputs, descending: min(rows, inputs) of them. O(inputs^3). Where
    /// the inputs depend on each other nearly or wholly, and `partial_fit` or a penalty left their products
    /// alone, those below 1e-8 of the largest have no right digit.
    [[nodiscard]] std::vector<double> singular_values() const {
        auto values =
            singular_values_.empty() ? internal::compute_singular_values(equations_) : singular_values_;
        values.resize(std::min(rows, values.size()));
        return values;
    }

    /// The functions that solve make one.
    least_squares_solution() = default;
    least_squares_solution(internal::normal_equations equations, std::vector<double> singular_values,
                           std::size_t input_rank, double input_condition, least_squares_method chosen_method)
        : rows(equations.rows),
          rank(input_rank),
          condition(input_condition),
          method(chosen_method),
          equations_(std::move(equations)),
          singular_values_(std::move(singular_values)) {}

    /// Visits what is known, of F inputs and T outputs.
    template <std::size_t F, std::size_t T, class Self, class Visit>
    static void visit_state(Self& self, Visit& visit) {
        auto& equations = self.equations_;
        bool is_solved = equations.inputs > 0;
        visit("rows", self.rows);
        visit("independent inputs", self.rank);
        visit("the condition number", self.condition);
        visit("the method of the solution", self.method, least_squares_method::eigenvalues);
        visit("singular values", self.singular_values_);
        visit("whether there is a solution", is_solved);
        const std::size_t inputs = is_solved ? F : 0;
        const std::size_t outputs = is_solved ? T : 0;
        visit("rows of the equations", equations.rows);
        visit("the weight of the equations", equations.weight);
        visit("products of inputs", equations.gram, inputs * inputs);
        visit("products of inputs and outputs", equations.cross, inputs * outputs);
        visit("means of inputs", equations.input_means, inputs);
        visit("means of outputs", equations.output_means, outputs);
        if constexpr (!std::is_const_v<Self>) {
            equations.inputs = inputs;
            equations.outputs = outputs;
        }
    }

private:
    internal::normal_equations equations_;
    std::vector<double> singular_values_;
};

namespace internal {
template <class Model>
using model_moments =
    moments<single_stage<Model>::inputs, single_stage<Model>::outputs, has_intercept<Model>>;

template <class Model>
void set_linear_weights(Model& net, const std::vector<long double>& weights,
                        const std::vector<long double>& input_means,
                        const std::vector<long double>& output_means) {
    using stage_type = single_stage<Model>;
    using value = typename Model::value_type;
    std::vector<value> parameters(Model::parameter_count);
    for (std::size_t t = 0; t < stage_type::outputs; ++t) {
        long double intercept = output_means[t];
        for (std::size_t j = 0; j < stage_type::inputs; ++j) {
            const long double weight = weights[t * stage_type::inputs + j];
            parameters[j * stage_type::outputs + t] = static_cast<value>(weight);
            intercept -= weight * input_means[j];
        }
        if constexpr (has_intercept<Model>)
            parameters[stage_type::inputs * stage_type::outputs + t] = static_cast<value>(intercept);
    }
    net.set_weights(parameters);
}

inline std::vector<long double> widen(const std::vector<double>& values) {
    return {values.begin(), values.end()};
}

inline void check_penalty(double l2, const char* call = "fit") {
    if (!(l2 >= 0) || !internal::is_finite(l2))
        raise(std::invalid_argument(
            concatenate(call, ": the penalty l2 is ", number_to_string(l2), ", expected 0 or more")));
}

/// The condition number up to which the normal equations are used: they lose some six digits of sixteen
/// there.
inline constexpr double worst_condition = 1000;
/// And that from which on a solution by sums alone is refined; below, three digits at most are lost.
inline constexpr double refined_condition = 30;

/// Solves from the moments alone: by Cholesky up to the condition number `max_condition`, and beyond it by
/// eigenvalues if there is nothing else, `only_sums`, which is also when a solution is refined. Returns
/// whether the network was given weights.
template <class Model>
bool solve_moments(Model& net, const model_moments<Model>& sums, double l2, double max_condition,
                   bool only_sums, least_squares_solution& solution) {
    auto equations = make_equations(sums);
    auto result = solve_by_cholesky(equations, l2, max_condition);
    if (only_sums && result.condition > refined_condition)
        refine(equations, make_rests(sums), l2, result);
    auto method = least_squares_method::normal_equations;
    if (result.weights.empty()) {
        if (!only_sums)
            return false;
        result = solve_by_eigenvalues(equations, l2);
        method = least_squares_method::eigenvalues;
    }
    set_linear_weights(net, widen(result.weights), widen(equations.input_means),
                       widen(equations.output_means));
    solution = {std::move(equations), {}, result.rank, result.condition, method};
    return true;
}

/// Solves from the rows: by QR, of the penalty's as well where there is one, or by singular values where the
/// columns have not full rank.
template <class Model, class Value>
least_squares_solution solve_rows(Model& net, const observations<Value>& x, const observations<Value>& y,
                                  const observations<Value>* weights, const model_moments<Model>& sums,
                                  double l2) {
    const centred_columns<Value> columns(x, y, weights, has_intercept<Model>);
    orthogonal_solution result;
    auto method = least_squares_method::orthogonal_factors;
    const auto solve_columns = [&](auto& some) {
        result = solve_by_factors(some);
        if (!result.has_full_rank) {
            result = solve_by_singular_values(some);
            method = least_squares_method::singular_values;
        }
    };
    if (l2 > 0) {
        penalised_columns<Value> penalised(columns, l2);
        solve_columns(penalised);
    } else
        solve_columns(columns);
    set_linear_weights(net, result.weights, columns.input_means, columns.output_means);
    return {make_equations(sums), std::move(result.singular_values), result.rank, result.condition, method};
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
    using stage_type = internal::single_stage<Model>;
    static_assert(!stage_type::layer::kernel_regularizer.active(),
                  "strata: solve takes its penalty as an option, l2, not from the layer");
    internal::check_penalty(options.l2);
    observations<value> inputs(x, stage_type::inputs, "fit: X", Model::input_shape.extents);
    observations<value> outputs(y, stage_type::outputs, "fit: y");
    inputs.check_same_rows(outputs);
    const auto weights =
        internal::read_weights<value>(options.sample_weight, "fit: the sample weight", inputs, outputs);
    internal::model_moments<Model> sums;
    sums.add(inputs, outputs, weights.get(), options.threads);
    sums.check_finite(inputs, outputs);
    // A small problem is solved so fast that the last digits are worth the slower way.
    const bool is_small = inputs.rows() * (stage_type::inputs + stage_type::outputs) <= 20'000;
    const double max_condition = is_small ? 4 : internal::worst_condition;
    least_squares_solution solution;
    if (!internal::solve_moments(net, sums, options.l2, max_condition, false, solution))
        solution = internal::solve_rows(net, inputs, outputs, weights.get(), sums, options.l2);
    return solution;
}

} // namespace strata::bedrock::inline STRATA_SETTING

namespace strata {
using bedrock::least_squares_method;
using bedrock::least_squares_options;
using bedrock::least_squares_solution;
using bedrock::solve;
} // namespace strata
