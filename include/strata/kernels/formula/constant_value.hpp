// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/expression/operations.hpp>
#include <strata/expression/term.hpp>
#include <strata/kernels/formula/constant_functions.hpp>
#include <strata/kernels/formula/constant_waves.hpp>
#include <strata/setting.hpp>

namespace strata::bedrock::inline STRATA_SETTING::internal::constants {

template <class Operation>
constexpr auto compute(Operation, double a) requires requires {
    Operation::fold(a);
}
{ return Operation::fold(a); }
template <class Operation>
constexpr auto compute(Operation, double a, double b) requires requires {
    Operation::fold(a, b);
}
{ return Operation::fold(a, b); }
template <class Operation>
constexpr bool compute(Operation, double a, double b) requires operation::is_comparison<Operation> {
    return Operation::holds(a, b);
}
constexpr double compute(operation::divide, double a, double b) { return a / b; }
constexpr double compute(operation::select, bool condition, double a, double b) { return condition ? a : b; }
constexpr double compute(operation::square_root, double a) { return sqrt(a); }
constexpr double compute(operation::exponential, double a) { return exp(a); }
constexpr double compute(operation::exponential_minus_one, double a) { return expm1(a); }
constexpr double compute(operation::logarithm, double a) { return log(a); }
constexpr double compute(operation::logarithm_of_one_plus, double a) { return log1p(a); }
constexpr double compute(operation::hyperbolic_tangent, double a) { return tanh(a); }
constexpr double compute(operation::logistic, double a) { return sigmoid(a); }
constexpr double compute(operation::approximate_hyperbolic_tangent, double a) { return tanh(a); }
constexpr double compute(operation::approximate_logistic, double a) { return sigmoid(a); }
constexpr double compute(operation::error_function, double a) { return erf(a); }
constexpr double compute(operation::sine, double a) { return sin(a); }
constexpr double compute(operation::cosine, double a) { return cos(a); }
template <int Exponent>
constexpr double compute(operation::power<Exponent>, double a) {
    double result = 1;
    for (int i = 0; i < (Exponent < 0 ? -Exponent : Exponent); ++i)
        result *= a;
    return Exponent < 0 ? 1 / result : result;
}

template <class Formula>
struct value_finder {
    static constexpr double find(double x) {
        if constexpr (requires { Formula::value; })
            return Formula::value;
        else
            return x;
    }
};
template <class Operation, class... A>
struct value_finder<apply<Operation, A...>> {
    static constexpr auto find(double x) { return compute(Operation{}, value_finder<A>::find(x)...); }
};

/// The value of a frozen formula of one variable, also in a constant expression.
template <class Formula>
constexpr double value_of(Formula, double x) {
    return value_finder<Formula>::find(x);
}

} // namespace strata::bedrock::inline STRATA_SETTING::internal::constants
