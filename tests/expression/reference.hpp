// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/expression/operators.hpp>

#include <cmath>
#include <limits>
#include <string_view>

/// What a formula means, by the standard library in double, independent of the library's evaluation.
namespace reference {

using namespace strata::bedrock;

inline double compute(operation::add, double a, double b) { return a + b; }
inline double compute(operation::subtract, double a, double b) { return a - b; }
inline double compute(operation::multiply, double a, double b) { return a * b; }
inline double compute(operation::divide, double a, double b) { return a / b; }
inline double compute(operation::minimum, double a, double b) { return std::fmin(a, b); }
inline double compute(operation::maximum, double a, double b) { return std::fmax(a, b); }
inline double compute(operation::negate, double a) { return -a; }
inline double compute(operation::absolute, double a) { return std::fabs(a); }
inline double compute(operation::sign, double a) { return a == 0 ? 0.0 : std::copysign(1.0, a); }
inline double compute(operation::square, double a) { return a * a; }
inline double compute(operation::square_root, double a) { return std::sqrt(a); }
template <int Exponent>
double compute(operation::power<Exponent>, double a) {
    return std::pow(a, Exponent);
}
inline double compute(operation::exponential, double a) { return std::exp(a); }
inline double compute(operation::exponential_minus_one, double a) { return std::expm1(a); }
inline double compute(operation::logarithm, double a) { return std::log(a); }
inline double compute(operation::logarithm_of_one_plus, double a) { return std::log1p(a); }
inline double compute(operation::hyperbolic_tangent, double a) { return std::tanh(a); }
inline double compute(operation::logistic, double a) { return 0.5 * (1 + std::tanh(0.5 * a)); }
inline double compute(operation::approximate_hyperbolic_tangent, double a) { return std::tanh(a); }
inline double compute(operation::approximate_logistic, double a) { return 0.5 * (1 + std::tanh(0.5 * a)); }
inline double compute(operation::error_function, double a) { return std::erf(a); }
inline double compute(operation::sine, double a) { return std::sin(a); }
inline double compute(operation::cosine, double a) { return std::cos(a); }

inline bool holds(operation::less, double a, double b) { return a < b; }
inline bool holds(operation::less_equal, double a, double b) { return a <= b; }
inline bool holds(operation::greater, double a, double b) { return a > b; }
inline bool holds(operation::greater_equal, double a, double b) { return a >= b; }
inline bool holds(operation::equal, double a, double b) { return a == b; }
inline bool holds(operation::not_equal, double a, double b) { return a != b; }

/// The value of a formula, frozen or not, given the number of each name.
template <term Formula, class Numbers>
double value(Formula formula, const Numbers& number_of) {
    if constexpr (std::same_as<Formula, literal>)
        return formula.number.value();
    else if constexpr (requires { Formula::value; })
        return Formula::value;
    else if constexpr (requires { Formula::name; })
        return number_of(Formula::name.view());
    else if constexpr (requires { formula.third; }) {
        const auto condition = formula.first;
        return holds(typename decltype(formula.first)::operation{}, value(condition.first, number_of),
                     value(condition.second, number_of))
                   ? value(formula.second, number_of)
                   : value(formula.third, number_of);
    } else if constexpr (requires { formula.second; })
        return compute(typename Formula::operation{}, value(formula.first, number_of),
                       value(formula.second, number_of));
    else
        return compute(typename Formula::operation{}, value(formula.first, number_of));
}

/// The value of a formula where every variable is that number.
template <term Formula>
double value_at(Formula formula, double number) {
    return value(formula, [number](std::string_view) { return number; });
}

/// The derivative by differences of fourth order, for formulas that are smooth around the point.
template <term Formula>
double slope_at(Formula formula, double point) {
    constexpr double step = 0x1p-10;
    const auto value_near = [&](double steps) { return value_at(formula, point + steps * step); };
    return (8 * (value_near(1) - value_near(-1)) - (value_near(2) - value_near(-2))) / (12 * step);
}

/// The error relative to the wanted value, or to 1e-3 where that is smaller. Equal infinities and two NaNs
/// agree.
inline double error(double found, double wanted) {
    if (found == wanted || (std::isnan(found) && std::isnan(wanted)))
        return 0;
    const double difference = std::fabs(found - wanted) / std::fmax(1e-3, std::fabs(wanted));
    return std::isnan(difference) ? std::numeric_limits<double>::infinity() : difference;
}

} // namespace reference
