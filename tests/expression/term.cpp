// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#include <strata/expression/environment.hpp>
#include <strata/expression/operators.hpp>

#include <boost/test/unit_test.hpp>

#include <limits>
#include <string>

using namespace strata::bedrock;
using namespace strata::symbols;

namespace {

template <auto Value>
struct argument {};
template <class A, class B>
constexpr bool same(A, B) {
    return std::same_as<A, B>;
}

// Any double is a template argument, and comes out as it went in.
template <real Number>
constexpr double number = Number.value();
static_assert(number<0.1> == 0.1);
static_assert(number<-2.5> == -2.5);
static_assert(number<1e300> == 1e300);
static_assert(number<std::numeric_limits<double>::denorm_min()> == std::numeric_limits<double>::denorm_min());
static_assert(number<std::numeric_limits<double>::infinity()> == std::numeric_limits<double>::infinity());
static_assert(number<std::numeric_limits<double>::quiet_NaN()> !=
              number<std::numeric_limits<double>::quiet_NaN()>);
static_assert(std::bit_cast<std::uint64_t>(number<-0.0>) == std::uint64_t{1} << 63);
static_assert(!std::same_as<constant_term<0.1>, constant_term<0.2>>);
static_assert(std::same_as<constant_term<0.5>, constant_term<1.0 / 2>>);

// Variables are told apart by name and by index.
static_assert(std::same_as<std::remove_const_t<decltype(x)>, variable_term<"x">>);
static_assert(!std::same_as<variable_term<"x">, variable_term<"y">>);
static_assert(!std::same_as<variable_term<"keep", 0>, variable_term<"keep", 1>>);

// A formula is a value of a type that says its structure.
using X = variable_term<"x">;
using Y = variable_term<"y">;
static_assert(same(x + y, apply<operation::add, X, Y>{}));
static_assert(same(x - y, apply<operation::subtract, X, Y>{}));
static_assert(same(x * y, apply<operation::multiply, X, Y>{}));
static_assert(same(x / y, apply<operation::divide, X, Y>{}));
static_assert(same(-x, apply<operation::negate, X>{}));
static_assert(same(x < y, apply<operation::less, X, Y>{}));
static_assert(same(x <= y, apply<operation::less_equal, X, Y>{}));
static_assert(same(x > y, apply<operation::greater, X, Y>{}));
static_assert(same(x >= y, apply<operation::greater_equal, X, Y>{}));
static_assert(same(x == y, apply<operation::equal, X, Y>{}));
static_assert(same(x != y, apply<operation::not_equal, X, Y>{}));
static_assert(same(min(x, y), apply<operation::minimum, X, Y>{}));
static_assert(same(max(x, y), apply<operation::maximum, X, Y>{}));
static_assert(same(select(x > y, x, y), apply<operation::select, apply<operation::greater, X, Y>, X, Y>{}));
static_assert(same(abs(x), apply<operation::absolute, X>{}));
static_assert(same(sign(x), apply<operation::sign, X>{}));
static_assert(same(square(x), apply<operation::square, X>{}));
static_assert(same(sqrt(x), apply<operation::square_root, X>{}));
static_assert(same(pow<-3>(x), apply<operation::power<-3>, X>{}));
static_assert(same(exp(x), apply<operation::exponential, X>{}));
static_assert(same(expm1(x), apply<operation::exponential_minus_one, X>{}));
static_assert(same(log(x), apply<operation::logarithm, X>{}));
static_assert(same(log1p(x), apply<operation::logarithm_of_one_plus, X>{}));
static_assert(same(strata::bedrock::tanh(x), apply<operation::hyperbolic_tangent, X>{}));
static_assert(same(erf(x), apply<operation::error_function, X>{}));
static_assert(same(sin(x), apply<operation::sine, X>{}));
static_assert(same(cos(x), apply<operation::cosine, X>{}));

// Plain numbers of any kind become literals on either side, and their value is part of the formula's.
static_assert((x * 2).second.number.value() == 2);
static_assert((0.1f + x).first.number.value() == double{0.1f});
static_assert(max(x, -1.5).second.number.value() == -1.5);
static_assert(select(x > 0, 1, 2u).third.number.value() == 2);
static_assert(std::same_as<argument<x * 2>, argument<x * 2.0>>);
static_assert(!std::same_as<argument<x * 2>, argument<x * 3>>);
static_assert(same(x * 2, x * 3)); // not yet part of the type

// Plain numbers among themselves, and what is no number, stay what they are.
static_assert(std::same_as<decltype(2 * 3), int>);
template <class A, class B>
concept adds = requires(A a, B b) {
    a + b;
};
static_assert(adds<X, double> && adds<int, X> && !adds<X, const char*> && !adds<X, std::string>);
template <class Condition>
concept selects = requires(Condition condition) {
    select(condition, x, y);
};
static_assert(selects<decltype(x > 0)> && !selects<X> && !selects<decltype(x + y)> && !selects<bool>);

// An assignment of a formula names a variable and keeps the formula; of a number it binds.
static_assert(same((w = w - rate * g), assignment<variable_term<"w">, decltype(w - rate * g)>{}));
static_assert(std::same_as<decltype(x = 1.5f), binding<X, float>>);
static_assert((x = 1.5f).value == 1.5f);

} // namespace

BOOST_AUTO_TEST_CASE(environments_look_up_by_variable) {
    constexpr auto numbers = bind(x = 1.5, y = 2, variable<"keep", 1> = 3.f, variable<"keep", 0> = 4.f);
    static_assert(numbers[x] == 1.5);
    static_assert(std::same_as<decltype(numbers[y]), const int&>);
    static_assert(numbers[variable<"keep", 1>] == 3 && numbers[variable<"keep", 0>] == 4);

    using type = std::remove_const_t<decltype(numbers)>;
    static_assert(type::binds<X> && type::binds<Y> && type::binds<variable_term<"keep", 1>>);
    static_assert(!type::binds<variable_term<"w">> && !type::binds<variable_term<"keep", 2>>);
    static_assert(!environment<>::binds<X>);

    auto changed = numbers;
    static_cast<binding<X, double>&>(changed).value = -1;
    BOOST_TEST(changed[x] == -1.0);
    BOOST_TEST(changed[y] == 2);
}

BOOST_AUTO_TEST_CASE(folds_agree_with_arithmetic) {
    static_assert(operation::minimum::fold(2, -3) == -3 && operation::minimum::fold(-3, 2) == -3);
    static_assert(operation::maximum::fold(2, -3) == 2 && operation::maximum::fold(-3, 2) == 2);
    static_assert(operation::absolute::fold(-3) == 3 && operation::absolute::fold(3) == 3);
    static_assert(operation::sign::fold(-0.5) == -1 && operation::sign::fold(0) == 0 &&
                  operation::sign::fold(1e-300) == 1);
    static_assert(operation::square::fold(-3) == 9);
    constexpr auto truth = []<class Comparison>(Comparison) {
        return (Comparison::holds(1, 2) ? 4 : 0) + (Comparison::holds(2, 2) ? 2 : 0) +
               (Comparison::holds(3, 2) ? 1 : 0);
    };
    BOOST_TEST(truth(operation::less{}) == 0b100);
    BOOST_TEST(truth(operation::less_equal{}) == 0b110);
    BOOST_TEST(truth(operation::greater{}) == 0b001);
    BOOST_TEST(truth(operation::greater_equal{}) == 0b011);
    BOOST_TEST(truth(operation::equal{}) == 0b010);
    BOOST_TEST(truth(operation::not_equal{}) == 0b101);
}
