// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/expression/operations.hpp>
#include <strata/expression/term.hpp>
#include <strata/setting.hpp>

namespace strata::bedrock::inline STRATA_SETTING {

namespace detail {
template <term T>
constexpr T as_term(T formula) {
    return formula;
}
template <arithmetic T>
constexpr literal as_term(T number) {
    return literal(static_cast<double>(number));
}

template <class T>
concept operand = term<T> || arithmetic<T>;

/// Two operands, one of which is a formula, so that operators on two plain numbers keep their meaning.
template <class A, class B>
concept formula_pair = operand<A> && operand<B> &&(term<A> || term<B>);

template <class Operation, operand... Operands>
constexpr auto make(Operands... operands) {
    return apply<Operation, decltype(as_term(operands))...>{as_term(operands)...};
}
} // namespace detail

/// The operators and functions that formulas are written with. Plain numbers become literals.
template <class A, class B>
    requires detail::formula_pair<A, B>
constexpr auto operator+(A a, B b) { return detail::make<operation::add>(a, b); }
template <class A, class B>
    requires detail::formula_pair<A, B>
constexpr auto operator-(A a, B b) { return detail::make<operation::subtract>(a, b); }
template <class A, class B>
    requires detail::formula_pair<A, B>
constexpr auto operator*(A a, B b) { return detail::make<operation::multiply>(a, b); }
template <class A, class B>
    requires detail::formula_pair<A, B>
constexpr auto operator/(A a, B b) { return detail::make<operation::divide>(a, b); }
template <term A>
constexpr auto operator-(A a) {
    return detail::make<operation::negate>(a);
}

template <class A, class B>
    requires detail::formula_pair<A, B>
constexpr auto operator<(A a, B b) { return detail::make<operation::less>(a, b); }
template <class A, class B>
    requires detail::formula_pair<A, B>
constexpr auto operator<=(A a, B b) { return detail::make<operation::less_equal>(a, b); }
template <class A, class B>
    requires detail::formula_pair<A, B>
constexpr auto operator>(A a, B b) { return detail::make<operation::greater>(a, b); }
template <class A, class B>
    requires detail::formula_pair<A, B>
constexpr auto operator>=(A a, B b) { return detail::make<operation::greater_equal>(a, b); }
template <class A, class B>
    requires detail::formula_pair<A, B>
constexpr auto operator==(A a, B b) { return detail::make<operation::equal>(a, b); }
template <class A, class B>
    requires detail::formula_pair<A, B>
constexpr auto operator!=(A a, B b) { return detail::make<operation::not_equal>(a, b); }

/// `select(condition, a, b)` is a where the condition holds and b elsewhere; both are computed.
template <class Comparison, term A, term B, detail::operand Yes, detail::operand No>
    requires operation::is_comparison<Comparison>
constexpr auto select(apply<Comparison, A, B> condition, Yes yes, No no) {
    return detail::make<operation::select>(condition, yes, no);
}

template <class A, class B>
    requires detail::formula_pair<A, B>
constexpr auto min(A a, B b) { return detail::make<operation::minimum>(a, b); }
template <class A, class B>
    requires detail::formula_pair<A, B>
constexpr auto max(A a, B b) { return detail::make<operation::maximum>(a, b); }
template <term A>
constexpr auto abs(A a) {
    return detail::make<operation::absolute>(a);
}
template <term A>
constexpr auto sign(A a) {
    return detail::make<operation::sign>(a);
}
template <term A>
constexpr auto square(A a) {
    return detail::make<operation::square>(a);
}
template <term A>
constexpr auto sqrt(A a) {
    return detail::make<operation::square_root>(a);
}
/// A whole power, computed by repeated squaring.
template <int Exponent, term A>
constexpr auto pow(A a) {
    return detail::make<operation::power<Exponent>>(a);
}
template <term A>
constexpr auto exp(A a) {
    return detail::make<operation::exponential>(a);
}
template <term A>
constexpr auto expm1(A a) {
    return detail::make<operation::exponential_minus_one>(a);
}
template <term A>
constexpr auto log(A a) {
    return detail::make<operation::logarithm>(a);
}
template <term A>
constexpr auto log1p(A a) {
    return detail::make<operation::logarithm_of_one_plus>(a);
}
template <term A>
constexpr auto tanh(A a) {
    return detail::make<operation::hyperbolic_tangent>(a);
}
template <term A>
constexpr auto erf(A a) {
    return detail::make<operation::error_function>(a);
}
/// Of an angle in radians.
template <term A>
constexpr auto sin(A a) {
    return detail::make<operation::sine>(a);
}
template <term A>
constexpr auto cos(A a) {
    return detail::make<operation::cosine>(a);
}

} // namespace strata::bedrock::inline STRATA_SETTING
