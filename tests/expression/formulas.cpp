// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#include <strata/expression/derivative.hpp>
#include <strata/expression/freeze.hpp>
#include <strata/expression/parts.hpp>
#include <strata/expression/print.hpp>
#include <strata/expression/substitute.hpp>
#include <strata/kernels/formula/evaluate.hpp>
#include <strata/layers/activations.hpp>

#include <boost/test/unit_test.hpp>

#include <cmath>
#include <string>

using namespace strata::bedrock;
using namespace strata::symbols;

namespace {

template <auto Formula>
using frozen_type = std::remove_const_t<decltype(frozen<Formula>)>;
template <auto Left, auto Right>
inline constexpr bool same = std::same_as<frozen_type<Left>, frozen_type<Right>>;

template <auto Formula>
std::string text_of() {
    return to_string(frozen<Formula>);
}

// Identities, by type.
static_assert(same<x + 0, x> && same<0 + x, x> && same<x - 0, x> && same<0 - x, -x>);
static_assert(same<x * 1, x> && same<1 * x, x> && same<x / 1, x> && same<x * 0, constant<0.0>>);
static_assert(same<x - x, constant<0.0>> && same<-(-x), x> && same<-1 * x, -x> && same<0 / x, constant<0.0>>);
static_assert(same<x + (-y), x - y> && same<x - (-y), x + y> && same<-(x - y), y - x> &&
              same<(-x) + y, y - x>);
static_assert(same<x * x, square(x)> && same<x * 2, 2 * x> && same<2 * (3 * x), 6 * x>);
static_assert(same<(-x) * y, -(x* y)> && same<x*(-y), -(x* y)> && same<(-x) / y, -(x / y)>);
static_assert(same<pow<0>(x), constant<1.0>> && same<pow<1>(x), x> && same<pow<2>(x), square(x)>);
static_assert(same<max(constant<2.0>, 3), constant<3.0>> && same<min(constant<2.0>, 3), constant<2.0>>);
static_assert(same<abs(constant<-2.0>), constant<2.0>> && same<sign(constant<-2.0>), constant<-1.0>>);
static_assert(same<constant<6.0> / 4, constant<1.5>> && same<square(constant<3.0>), constant<9.0>>);
static_assert(same<select(x > 0, y, y), y> && same<select(constant<1.0> > 0, x, y), x>);
static_assert(same<sin(-x), -sin(x)> && same<cos(-x), cos(x)> && same<sin(x - x), constant<0.0>> &&
              same<cos(0 * x), constant<1.0>>);
static_assert(same<2 * select(x > 0, 1, 0.5), select(x > 0, 2, 1)>);
static_assert(same<select(0.5 * x > 0, 1, 0), select(x > 0, 1, 0)>); // a positive factor keeps the sign

// A frozen formula's type says everything.
static_assert(std::same_as<frozen_type<max(x, 0.25) * 3>, frozen_type<3 * max(x, constant<0.25>)>>);
static_assert(frozen_type<x * 1e300>{}.first.value == 1e300);
static_assert(frozen_type<x + (-1e-300)>{}.second.value == -1e-300);

// Common parts once: x + 1, its exp, and the quotient and the product of the two.
static_assert(decltype(operations_of(frozen<exp(x + 1) / (x + 1) * exp(x + 1)>))::size == 4);
static_assert(decltype(variables_of(frozen<x * y + x>))::size == 2);
static_assert(contains(frozen<x * tanh(y)>, y) && !contains(frozen<x * tanh(y)>, w));
static_assert(std::same_as<std::remove_const_t<decltype(substitute(frozen<x + tanh(x)>, frozen<tanh(x)>, y))>,
                           frozen_type<x + y>>);

double value(auto formula, double point) { return evaluate_at(formula, x, point); }

/// The derivative against central differences where the formula is smooth.
template <auto Formula>
void check_derivative(std::initializer_list<double> points) {
    constexpr auto formula = frozen<Formula>;
    constexpr auto slope = derivative(formula, x);
    for (const double point : points) {
        const double h = 1e-6 * std::max(1.0, std::abs(point));
        const double numeric = (value(formula, point + h) - value(formula, point - h)) / (2 * h);
        BOOST_TEST_CONTEXT(to_string(formula) << " at " << point)
        BOOST_TEST(std::abs(value(slope, point) - numeric) <= 1e-7 * std::max(1.0, std::abs(numeric)));
    }
}

/// Registers against numbers.
template <auto Formula, class T>
void check_registers() {
    using V = simd<T, lanes_of<T, 64>>;
    constexpr auto formula = frozen<Formula>;
    for (double point = -4.9; point < 5; point += 0.37) {
        alignas(alignment) T lanes[V::size];
        evaluate_at(formula, x, V(static_cast<T>(point))).store_aligned(lanes);
        const double expected = value(formula, static_cast<double>(static_cast<T>(point)));
        if (std::isnan(expected))
            continue;
        BOOST_TEST_CONTEXT(to_string(formula) << " at " << point)
        for (const T lane : lanes)
            BOOST_TEST(std::abs(static_cast<double>(lane) - expected) <=
                       (sizeof(T) == 4 ? 2e-6 : 1e-14) * std::max(1.0, std::abs(expected)));
    }
}

template <auto Formula>
void check_everywhere(std::initializer_list<double> points = {-3.1, -0.7, -0.01, 0.02, 0.4, 1.3, 4.2}) {
    check_derivative<Formula>(points);
    check_registers<Formula, float>();
    check_registers<Formula, double>();
}
} // namespace

BOOST_AUTO_TEST_CASE(every_operation_has_its_value_and_derivative) {
    check_everywhere<x + 2.5>();
    check_everywhere<x - 2.5>();
    check_everywhere<2.5 * x>();
    check_everywhere<x / (3 + square(x))>();
    check_everywhere<-x>();
    check_everywhere<min(x, 0.3)>();
    check_everywhere<max(x, 0.3)>();
    check_everywhere<select(x > 0.5, x * x, 0.5 * x)>();
    check_everywhere<select(x <= 0.5, x * x, 0.5 * x)>();
    check_everywhere<select(x < -0.5, 1, exp(x))>();
    check_everywhere<select(x >= -0.5, 1, exp(x))>();
    check_everywhere<abs(x)>();
    check_everywhere<sign(x) * x>();
    check_everywhere<square(x)>();
    check_everywhere<sqrt(1 + square(x))>();
    check_everywhere<pow<3>(x)>();
    check_everywhere<pow<7>(x)>();
    check_everywhere<pow<-2>(x + 6)>();
    check_everywhere<exp(x)>();
    check_everywhere<expm1(x)>();
    check_everywhere<log(square(x) + 0.1)>();
    check_everywhere<log1p(square(x))>();
    check_everywhere<tanh(x)>();
    check_everywhere<sigmoid(x)>();
    check_everywhere<erf(x)>();
    check_everywhere<sin(3 * x)>();
    check_everywhere<x * cos(-x)>();
    check_everywhere<x * sigmoid(x)>();
    check_everywhere<x * tanh(softplus(x))>();
    check_everywhere<0.5 * x*(1 + erf(x / 1.4142135623730951))>();
}

BOOST_AUTO_TEST_CASE(comparisons_choose) {
    BOOST_TEST(value(frozen<select(x == 2, 1, 0)>, 2) == 1);
    BOOST_TEST(value(frozen<select(x == 2, 1, 0)>, 1) == 0);
    BOOST_TEST(value(frozen<select(x != 2, 1, 0)>, 1) == 1);
    BOOST_TEST(value(derivative(frozen<max(x, 0)>, x), 0) == 0); // as in Keras
    BOOST_TEST(std::isnan(value(frozen<max(x, 0)>, std::nan(""))));
    BOOST_TEST(std::isnan(value(frozen<max(0, x)>, std::nan(""))));
    // Constants are folded by the same rule.
    BOOST_TEST(std::isnan(operation::minimum::fold(1, std::nan(""))));
    BOOST_TEST(std::isnan(operation::maximum::fold(1, std::nan(""))));
    BOOST_TEST(std::isnan(operation::maximum::fold(std::nan(""), 1)));
    BOOST_TEST(std::isnan(operation::sign::fold(std::nan(""))));
}

BOOST_AUTO_TEST_CASE(the_derivative_by_another_variable_is_zero) {
    static_assert(
        std::same_as<std::remove_const_t<decltype(derivative(frozen<tanh(x)>, y))>, constant_term<0.0>>);
    BOOST_TEST(to_string(derivative(frozen<x * y>, y)) == "x");
}

BOOST_AUTO_TEST_CASE(formulas_are_printed_as_they_are_read) {
    BOOST_TEST(text_of<max(x, 0)>() == "max(x, 0)");
    BOOST_TEST(text_of<x / (1 + exp(-x))>() == "x / (1 + exp(-x))");
    BOOST_TEST(text_of<select(x > 0.1, pow<3>(x), -square(y))>() == "select(x > 0.1, pow<3>(x), -square(y))");
    BOOST_TEST(to_string(x * 2 - 1) == "(x * 2) - 1"); // as written, before freezing
    BOOST_TEST(text_of<-(x + y)>() == "-(x + y)");
}

BOOST_AUTO_TEST_CASE(numbers_become_texts) {
    static_assert(number_text<0>.view() == "0" && number_text<784>.view() == "784");
    static_assert((text("a") + text("b") + "c").view() == "abc");
    BOOST_TEST(detail::concatenate("a", std::size_t{12}, std::string("b")) == "a12b");
}
