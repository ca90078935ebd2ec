// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/data/estimator.hpp>
#include <strata/layers/dense.hpp>
#include <strata/regression/coefficients.hpp>
#include <strata/regression/least_squares.hpp>
#include <strata/setting.hpp>

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING {

namespace internal {
template <std::size_t F, std::size_t T, class Value, bool Intercept>
struct linear_network {
    using type = model<input<F> | dense<T>, Value>;
};
template <std::size_t F, std::size_t T, class Value>
struct linear_network<F, T, Value, false> {
    using type = model<input<F> | dense<T, no_bias>, Value>;
};
} // namespace internal

/// Linear regression of T targets on F features, exact: `linear_regression<1> reg; reg.fit(X, y);`. A name
/// for the network `input<F> | dense<T>` with the functions that people know from scikit-learn. Ridge
/// regression is `reg.fit(X, y, {.l2 = 1.0})`.
template <std::size_t F = 0, std::size_t T = 1, class Value = double, bool Intercept = true>
class linear_regression : public internal::savable<linear_regression<F, T, Value, Intercept>> {
public:
    using value_type = Value;
    using options_type = least_squares_options;
    static constexpr std::size_t features = F;
    using network_type = typename internal::linear_network<F, T, Value, Intercept>::type;
    static_assert(linear_model<network_type>);

    /// X: [rows, F] or [rows] for one feature; y: [rows, T] or [rows]. See `solve` for errors.
    linear_regression& fit(const samples& x, const samples& y, const least_squares_options& options = {}) {
        solution_ = solve(net_, x, y, options);
        sums_ = {};
        return *this;
    }

    /// Fits all rows that it was given since the last `fit`, of which only sums are kept: for data larger
    /// than memory. The weights of columns that nearly depend on each other have fewer right digits than by
    /// `fit`; see `condition`.
    linear_regression& partial_fit(const samples& x, const samples& y,
                                   const least_squares_options& options = {}) {
        internal::check_penalty(options.l2, "partial_fit");
        observations<Value> inputs(x, F, "partial_fit: X");
        observations<Value> outputs(y, T, "partial_fit: y");
        inputs.check_same_rows(outputs);
        const auto weights = internal::read_weights<Value>(options.sample_weight,
                                                           "partial_fit: the sample weight", inputs, outputs);
        inputs.check_finite(); // before anything is added
        outputs.check_finite();
        auto sums = sums_; // which stay as they are if memory runs out
        least_squares_solution solution;
        sums.add(inputs, outputs, weights.get(), options.threads, sum_origin::near_mean);
        sums.check_finite(inputs, outputs);
        internal::solve_moments(net_, sums, options.l2, internal::worst_condition_of_parts, true, solution);
        sums_ = std::move(sums);
        solution_ = std::move(solution);
        return *this;
    }

    /// [F] for one target, else [T, F].
    [[nodiscard]] auto coef() const { return internal::coefficients<T>(net_); }
    /// A number for one target, else [T].
    [[nodiscard]] auto intercept() const { return internal::intercepts<T>(net_); }
    /// [rows] for one target, else [rows, T].
    [[nodiscard]] auto predict(const samples& x) const { return internal::predictions<T>(net_, x); }
    /// R^2, the mean over the targets: 1 is perfect, 0 as good as the mean.
    [[nodiscard]] double score(const samples& x, const samples& y) const {
        return internal::r_squared<T>(net_, x, y);
    }

    [[nodiscard]] std::size_t rank() const noexcept { return solution_.rank; }
    [[nodiscard]] std::vector<double> singular_values() const { return solution_.singular_values(); }
    [[nodiscard]] double condition() const noexcept { return solution_.condition; }
    [[nodiscard]] const least_squares_solution& solution() const noexcept { return solution_; }

    [[nodiscard]] static std::string description() {
        return internal::concatenate("linear_regression of ", internal::counted(F, "feature"), ", ",
                                     internal::counted(T, "target"), ", ", internal::value_name<Value>,
                                     Intercept ? "" : ", without an intercept");
    }
    /// What is saved: the weights, what is known of them, and the sums to which `partial_fit` adds.
    template <class Self, class Visit>
    static void visit_state(Self& self, Visit& visit) {
        internal::visit_weights(self.net_, visit);
        least_squares_solution::visit_state<F, T>(self.solution_, visit);
        internal::model_moments<network_type>::visit_state(self.sums_, visit);
    }

    [[nodiscard]] network_type& network() noexcept { return net_; }
    [[nodiscard]] const network_type& network() const noexcept { return net_; }

private:
    network_type net_;
    least_squares_solution solution_;
    internal::model_moments<network_type> sums_;
};

/// `linear_regression{}`: a step of a pipeline, which says how many features there are.
template <std::size_t T, class Value, bool Intercept>
class linear_regression<0, T, Value, Intercept>
    : public internal::step_without_features<linear_regression<0, T, Value, Intercept>> {
public:
    template <std::size_t F>
    [[nodiscard]] linear_regression<F, T, Value, Intercept> complete() const {
        return {};
    }
};

} // namespace strata::bedrock::inline STRATA_SETTING

namespace strata {
using bedrock::linear_regression;
} // namespace strata
