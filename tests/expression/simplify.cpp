// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#include <strata/expression/freeze.hpp>
#include <strata/expression/parts.hpp>
#include <strata/expression/print.hpp>

#include "reference.hpp"

#include <boost/test/unit_test.hpp>

using namespace strata::bedrock;
using namespace strata::symbols;

namespace {

template <class A, class B>
constexpr bool same(A, B) {
    return std::same_as<A, B>;
}
template <real Number>
constexpr auto c = constant<Number>;

// Sums.
static_assert(same(frozen<x + 0>, x));
static_assert(same(frozen<0 + x>, x));
static_assert(same(frozen<x + -0.0>, x));
static_assert(same(frozen<literal(2) + 3>, c<5.0>));
static_assert(same(frozen<x + -y>, x - y));
static_assert(same(frozen<-x + y>, y - x));

// Differences.
static_assert(same(frozen<x - 0>, x));
static_assert(same(frozen<0 - x>, -x));
static_assert(same(frozen<x - x>, c<0.0>));
static_assert(same(frozen<exp(2 * x) - exp(x * 2)>, c<0.0>));
static_assert(same(frozen<literal(2) - 3>, c<-1.0>));
static_assert(same(frozen<x - -y>, x + y));
static_assert(same(frozen<0 - -x>, x));

// Products.
static_assert(same(frozen<x * 0>, c<0.0>));
static_assert(same(frozen<0 * log(x)>, c<0.0>));
static_assert(same(frozen<x * 1>, x));
static_assert(same(frozen<1 * x>, x));
static_assert(same(frozen<-1 * x>, -x));
static_assert(same(frozen<x*(-1)>, -x));
static_assert(same(frozen<literal(2) * 3>, c<6.0>));
static_assert(same(frozen<x * 2>, c<2.0>* x));
static_assert(same(frozen<2 * (3 * x)>, c<6.0>* x));
static_assert(same(frozen<(x * 2) * 3>, c<6.0>* x));
static_assert(same(frozen<2 * (0.5 * x)>, x));
static_assert(same(frozen<-x * y>, -(x* y)));
static_assert(same(frozen<x * -y>, -(x* y)));
static_assert(same(frozen<-x * -y>, x* y));
static_assert(same(frozen<2 * -x>, -(c<2.0>* x)));
static_assert(same(frozen<-x * exp(-x)>, -x* exp(-x))); // -x is there anyway
static_assert(same(frozen<exp(-x) * -x>, exp(-x) * -x));
static_assert(same(frozen<-x * exp(-y)>, -(x* exp(-y))));
static_assert(same(frozen<x * x>, square(x)));
static_assert(same(frozen<exp(x) * exp(x)>, square(exp(x))));
static_assert(same(frozen<x * y>, x* y)); // as it was written

// Factors of a choice between constants.
static_assert(same(frozen<select(x > 0, 1, 0) * y>, select(x > c<0.0>, y, c<0.0>)));
static_assert(same(frozen<3 * select(x > 0, 2, 0)>, select(x > c<0.0>, c<6.0>, c<0.0>)));
static_assert(same(frozen<select(x > 0, 2, 4) * 0.5>, select(x > c<0.0>, c<1.0>, c<2.0>)));

// Quotients.
static_assert(same(frozen<x / 1>, x));
static_assert(same(frozen<literal(6) / 3>, c<2.0>));
static_assert(same(frozen<0 / x>, c<0.0>));
static_assert(same(frozen<-x / y>, -(x / y)));
static_assert(same(frozen<-x / -y>, x / y));
static_assert(same(frozen<-x / -x>, x / x));
static_assert(same(frozen<-x / exp(-x)>, -x / exp(-x))); // -x is there anyway

// Signs.
static_assert(same(frozen<-(-x)>, x));
static_assert(same(frozen<-(-(-x))>, -x));
static_assert(same(frozen<-(x - y)>, y - x));
static_assert(same(frozen<-literal(2)>, c<-2.0>));

// Choices.
static_assert(same(frozen<select(y > 0, exp(x), exp(x))>, exp(x)));
static_assert(same(frozen<select(literal(1) < literal(2), x, y)>, x));
static_assert(same(frozen<select(literal(2) < literal(2), x, y)>, y));
static_assert(same(frozen<select(literal(2) <= literal(2), x, y)>, x));
static_assert(same(frozen<select(literal(2) > literal(2), x, y)>, y));
static_assert(same(frozen<select(literal(2) >= literal(2), x, y)>, x));
static_assert(same(frozen<select(literal(2) == literal(2), x, y)>, x));
static_assert(same(frozen<select(literal(2) != literal(2), x, y)>, y));

// A positive factor changes no sign; others, and other bounds, matter.
static_assert(same(frozen<(0.5 * x > 0)>, x > c<0.0>));
static_assert(same(frozen<(x * 3 <= 0)>, x <= c<0.0>));
static_assert(same(frozen<(-2 * x > 0)>, c<-2.0>* x > c<0.0>));
static_assert(same(frozen<(2 * x > 1)>, c<2.0>* x > c<1.0>));

// Whole powers.
static_assert(same(frozen<pow<0>(x)>, c<1.0>));
static_assert(same(frozen<pow<1>(x)>, x));
static_assert(same(frozen<pow<2>(x)>, square(x)));
static_assert(same(frozen<pow<3>(x)>, pow<3>(x)));
static_assert(same(frozen<pow<-1>(x)>, pow<-1>(x)));

// Functions that a constant expression computes exactly are computed; the others wait.
static_assert(same(frozen<min(literal(2), 3)>, c<2.0>));
static_assert(same(frozen<max(literal(2), 3)>, c<3.0>));
static_assert(same(frozen<abs(literal(-2))>, c<2.0>));
static_assert(same(frozen<sign(literal(-2))>, c<-1.0>));
static_assert(same(frozen<square(literal(-3))>, c<9.0>));
static_assert(same(frozen<exp(literal(1))>, exp(c<1.0>)));

// The laws, over all pairs of these formulas.
using pieces = type_list<decltype(freeze<x>()), decltype(freeze<y>()), constant_term<0.0>, constant_term<1.0>,
                         constant_term<-1.0>, constant_term<2.0>, constant_term<-0.5>, decltype(freeze<-x>()),
                         decltype(freeze<2 * y>()), decltype(freeze<-(3 * x)>()), decltype(freeze<x - y>()),
                         decltype(freeze<select(x > 0, 1, 0)>()), decltype(freeze<select(y > 0, 2, 3)>()),
                         decltype(freeze<select(y > 0, x, 3)>()), decltype(freeze<exp(x)>()),
                         decltype(freeze<exp(-x)>())>;

template <term Formula>
constexpr std::size_t cost = decltype(operations_of(Formula{}))::size;

template <class Operation, term A, term B>
void check_pair(Operation operation, A a, B b) {
    if constexpr (!(std::same_as<Operation, operation::divide> && detail::is_number<B, 0.0>)) {
        const auto found = simplified(operation, a, b);
        using result = std::remove_const_t<decltype(found)>;
        static_assert(cost<result> <= cost<apply<Operation, A, B>>, "the result is never larger");
        static_assert(same(freeze<result{}>(), result{}), "the result is as simple as it gets");
        for (const auto& [first, second] : {std::pair(0.7, -1.3), {-0.4, 2.1}, {1.5, 0.6}}) {
            const auto numbers = [p = first, q = second](std::string_view name) {
                return name == "x" ? p : q;
            };
            const bool is_zero_divided =
                std::same_as<Operation, operation::divide> && detail::is_number<A, 0.0>;
            const double wanted = is_zero_divided
                                      ? 0.0
                                      : reference::compute(operation, reference::value(a, numbers),
                                                           reference::value(b, numbers));
            const double value = reference::value(found, numbers);
            if (reference::error(value, wanted) > 1e-14)
                BOOST_ERROR(to_string(a) << " and " << to_string(b) << " make " << value << " and not "
                                         << wanted << " where x = " << first << ", y = " << second);
        }
    }
}

template <class Operation>
void check_pairs(Operation operation) {
    for_each_type(pieces{}, [&]<class A>(std::type_identity<A>) {
        for_each_type(pieces{}, [&]<class B>(std::type_identity<B>) { check_pair(operation, A{}, B{}); });
    });
}

} // namespace

BOOST_AUTO_TEST_CASE(sums_keep_their_value) { check_pairs(operation::add{}); }
BOOST_AUTO_TEST_CASE(differences_keep_their_value) { check_pairs(operation::subtract{}); }
BOOST_AUTO_TEST_CASE(products_keep_their_value) { check_pairs(operation::multiply{}); }
BOOST_AUTO_TEST_CASE(quotients_keep_their_value) { check_pairs(operation::divide{}); }
BOOST_AUTO_TEST_CASE(minima_keep_their_value) { check_pairs(operation::minimum{}); }
