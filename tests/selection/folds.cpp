// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#include "../error_message.hpp"
#include "../reference.hpp"

#include <strata/data/polynomial_features.hpp>
#include <strata/layers/layers.hpp>
#include <strata/regression/linear_regression.hpp>
#include <strata/selection/cross_validate.hpp>

#include <boost/test/unit_test.hpp>

#include <cmath>
#include <set>
#include <vector>

using namespace strata::bedrock;

namespace {

const nlohmann::json& expected() {
    static const nlohmann::json all = reference("selection/folds.py");
    return all;
}

void check_folds(const std::vector<fold>& found, const nlohmann::json& tests) {
    BOOST_REQUIRE_EQUAL(found.size(), tests.size());
    for (std::size_t f = 0; f < found.size(); ++f) {
        BOOST_TEST((found[f].test == tests[f].get<std::vector<std::size_t>>()));
        std::set<std::size_t> all(found[f].train.begin(), found[f].train.end());
        all.insert(found[f].test.begin(), found[f].test.end());
        BOOST_TEST(all.size() == found[f].train.size() + found[f].test.size());
    }
}

template <std::size_t Degree>
void check_polynomials() {
    const auto x = expected()["small"].get<std::vector<double>>();
    const auto wanted = expected()["polynomials"][Degree - 1].get<std::vector<double>>();
    const auto found = polynomial_features<3, Degree>::transform(x);
    BOOST_REQUIRE_EQUAL(found.size(), wanted.size());
    for (std::size_t i = 0; i < wanted.size(); ++i)
        BOOST_TEST(std::abs(found.data()[i] - wanted[i]) <= 1e-14 * (1 + std::abs(wanted[i])));
}

} // namespace

BOOST_AUTO_TEST_CASE(folds_are_scikit_learns) {
    for (const auto& each : expected()["plain"])
        check_folds(k_fold(each["rows"], {.folds = each["folds"]}), each["tests"]);
    for (const auto& each : expected()["stratified"])
        check_folds(stratified_k_fold(each["labels"].get<std::vector<int>>(), {.folds = each["folds"]}),
                    each["tests"]);
}

BOOST_AUTO_TEST_CASE(shuffled_folds_test_every_row_once) {
    const std::vector<int> labels{0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0};
    for (const auto& folds : {k_fold(11, {.folds = 4, .shuffle = true}),
                              stratified_k_fold(labels, {.folds = 4, .shuffle = true})}) {
        std::multiset<std::size_t> tested;
        for (const auto& each : folds)
            tested.insert(each.test.begin(), each.test.end());
        BOOST_TEST(tested.size() == 11u);
        BOOST_TEST(std::set(tested.begin(), tested.end()).size() == 11u);
    }
    BOOST_TEST((k_fold(11, {.shuffle = true})[0].test != k_fold(11)[0].test));
    BOOST_TEST((k_fold(11, {.shuffle = true})[0].test == k_fold(11, {.shuffle = true})[0].test));
}

BOOST_AUTO_TEST_CASE(cross_validation_scores_are_scikit_learns) {
    const auto numbers = expected()["X"].get<std::vector<double>>();
    const auto targets = expected()["y"].get<std::vector<double>>();
    const xt::xtensor<double, 2> x = xt::adapt(numbers, std::vector<std::size_t>{targets.size(), 10});
    const xt::xtensor<double, 1> y = xt::adapt(targets, std::vector<std::size_t>{targets.size()});
    const auto found = cross_validate(
        [](const auto& some_x, const auto& some_y) {
            return linear_regression<10>{}.fit(some_x, some_y, {.l2 = 0.1});
        },
        x, y, k_fold(y.size()));
    const auto wanted = expected()["scores"].get<std::vector<double>>();
    BOOST_REQUIRE_EQUAL(found.scores.size(), wanted.size());
    double mean = 0;
    for (std::size_t i = 0; i < wanted.size(); ++i) {
        BOOST_TEST(std::abs(found.scores[i] - wanted[i]) <= 1e-10);
        mean += wanted[i] / 5;
    }
    BOOST_TEST(std::abs(found.mean() - mean) <= 1e-10);
    BOOST_TEST(found.standard_deviation() > 0);
}

static_assert(polynomial_features<3, 2>::count == 9 && polynomial_features<2, 10>::count == 65);
static_assert(polynomial_features<64, 3>::columns.factor[47'903] == 63); // within the compilers' step limits

BOOST_AUTO_TEST_CASE(polynomial_features_are_scikit_learns) {
    check_polynomials<1>();
    check_polynomials<2>();
    check_polynomials<3>();
    check_polynomials<4>();
    BOOST_TEST((polynomial_features<3, 3>::names() == expected()["names"].get<std::vector<std::string>>()));
    const std::vector<std::string> names{"height", "weight"};
    using squares = polynomial_features<2, 2>;
    BOOST_TEST(squares::names(names)[3] == "height weight");
    BOOST_TEST(squares::names(names)[4] == "weight^2");
}

BOOST_AUTO_TEST_CASE(what_does_not_fit_is_named) {
    BOOST_TEST(error_message([] { static_cast<void>(k_fold(3)); }) ==
               "k_fold: expected from 2 folds to the number of rows, 3, found 5");
    BOOST_TEST(error_message([] { static_cast<void>(k_fold(3, {.folds = 1})); }) ==
               "k_fold: expected from 2 folds to the number of rows, 3, found 1");
    const std::vector<int> labels{0, 0, 0, 4};
    BOOST_TEST(error_message([&] { static_cast<void>(stratified_k_fold(labels, {.folds = 2})); }) ==
               "stratified_k_fold: expected 2 rows or more of class 4, found 1");
    const std::vector<float> fractions{0, 0.5f, 1, 1};
    BOOST_TEST(error_message([&] { static_cast<void>(stratified_k_fold(fractions, {.folds = 2})); }) ==
               "stratified_k_fold: expected a whole number for row 1, found 0.5");
    const std::vector<double> none{NAN, 1}, far{1e30, 1};
    BOOST_TEST(
        error_message([&] { static_cast<void>(stratified_k_fold(none, {.folds = 2})); }).ends_with("nan"));
    BOOST_TEST(
        error_message([&] { static_cast<void>(stratified_k_fold(far, {.folds = 2})); }).ends_with("1e+30"));
    const xt::xtensor<double, 2> table{{1}, {2}};
    const xt::xtensor<double, 1> targets{1, 2};
    BOOST_TEST(error_message([&] { (void)cross_validate(linear_regression<1>{}, table, targets, {}); }) ==
               "cross_validate: expected a fold at least, found none");
    const std::vector<double> x{1, 2, 3};
    BOOST_TEST(error_message([&] { static_cast<void>(polynomial_features<2, 2>::transform(x)); }) ==
               "polynomial features: X has 3 numbers, expected a multiple of 2");
}

BOOST_AUTO_TEST_CASE(folds_of_another_table_are_refused) {
    const xt::xtensor<double, 2> x{{1}, {2}, {3}, {4}};
    const xt::xtensor<double, 1> y{1, 2, 3, 4};
    const std::vector<double> weights{1, 2, 1, 2};
    for (const bool are_weighted : {false, true}) {
        least_squares_options options;
        if (are_weighted)
            options.sample_weight = weights;
        BOOST_CHECK_THROW(
            (void)cross_validate(linear_regression<1>{}, x, y, k_fold(40, {.folds = 2}), options),
            data_error);
    }
}

BOOST_AUTO_TEST_CASE(an_estimator_is_validated_without_options) {
    const xt::xtensor<double, 2> x{{1}, {2}, {3}, {4}};
    const xt::xtensor<double, 1> y{1, 2, 3, 5};
    const auto folds = k_fold(4, {.folds = 2});
    BOOST_TEST((cross_validate(linear_regression<1>{}, x, y, folds).scores ==
                cross_validate(linear_regression<1>{}, x, y, folds, {}).scores));
    const xt::xtensor<double, 1> three{1, 2, 3};
    BOOST_TEST(error_message([&] { (void)cross_validate(linear_regression<1>{}, x, three, folds); }) ==
               "cross_validate: expected x and y with as many rows, found 4 and 3");
}

BOOST_AUTO_TEST_CASE(labels_may_be_a_column) {
    const xt::xtensor<int, 2> column{{0}, {0}, {0}, {0}, {1}, {1}, {1}, {1}};
    const std::vector<int> list{0, 0, 0, 0, 1, 1, 1, 1};
    const auto by_column = stratified_k_fold(column, {.folds = 2}),
               by_list = stratified_k_fold(list, {.folds = 2});
    BOOST_TEST_REQUIRE(by_column.size() == 2u);
    for (std::size_t i = 0; i < 2; ++i)
        BOOST_TEST((by_column[i].test == by_list[i].test));
    const xt::xtensor<int, 2> wide(std::array<std::size_t, 2>{4, 2});
    BOOST_TEST(error_message([&] { (void)stratified_k_fold(wide, {.folds = 2}); }) ==
               "stratified_k_fold: expected a label for each of 4 rows, found 8");
}
