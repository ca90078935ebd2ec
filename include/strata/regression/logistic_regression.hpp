// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/data/estimator.hpp>
#include <strata/layers/dense.hpp>
#include <strata/layers/softmax.hpp>
#include <strata/raise.hpp>
#include <strata/regression/class_likelihood.hpp>
#include <strata/regression/coefficients.hpp>
#include <strata/regression/newton.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <string>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING {

struct logistic_options {
    double C = 1;               ///< the weight of the data against the penalty; infinity: no penalty
    samples sample_weight = {}; ///< one for each row, not below zero; a row of weight zero is as if absent
    double tolerance = 1e-14;   ///< how much of the objective's value the next step may still promise
    std::size_t max_iterations = 100;
};

struct logistic_solution {
    std::size_t iterations = 0;
};

namespace internal {
// One output, a sigmoid, stands for two classes.
template <class Model>
inline constexpr std::size_t class_count = std::max<std::size_t>(Model::output_size, 2);

/// The logits of a row by weights [K][features + 1], or of two classes, of which the first has 0, by
/// [features + 1].
inline std::vector<double> logits_of_row(const labelled_rows& data, std::size_t row,
                                         const std::vector<double>& weights) {
    const std::size_t size = data.features + 1;
    std::vector<double> result(weights.size() == size, 0.0);
    for (std::size_t k = 0; k < weights.size() / size; ++k)
        result.push_back(std::inner_product(data.row(row), data.row(row) + size,
                                            weights.begin() + static_cast<std::ptrdiff_t>(k * size), 0.0));
    return result;
}

/// Whether a plane separates the classes, rows upon it aside, so that no weights are best (Albert and
/// Anderson 1984), by where Newton's method ended.
[[gnu::cold, gnu::noinline]] inline bool are_separated(const labelled_rows& data, const newton_result& result,
                                                       const std::vector<double>& point) {
    std::vector<std::size_t> rows(data.rows);
    std::iota(rows.begin(), rows.end(), std::size_t{0});
    // Near an optimum steps vanish; those that go on for ever move the logits of rows beside the plane by
    // one.
    const auto moves = [&](std::size_t row) {
        const auto change = logits_of_row(data, row, result.last_step);
        const auto [lowest, highest] = std::minmax_element(change.begin(), change.end());
        return *highest - *lowest > 0.5;
    };
    const auto is_told = [&](std::size_t row) {
        const auto logits = logits_of_row(data, row, point);
        return logits[static_cast<std::size_t>(data.labels[row])] ==
               *std::max_element(logits.begin(), logits.end());
    };
    return result.converged ? std::any_of(rows.begin(), rows.end(), moves)
                            : std::all_of(rows.begin(), rows.end(), is_told);
}
} // namespace internal

/// Gives a network `input<F> | dense<1> | sigmoid` or `input<F> | dense<K> | softmax` the weights that
/// minimise C * the weighted sum of the cross-entropies + 1/2 the sum of the squared weights (not of the
/// intercepts), as scikit-learn's LogisticRegression does. labels: [rows], classes from 0.
///
/// By Newton's method, O(rows (K F)^2 + (K F)^3) an iteration, a few of them. `std::invalid_argument` for
/// arrays and labels that do not fit and numbers that are not finite; `std::runtime_error` where there is no
/// optimum: without a penalty, classes that a plane separates, rows upon it aside, drive the weights to
/// infinity. A class of a softmax that no row has gets weights of zero and an intercept that leaves it no
/// chance on these rows.
template <class Model>
    requires(logistic_model<Model> || softmax_model<Model>)
logistic_solution solve(Model& net, const samples& x, const samples& labels,
                        const logistic_options& options = {}) {
    using value = typename Model::value_type;
    constexpr std::size_t features = Model::input_size;
    constexpr std::size_t classes = internal::class_count<Model>;
    constexpr std::size_t outputs = Model::output_size;
    if (!(options.C > 0))
        internal::raise(std::invalid_argument(internal::concatenate(
            "fit: C is ", internal::number_to_string(options.C), ", expected more than 0")));
    observations<value> rows(x, features, "fit: X", Model::input_shape.extents);
    observations<double> targets(labels, 1, "fit: y");
    rows.check_same_rows(targets);
    const auto weights =
        internal::read_weights<double>(options.sample_weight, "fit: the sample weight", rows, targets);
    internal::labelled_rows data(rows, targets, weights.get(), classes, has_intercept<Model>);
    const double penalty = 1 / options.C;

    std::vector<double> point(outputs * (features + 1), 0.0);
    const auto minimise = [&](const auto& likelihood) {
        const auto optimum =
            internal::minimise_by_newton(likelihood, point, options.tolerance, options.max_iterations);
        const bool separated = penalty == 0 && internal::are_separated(data, optimum, point);
        if (!optimum.converged || separated)
            internal::raise(std::runtime_error(internal::concatenate(
                "fit: no optimum after ", optimum.iterations, " iterations",
                separated ? ": a plane separates the classes, the weights grow without end; a finite C has "
                            "an optimum"
                          : "")));
        return optimum.iterations;
    };
    std::size_t iterations = 0;
    if constexpr (logistic_model<Model>)
        iterations = minimise(internal::logistic_likelihood(data, penalty));
    else {
        const auto present = data.number_classes(classes);
        point.resize(present.size() * (features + 1));
        iterations = minimise(internal::softmax_likelihood(data, present.size(), penalty));
        point = internal::add_absent_classes(data, present, classes, point);
    }

    std::vector<value> parameters(Model::parameter_count);
    for (std::size_t k = 0; k < outputs; ++k) {
        double intercept = point[k * (features + 1) + features];
        for (std::size_t j = 0; j < features; ++j) {
            const double weight = point[k * (features + 1) + j] / data.scales[j];
            parameters[j * outputs + k] = static_cast<value>(weight);
            intercept -= weight * data.means[j];
        }
        if constexpr (has_intercept<Model>)
            parameters[features * outputs + k] = static_cast<value>(intercept);
    }
    net.set_weights(parameters);
    return {iterations};
}

namespace internal {
/// What logistic and softmax regression share: an estimator around a one-layer network of classes.
template <class Network>
class class_estimator : public savable<class_estimator<Network>> {
public:
    using network_type = Network;
    using value_type = typename Network::value_type;
    using options_type = logistic_options;
    static constexpr std::size_t features = Network::input_size;
    static constexpr std::size_t classes = class_count<Network>;

    /// X: [rows, F]; labels: [rows], classes from 0. See `solve` for errors.
    class_estimator& fit(const samples& x, const samples& labels, const logistic_options& options = {}) {
        iterations_ = solve(net_, x, labels, options).iterations;
        return *this;
    }

    /// [F] for two classes by a sigmoid, else [K, F].
    [[nodiscard]] auto coef() const { return coefficients<Network::output_size>(net_); }
    /// A number for two classes by a sigmoid, else [K].
    [[nodiscard]] auto intercept() const { return intercepts<Network::output_size>(net_); }

    /// [rows, classes].
    [[nodiscard]] auto predict_probability(const samples& x) const {
        const auto outputs = predictions<Network::output_size>(net_, x);
        const std::size_t rows = outputs.size() / Network::output_size;
        auto result = xt::xtensor<value_type, 2>::from_shape({rows, classes});
        for (std::size_t i = 0; i < rows; ++i)
            for (std::size_t k = 0; k < classes; ++k)
                if constexpr (Network::output_size == 1)
                    result(i, k) = k == 1 ? outputs(i) : 1 - outputs(i);
                else
                    result(i, k) = outputs(i, k);
        return result;
    }
    /// The most probable class of each row, the first of equal ones: [rows]. Throws `std::invalid_argument`
    /// for X that is not finite, of which no class is the most probable.
    [[nodiscard]] xt::xtensor<std::int32_t, 1> predict(const samples& x) const {
        observations<value_type>(x, features, "predict: X").check_finite();
        const auto p = predict_probability(x);
        auto result = xt::xtensor<std::int32_t, 1>::from_shape({p.shape(0)});
        for (std::size_t i = 0; i < p.shape(0); ++i) {
            result(i) = 0;
            for (std::size_t k = 1; k < classes; ++k)
                if (p(i, k) > p(i, static_cast<std::size_t>(result(i))))
                    result(i) = static_cast<std::int32_t>(k);
        }
        return result;
    }
    /// The accuracy: the share of rows whose class is predicted.
    [[nodiscard]] double score(const samples& x, const samples& labels) const {
        const auto predicted = predict(x);
        const observations<double> targets(labels, 1, "score: y");
        if (targets.rows() != predicted.size())
            raise(std::invalid_argument(
                concatenate("score: X has ", predicted.size(), " rows, y has ", targets.rows())));
        std::size_t correct = 0;
        for (std::size_t i = 0; i < predicted.size(); ++i)
            correct += static_cast<double>(predicted(i)) == *targets.row(i);
        return static_cast<double>(correct) / static_cast<double>(predicted.size());
    }

    [[nodiscard]] std::size_t iterations() const noexcept { return iterations_; }

    [[nodiscard]] static std::string description() {
        if constexpr (Network::output_size == 1)
            return concatenate("logistic_regression of ", counted(features, "feature"), ", ",
                               value_name<value_type>);
        else
            return concatenate("softmax_regression of ", counted(features, "feature"), ", ", classes,
                               " classes, ", value_name<value_type>);
    }
    /// What is saved.
    template <class Self, class Visit>
    static void visit_state(Self& self, Visit& visit) {
        visit_weights(self.net_, visit);
        visit("iterations", self.iterations_);
    }

    [[nodiscard]] network_type& network() noexcept { return net_; }
    [[nodiscard]] const network_type& network() const noexcept { return net_; }

private:
    network_type net_;
    std::size_t iterations_ = 0;
};
} // namespace internal

/// Two classes by F features: a name for the network `input<F> | dense<1> | sigmoid`, solved exactly.
template <std::size_t F = 0, class Value = double>
class logistic_regression : public internal::class_estimator<model<input<F> | dense<1> | sigmoid, Value>> {};

/// `logistic_regression{}`: a step of a pipeline, which says how many features there are.
template <class Value>
class logistic_regression<0, Value> : public internal::step_without_features<logistic_regression<0, Value>> {
public:
    template <std::size_t F>
    [[nodiscard]] logistic_regression<F, Value> complete() const {
        return {};
    }
};

/// K classes by F features: a name for the network `input<F> | dense<K> | softmax`, solved exactly.
template <std::size_t F, std::size_t K = 0, class Value = double>
class softmax_regression : public internal::class_estimator<model<input<F> | dense<K> | softmax, Value>> {};

/// `softmax_regression<K>{}`: a step of a pipeline, which says how many features there are.
template <std::size_t K, class Value>
class softmax_regression<K, 0, Value>
    : public internal::step_without_features<softmax_regression<K, 0, Value>> {
public:
    template <std::size_t F>
    [[nodiscard]] softmax_regression<F, K, Value> complete() const {
        return {};
    }
};

} // namespace strata::bedrock::inline STRATA_SETTING

namespace strata {
using bedrock::logistic_options;
using bedrock::logistic_regression;
using bedrock::logistic_solution;
using bedrock::softmax_regression;
using bedrock::solve;
} // namespace strata
