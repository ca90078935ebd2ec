// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/expression/simplify.hpp>
#include <strata/setting.hpp>

#include <concepts>

namespace strata::bedrock::inline STRATA_SETTING {

template <term Formula, text Name, int Index>
constexpr auto derivative(Formula formula, variable_term<Name, Index> unknown);

namespace detail {
// Each rule gives the derivative of an operation, from its arguments (a, b) and their derivatives (da, db).
// At a kink the derivative is that of the branch which `select` would take: `max(x, 0)` has the derivative 0
// at 0, as in Keras.
template <term A, term B, term DA, term DB>
constexpr auto differentiate(operation::add op, A, B, DA da, DB db) {
    return simplified(op, da, db);
}
template <term A, term B, term DA, term DB>
constexpr auto differentiate(operation::subtract op, A, B, DA da, DB db) {
    return simplified(op, da, db);
}
template <term A, term B, term DA, term DB>
constexpr auto differentiate(operation::multiply op, A a, B b, DA da, DB db) {
    return simplified(operation::add{}, simplified(op, da, b), simplified(op, a, db));
}
template <term A, term B, term DA, term DB>
constexpr auto differentiate(operation::divide op, A a, B b, DA da, DB db) {
    constexpr operation::multiply times;
    return simplified(operation::subtract{}, simplified(op, da, b),
                      simplified(times, simplified(op, simplified(op, a, b), b), db));
}
template <term A, term DA>
constexpr auto differentiate(operation::negate op, A, DA da) {
    return simplified(op, da);
}
template <term A, term B, term DA, term DB>
constexpr auto differentiate(operation::minimum, A a, B b, DA da, DB db) {
    return simplified(operation::select{}, detail::make<operation::less>(a, b), da, db);
}
template <term A, term B, term DA, term DB>
constexpr auto differentiate(operation::maximum, A a, B b, DA da, DB db) {
    return simplified(operation::select{}, detail::make<operation::greater>(a, b), da, db);
}

// For the other operations, `outer` gives the derivative by the argument, and the chain rule does the rest.
template <term A>
constexpr auto outer(operation::absolute, A a) {
    return simplified(operation::sign{}, a);
}
template <term A>
constexpr auto outer(operation::sign, A) {
    return constant<0.0>;
}
template <term A>
constexpr auto outer(operation::square, A a) {
    return simplified(operation::multiply{}, constant<2.0>, a);
}
template <term A>
constexpr auto outer(operation::square_root op, A a) {
    return simplified(operation::divide{}, constant<0.5>, simplified(op, a));
}
template <int Exponent, term A>
constexpr auto outer(operation::power<Exponent>, A a) {
    return simplified(operation::multiply{}, constant<static_cast<double>(Exponent)>,
                      simplified(operation::power<Exponent - 1>{}, a));
}
template <term A>
constexpr auto outer(operation::exponential op, A a) {
    return simplified(op, a);
}
template <term A>
constexpr auto outer(operation::exponential_minus_one op, A a) {
    return simplified(operation::add{}, simplified(op, a), constant<1.0>);
}
template <term A>
constexpr auto outer(operation::logarithm, A a) {
    return simplified(operation::divide{}, constant<1.0>, a);
}
template <term A>
constexpr auto outer(operation::logarithm_of_one_plus, A a) {
    return simplified(operation::divide{}, constant<1.0>, simplified(operation::add{}, constant<1.0>, a));
}
// Approximations have the slopes of what they approximate, as formulas of their own results.
template <class Operation>
inline constexpr bool is_tangent = std::same_as<Operation, operation::hyperbolic_tangent> ||
                                   std::same_as<Operation, operation::approximate_hyperbolic_tangent>;
template <class Operation>
inline constexpr bool is_logistic =
    std::same_as<Operation, operation::logistic> || std::same_as<Operation, operation::approximate_logistic>;

template <class Operation, term A>
    requires is_tangent<Operation>
constexpr auto outer(Operation op, A a) {
    return simplified(operation::subtract{}, constant<1.0>,
                      simplified(operation::square{}, simplified(op, a)));
}
template <class Operation, term A>
    requires is_logistic<Operation>
constexpr auto outer(Operation op, A a) {
    const auto value = simplified(op, a);
    return simplified(operation::multiply{}, value, simplified(operation::subtract{}, constant<1.0>, value));
}
template <term A>
constexpr auto outer(operation::error_function, A a) {
    constexpr double two_over_root_pi = 1.1283791670955125739;
    return simplified(operation::multiply{}, constant<two_over_root_pi>,
                      simplified(operation::exponential{},
                                 simplified(operation::negate{}, simplified(operation::square{}, a))));
}
template <term A>
constexpr auto outer(operation::sine, A a) {
    return simplified(operation::cosine{}, a);
}
template <term A>
constexpr auto outer(operation::cosine, A a) {
    return simplified(operation::negate{}, simplified(operation::sine{}, a));
}

template <class Operation, term A, term DA>
constexpr auto differentiate(Operation op, A a, DA da) {
    return simplified(operation::multiply{}, outer(op, a), da);
}
} // namespace detail

/// The derivative of a frozen formula by one of its variables: again a frozen formula, simplified.
template <term Formula, text Name, int Index>
constexpr auto derivative(Formula formula, variable_term<Name, Index> unknown) {
    if constexpr (std::same_as<Formula, variable_term<Name, Index>>)
        return constant<1.0>;
    else if constexpr (detail::is_apply<operation::select, Formula>)
        return simplified(operation::select{}, formula.first, derivative(formula.second, unknown),
                          derivative(formula.third, unknown));
    else if constexpr (requires { formula.second; })
        return detail::differentiate(typename Formula::operation{}, formula.first, formula.second,
                                     derivative(formula.first, unknown), derivative(formula.second, unknown));
    else if constexpr (requires { formula.first; })
        return detail::differentiate(typename Formula::operation{}, formula.first,
                                     derivative(formula.first, unknown));
    else
        return constant<0.0>;
}

} // namespace strata::bedrock::inline STRATA_SETTING
