// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/expression/text.hpp>
#include <strata/setting.hpp>

namespace strata::bedrock::inline STRATA_SETTING::operation {

/// The operations of formulas. Each says how it is printed (`prefix` around its arguments, or `infix` between
/// two) and, where a constant expression can compute it exactly, its value on constants (`fold`).
struct add {
    static constexpr auto infix = text(" + ");
    static constexpr double fold(double a, double b) { return a + b; }
};
struct subtract {
    static constexpr auto infix = text(" - ");
    static constexpr double fold(double a, double b) { return a - b; }
};
struct multiply {
    static constexpr auto infix = text(" * ");
    static constexpr double fold(double a, double b) { return a * b; }
};
struct divide {
    static constexpr auto infix = text(" / ");
};
struct negate {
    static constexpr auto prefix = text("-");
    static constexpr double fold(double a) { return -a; }
};

struct less {
    static constexpr auto infix = text(" < ");
    static constexpr bool holds(double a, double b) { return a < b; }
};
struct less_equal {
    static constexpr auto infix = text(" <= ");
    static constexpr bool holds(double a, double b) { return a <= b; }
};
struct greater {
    static constexpr auto infix = text(" > ");
    static constexpr bool holds(double a, double b) { return a > b; }
};
struct greater_equal {
    static constexpr auto infix = text(" >= ");
    static constexpr bool holds(double a, double b) { return a >= b; }
};
struct equal {
    static constexpr auto infix = text(" == ");
    static constexpr bool holds(double a, double b) { return a == b; }
};
struct not_equal {
    static constexpr auto infix = text(" != ");
    static constexpr bool holds(double a, double b) { return a != b; }
};
struct select {
    static constexpr auto prefix = text("select");
};

struct minimum {
    static constexpr auto prefix = text("min");
    // NaN where either is.
    static constexpr double fold(double a, double b) { return b < a || b != b ? b : a; }
};
struct maximum {
    static constexpr auto prefix = text("max");
    static constexpr double fold(double a, double b) { return a < b || b != b ? b : a; }
};
struct absolute {
    static constexpr auto prefix = text("abs");
    static constexpr double fold(double a) { return a < 0 ? -a : a; }
};
struct sign {
    static constexpr auto prefix = text("sign");
    static constexpr double fold(double a) { return a > 0 ? 1.0 : a < 0 ? -1.0 : a == 0 ? 0.0 : a; }
};
struct square {
    static constexpr auto prefix = text("square");
    static constexpr double fold(double a) { return a * a; }
};
struct square_root {
    static constexpr auto prefix = text("sqrt");
};
template <int Exponent>
struct power {
    static constexpr auto prefix = text("pow<") + [] {
        if constexpr (Exponent < 0)
            return text("-") + number_text<static_cast<std::size_t>(-Exponent)>;
        else
            return number_text<static_cast<std::size_t>(Exponent)>;
    }() + text(">");
};
struct exponential {
    static constexpr auto prefix = text("exp");
};
struct exponential_minus_one {
    static constexpr auto prefix = text("expm1");
};
struct logarithm {
    static constexpr auto prefix = text("log");
};
struct logarithm_of_one_plus {
    static constexpr auto prefix = text("log1p");
};
struct hyperbolic_tangent {
    static constexpr auto prefix = text("tanh");
};
struct logistic {
    static constexpr auto prefix = text("sigmoid");
};
/// tanh and sigmoid for those who take fewer digits for less time: see `approximate_tanh`.
struct approximate_hyperbolic_tangent {
    static constexpr auto prefix = text("approximate_tanh");
};
struct approximate_logistic {
    static constexpr auto prefix = text("approximate_sigmoid");
};
struct error_function {
    static constexpr auto prefix = text("erf");
};
struct sine {
    static constexpr auto prefix = text("sin");
};
struct cosine {
    static constexpr auto prefix = text("cos");
};

/// Whether the operation computes a truth value, which only `select` takes.
template <class Operation>
inline constexpr bool is_comparison = false;
template <>
inline constexpr bool is_comparison<less> = true;
template <>
inline constexpr bool is_comparison<less_equal> = true;
template <>
inline constexpr bool is_comparison<greater> = true;
template <>
inline constexpr bool is_comparison<greater_equal> = true;
template <>
inline constexpr bool is_comparison<equal> = true;
template <>
inline constexpr bool is_comparison<not_equal> = true;

} // namespace strata::bedrock::inline STRATA_SETTING::operation
