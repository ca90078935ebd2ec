// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#include <strata/expression/freeze.hpp>

#include "reference.hpp"

#include <boost/test/unit_test.hpp>

using namespace strata::bedrock;
using namespace strata::symbols;

namespace {

template <class A, class B>
constexpr bool same(A, B) {
    return std::same_as<A, B>;
}
template <auto Value>
struct argument {};

// Every literal moves into the type, whatever the number.
static_assert(same(frozen<x + 1>, x + constant<1.0>));
static_assert(same(frozen<x + -0.1>, x + constant<-0.1>));
static_assert(same(frozen<1e300 - x>, constant<1e300> - x));
static_assert(same(frozen<max(x, 5e-324)>, max(x, constant<5e-324>)));
static_assert(same(frozen<select(x > 0.5, y, -7)>, select(x > constant<0.5>, y, constant<-7.0>)));
static_assert(same(frozen<exp(x + 1)>, exp(x + constant<1.0>)));
static_assert(!same(frozen<x + 1>, frozen<x + 2>));
static_assert(same(frozen<x>, x));
static_assert(same(frozen<literal(2.5)>, constant<2.5>));
static_assert(same(frozen<constant<2.5>>, constant<2.5>));

// The type says everything: a formula made from nothing but the type is the same one.
template <auto Formula>
constexpr bool is_in_the_type =
    std::same_as<argument<frozen<Formula>>, argument<decltype(freeze<Formula>()){}>>;
static_assert(is_in_the_type<x> && is_in_the_type<literal(3)> && is_in_the_type<0.5 * x>);
static_assert(is_in_the_type<select(x > -2, exp(-abs(x)), 1e300)>);

// Freezing twice changes nothing.
template <auto Formula>
constexpr bool settled = same(frozen<frozen<Formula>>, frozen<Formula>);
static_assert(settled<x * 2 + y * 0> && settled<select(2 * x > 0, -(-x), x - -y)> && settled<1 - square(x)>);

// It simplifies from the inside out.
static_assert(same(frozen<x*(2 - 1) + 0 * exp(y)>, x));
static_assert(same(frozen<2 * (3 * (4 * x))>, constant<24.0>* x));
static_assert(same(frozen<select(literal(1) < literal(2), x, y)>, x));

template <auto Formula>
void check_value() {
    for (const double point : {-2.5, -0.3, 0.0, 0.7, 3.0})
        BOOST_TEST(reference::error(reference::value_at(frozen<Formula>, point),
                                    reference::value_at(Formula, point)) <= 1e-15);
}

} // namespace

BOOST_AUTO_TEST_CASE(freezing_keeps_the_value) {
    check_value<x * 2 * 3 - 0 * x>();
    check_value<-(x - 2) * -(3 - x) / -1>();
    check_value<select(2 * x >= 0, -1 * x, x - -x * 0.25) * 1e300>();
    check_value<select(-2 * x >= 0, 1, 0) * exp(x)>();
    check_value<min(max(0.2 * x + 0.5, 0), 1)>();
    check_value<0.5 * x*(1 + erf(0.7 * x)) * 1e-300>();
    check_value<0 - pow<2>(x) + pow<1>(x) - pow<0>(x) - sign(-abs(x)) + 0>();
}
