// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/expression/real.hpp>
#include <strata/expression/text.hpp>
#include <strata/setting.hpp>

#include <type_traits>

namespace strata::bedrock::inline STRATA_SETTING {

/// The base of every type that is part of a formula.
struct term_base {};

/// A scalar formula: a variable, a constant, or an operation applied to formulas. Formulas are values of
/// types that say everything about them, so `max(x, 0)` can be a template argument.
// The compiler's own trait: every operator asks it of every operand, and std::is_base_of_v would be two
// instances of templates for each.
template <class T>
concept term = __is_base_of(term_base, T);

// Terms are told apart first, since the standard's trait takes several instances.
template <class T>
concept arithmetic = (!term<T>)&&std::is_arithmetic_v<T>;

/// A constant written in a formula as a plain number. The number is part of the value, not yet of the type:
/// `frozen` turns it into a `constant`.
struct literal : term_base {
    real number;
    constexpr literal(double value) : number(value) {}
};

/// A constant that is part of the type.
template <real Number>
struct constant_term : term_base {
    static constexpr double value = Number.value();
};

template <real Number>
inline constexpr constant_term<Number> constant{};

template <class Variable, class Formula>
struct assignment {
    using variable = Variable;
    Formula formula;
};

template <class Variable, class Value>
struct binding {
    using variable = Variable;
    Value value;
};

/// A named unknown. `Index` distinguishes variables of one name that a plan makes, such as the factors of two
/// dropouts.
///
/// `variable = formula` is an assignment, the unit of an update rule; `variable = number` binds the variable
/// to a number for an evaluation.
template <text Name, int Index = 0>
struct variable_term : term_base {
    static constexpr auto name = Name;
    static constexpr int index = Index;

    template <term Formula>
    constexpr auto operator=(Formula formula) const {
        return assignment<variable_term, Formula>{formula};
    }
    template <arithmetic Number>
    constexpr auto operator=(Number number) const {
        return binding<variable_term, Number>{number};
    }
};

template <text Name, int Index = 0>
inline constexpr variable_term<Name, Index> variable{};

/// An operation applied to formulas. Every member is public, so that a formula is a structural type.
template <class Operation, term... Arguments>
struct apply;

template <class Operation, term A>
struct apply<Operation, A> : term_base {
    using operation = Operation;
    A first;
    constexpr apply() = default;
    constexpr explicit apply(A a) : first(a) {}
};

template <class Operation, term A, term B>
struct apply<Operation, A, B> : term_base {
    using operation = Operation;
    A first;
    B second;
    constexpr apply() = default;
    constexpr apply(A a, B b) : first(a), second(b) {}
};

template <class Operation, term A, term B, term C>
struct apply<Operation, A, B, C> : term_base {
    using operation = Operation;
    A first;
    B second;
    C third;
    constexpr apply() = default;
    constexpr apply(A a, B b, C c) : first(a), second(b), third(c) {}
};

/// The names that formulas are written with: `using namespace strata::symbols;`.
namespace symbols {
inline constexpr variable_term<"x"> x{};                   ///< what an activation receives
inline constexpr variable_term<"y"> y{};                   ///< what it returned
inline constexpr variable_term<"prediction"> prediction{}; ///< one output of the network
inline constexpr variable_term<"target"> target{};         ///< what it should have been
inline constexpr variable_term<"w"> w{};                   ///< a weight
inline constexpr variable_term<"g"> g{};                   ///< the loss's derivative by that weight
inline constexpr variable_term<"rate"> rate{};             ///< the learning rate of this step
} // namespace symbols

} // namespace strata::bedrock::inline STRATA_SETTING

namespace strata {
namespace symbols = bedrock::symbols;
using bedrock::variable;
} // namespace strata
