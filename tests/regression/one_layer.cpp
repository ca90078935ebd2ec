// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#include "../error_message.hpp"
#include <strata/data/observations.hpp>
#include <strata/layers/layers.hpp>
#include <strata/regression/least_squares.hpp>
#include <strata/regression/logistic_regression.hpp>
#include <strata/regression/one_layer.hpp>
#include <strata/regression/statistics.hpp>

#include <boost/test/unit_test.hpp>

#include <array>
#include <cmath>
#include <limits>
#include <vector>

using namespace strata::bedrock;

static_assert(linear_model<model<input<3> | dense<2>>>);
static_assert(linear_model<model<input<28, 28> | flatten | dense<1, no_bias> | linear, double>>);
static_assert(!linear_model<model<input<3> | dense<2> | relu>>);
static_assert(!linear_model<model<input<3> | dense<2> | dense<1>>>);
static_assert(!linear_model<model<input<2, 3> | dense<2>>>); // the same weights for two rows
static_assert(!linear_model<model<input<3> | dense<2> | dropout<0.5>>>);

static_assert(logistic_model<model<input<3> | dense<1> | sigmoid>>);
static_assert(!logistic_model<model<input<3> | dense<2> | sigmoid>>);
static_assert(!logistic_model<model<input<3> | dense<1> | strata::tanh>>);

static_assert(softmax_model<model<input<3> | dense<4> | softmax, double>>);
static_assert(!softmax_model<model<input<3> | dense<4>>>);
static_assert(!softmax_model<model<input<3> | dense<4> | relu | softmax>>);

static_assert(has_intercept<model<input<3> | dense<2>>>);
static_assert(!has_intercept<model<input<3> | dense<2, no_bias>>>);

BOOST_AUTO_TEST_CASE(numbers_of_the_wanted_type_are_not_copied) {
    const std::vector<double> numbers{1, 2, 3, 4};
    const observations<double> borrowed(numbers, 2, "fit: X");
    BOOST_TEST(borrowed.data() == numbers.data());
    BOOST_TEST(borrowed.rows() == 2);
    const observations<float> converted(numbers, 2, "fit: X");
    BOOST_TEST(converted.row(1)[0] == 3.0f);
}

BOOST_AUTO_TEST_CASE(what_does_not_fit_is_named) {
    const std::vector<double> numbers{1, 2, std::numeric_limits<double>::quiet_NaN(), 4};
    BOOST_TEST(error_message<std::invalid_argument>([&] { observations<double>(numbers, 3, "fit: X"); }) ==
               "fit: X has 4 numbers, expected a multiple of 3");
    BOOST_TEST(error_message<std::invalid_argument>([&] {
                   observations<double>(std::vector<double>{}, 3, "fit: X");
               }) == "fit: X has no rows");
    BOOST_TEST(error_message<std::invalid_argument>([&] {
                   observations<double>(numbers, 2, "fit: X").check_finite();
               }) == "fit: X is not a number at row 1, column 0, expected finite numbers");
    BOOST_TEST(error_message<std::invalid_argument>([&] {
                   observations<double>(numbers, 2, "fit: X")
                       .check_same_rows(observations<double>(numbers, 1, "fit: y"));
               }) == "fit: X has 2 rows, fit: y has 4");
}

// Samples may have the network's own shape.
BOOST_AUTO_TEST_CASE(images_are_rows) {
    xt::xtensor<double, 3> images(std::array<std::size_t, 3>{6, 2, 2});
    std::vector<double> rows;
    for (std::size_t i = 0; i < 24; ++i) {
        rows.push_back(std::sin(static_cast<double>(i * i)));
        images.data()[i] = rows.back();
    }
    const std::vector<double> y{1, 2, 4, 3, 5, 7};
    model<input<2, 2> | flatten | dense<1>, double> one, two;
    solve(one, images, y);
    solve(two, rows, y);
    BOOST_TEST((one.weights() == two.weights()));
    BOOST_TEST(statistics_of(one, images, y).r_squared == statistics_of(two, rows, y).r_squared);
    const std::vector<int> labels{0, 1, 1, 0, 1, 0};
    model<input<2, 2> | flatten | dense<1> | sigmoid, double> first, second;
    solve(first, images, labels);
    solve(second, rows, labels);
    BOOST_TEST((first.weights() == second.weights()));
    const xt::xtensor<double, 3> wide(std::array<std::size_t, 3>{6, 2, 3});
    BOOST_TEST(error_message([&] { solve(one, wide, y); }) ==
               "fit: X has the shape 6 x 2 x 3, expected samples x 2 x 2");
}
