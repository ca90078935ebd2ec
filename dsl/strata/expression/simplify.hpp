// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/expression/operators.hpp>
#include <strata/setting.hpp>

#include <concepts>

namespace strata::bedrock::inline STRATA_SETTING {

namespace detail {
template <class T>
inline constexpr bool is_constant = false;
template <real Number>
inline constexpr bool is_constant<constant_term<Number>> = true;

/// Whether T is the constant `Number`. Numbers are compared as such, so that -0.0 is 0.0.
template <class T, real Number>
inline constexpr bool is_number = false;
template <real Found, real Number>
inline constexpr bool is_number<constant_term<Found>, Number> = Found.value() == Number.value();

template <class Operation, class T>
inline constexpr bool is_apply = false;
template <class Operation, class... A>
inline constexpr bool is_apply<Operation, apply<Operation, A...>> = true;

/// Whether a part of a formula, or all of it, is `Part`.
template <class Formula, class Part>
inline constexpr bool has_part = std::same_as<Formula, Part>;
template <class Operation, class... A, class Part>
inline constexpr bool has_part<apply<Operation, A...>, Part> = std::same_as<apply<Operation, A...>, Part> ||
                                                               (has_part<A, Part> || ...);

/// Whether the sign of an operand can move out of an operation. Where the other operand has the negated
/// formula as well, it is computed anyway, and a sign outside would be one operation more.
template <class Negated, class Other>
inline constexpr bool gives_sign = is_apply<operation::negate, Negated> && !has_part<Other, Negated>;

template <class T>
inline constexpr bool has_positive_factor = false;
template <real Factor, class A>
inline constexpr bool
    has_positive_factor<apply<operation::multiply, constant_term<Factor>, A>> = Factor.value() > 0;

/// Whether a factor of a choice between two constants can move into the choice without a second product,
/// since one of the constants is 0 or 1.
template <class A, class B>
inline constexpr bool takes_factor = is_constant<A>&& is_constant<B> &&
                                     (is_number<A, 0.0> || is_number<A, 1.0> || is_number<B, 0.0> ||
                                      is_number<B, 1.0>);

template <class Operation, class... A>
concept folds = sizeof...(A) > 0 && (is_constant<A> && ...) && requires {
    Operation::fold(A::value...);
};
} // namespace detail

/// Applies an operation to formulas whose constants are types, and simplifies what a reader would: constants
/// are folded, neutral elements dropped, signs and constant factors moved outwards. The result is never
/// larger, where a part that occurs several times counts once.
///
/// Zero times a formula is zero, even where the formula is infinite, and zero divided by one where that is
/// zero: in a derivative such a product is a branch that is not taken. So a factor moves into a choice that
/// has a zero even where the factor has that choice as a part of its own, which alone may cost an operation.
template <class Operation, term... A>
constexpr auto simplified(Operation, A... arguments) {
    if constexpr (detail::folds<Operation, A...>)
        return constant<Operation::fold(A::value...)>;
    else
        return apply<Operation, A...>{arguments...};
}

template <term A, term B>
constexpr auto simplified(operation::add, A a, B b) {
    if constexpr (detail::folds<operation::add, A, B>)
        return constant<A::value + B::value>;
    else if constexpr (detail::is_number<A, 0.0>)
        return b;
    else if constexpr (detail::is_number<B, 0.0>)
        return a;
    else if constexpr (detail::is_apply<operation::negate, B>)
        return simplified(operation::subtract{}, a, b.first);
    else if constexpr (detail::is_apply<operation::negate, A>)
        return simplified(operation::subtract{}, b, a.first);
    else
        return apply<operation::add, A, B>{a, b};
}

template <term A, term B>
constexpr auto simplified(operation::subtract, A a, B b) {
    if constexpr (detail::folds<operation::subtract, A, B>)
        return constant<A::value - B::value>;
    else if constexpr (std::same_as<A, B>)
        return constant<0.0>;
    else if constexpr (detail::is_number<A, 0.0>)
        return simplified(operation::negate{}, b);
    else if constexpr (detail::is_number<B, 0.0>)
        return a;
    else if constexpr (detail::is_apply<operation::negate, B>)
        return simplified(operation::add{}, a, b.first);
    else
        return apply<operation::subtract, A, B>{a, b};
}

template <term A, term B>
constexpr auto simplified(operation::multiply, A a, B b) {
    if constexpr (detail::folds<operation::multiply, A, B>)
        return constant<A::value * B::value>;
    else if constexpr (detail::is_number<A, 0.0> || detail::is_number<B, 0.0>)
        return constant<0.0>;
    else if constexpr (detail::is_number<A, 1.0>)
        return b;
    else if constexpr (detail::is_number<B, 1.0>)
        return a;
    else if constexpr (detail::is_number<A, -1.0>)
        return simplified(operation::negate{}, b);
    else if constexpr (detail::is_constant<B>) // the next rules look for constants on the left
        return simplified(operation::multiply{}, b, a);
    else if constexpr (detail::is_apply<operation::negate, A> && detail::is_apply<operation::negate, B>)
        return simplified(operation::multiply{}, a.first, b.first);
    else if constexpr (detail::gives_sign<A, B>)
        return simplified(operation::negate{}, simplified(operation::multiply{}, a.first, b));
    else if constexpr (detail::gives_sign<B, A>)
        return simplified(operation::negate{}, simplified(operation::multiply{}, a, b.first));
    else if constexpr (detail::is_constant<A> && detail::is_apply<operation::multiply, B>) {
        if constexpr (detail::is_constant<decltype(b.first)>)
            return simplified(operation::multiply{}, constant<A::value* decltype(b.first)::value>, b.second);
        else
            return apply<operation::multiply, A, B>{a, b};
    } else if constexpr (detail::is_apply<operation::select, A>) {
        if constexpr (detail::takes_factor<decltype(a.second), decltype(a.third)>)
            return detail::make<operation::select>(a.first, simplified(operation::multiply{}, a.second, b),
                                                   simplified(operation::multiply{}, a.third, b));
        else
            return apply<operation::multiply, A, B>{a, b};
    } else if constexpr (detail::is_constant<A> && detail::is_apply<operation::select, B>) {
        if constexpr (detail::is_constant<decltype(b.second)> && detail::is_constant<decltype(b.third)>)
            return detail::make<operation::select>(b.first, simplified(operation::multiply{}, a, b.second),
                                                   simplified(operation::multiply{}, a, b.third));
        else
            return apply<operation::multiply, A, B>{a, b};
    } else if constexpr (std::same_as<A, B>)
        return apply<operation::square, A>{a};
    else
        return apply<operation::multiply, A, B>{a, b};
}

template <term A, term B>
constexpr auto simplified(operation::divide, A a, B b) {
    if constexpr (detail::is_number<B, 1.0>)
        return a;
    else if constexpr (detail::is_constant<A> && detail::is_constant<B>) {
        static_assert(!detail::is_number<B, 0.0>, "strata: this formula divides a constant by zero");
        return constant<A::value / B::value>;
    } else if constexpr (detail::is_number<A, 0.0>)
        return constant<0.0>;
    else if constexpr (detail::is_apply<operation::negate, A> && detail::is_apply<operation::negate, B>)
        return simplified(operation::divide{}, a.first, b.first);
    else if constexpr (detail::gives_sign<A, B>)
        return simplified(operation::negate{}, simplified(operation::divide{}, a.first, b));
    else
        return apply<operation::divide, A, B>{a, b};
}

template <term A>
constexpr auto simplified(operation::negate, A a) {
    if constexpr (detail::is_constant<A>)
        return constant<-A::value>;
    else if constexpr (detail::is_apply<operation::negate, A>)
        return a.first;
    else if constexpr (detail::is_apply<operation::subtract, A>)
        return apply<operation::subtract, decltype(a.second), decltype(a.first)>{a.second, a.first};
    else
        return apply<operation::negate, A>{a};
}

template <term C, term A, term B>
constexpr auto simplified(operation::select, C condition, A a, B b) {
    using left = decltype(condition.first);
    using right = decltype(condition.second);
    if constexpr (std::same_as<A, B>)
        return a;
    else if constexpr (detail::is_constant<left> && detail::is_constant<right>) {
        if constexpr (C::operation::holds(left::value, right::value))
            return a;
        else
            return b;
    } else
        return apply<operation::select, C, A, B>{condition, a, b};
}

/// A comparison with zero. A positive factor does not change its outcome, so it is dropped.
template <class Comparison, term A, term B>
    requires operation::is_comparison<Comparison>
constexpr auto simplified(Comparison, A a, B b) {
    if constexpr (detail::has_positive_factor<A> && detail::is_number<B, 0.0>)
        return apply<Comparison, decltype(a.second), B>{a.second, b};
    else
        return apply<Comparison, A, B>{a, b};
}

template <int Exponent, term A>
constexpr auto simplified(operation::power<Exponent>, A a) {
    if constexpr (Exponent == 0)
        return constant<1.0>;
    else if constexpr (Exponent == 1)
        return a;
    else if constexpr (Exponent == 2)
        return simplified(operation::square{}, a);
    else
        return apply<operation::power<Exponent>, A>{a};
}

/// Of an odd and an even function, to the last bit.
template <term A>
constexpr auto simplified(operation::sine, A a) {
    if constexpr (detail::is_number<A, 0.0>)
        return a;
    else if constexpr (detail::is_apply<operation::negate, A>)
        return simplified(operation::negate{}, simplified(operation::sine{}, a.first));
    else
        return apply<operation::sine, A>{a};
}
template <term A>
constexpr auto simplified(operation::cosine, A a) {
    if constexpr (detail::is_number<A, 0.0>)
        return constant<1.0>;
    else if constexpr (detail::is_apply<operation::negate, A>)
        return simplified(operation::cosine{}, a.first);
    else
        return apply<operation::cosine, A>{a};
}

} // namespace strata::bedrock::inline STRATA_SETTING
