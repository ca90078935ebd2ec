// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#include "../error_message.hpp"
#include "../larger_error.hpp"
#include "../reference.hpp"

#include <strata/layers/layers.hpp>
#include <strata/regression/logistic_regression.hpp>

#include <boost/test/unit_test.hpp>

#include <cmath>
#include <limits>
#include <vector>

using namespace strata::bedrock;

namespace {

std::vector<double> flat(const auto& values) {
    if constexpr (std::is_arithmetic_v<std::decay_t<decltype(values)>>)
        return {values};
    else
        return {values.begin(), values.end()};
}

void check_near(const std::vector<double>& found, const std::vector<double>& expected, double tolerance) {
    BOOST_REQUIRE_EQUAL(found.size(), expected.size());
    double largest = 0;
    double difference = 0;
    for (std::size_t i = 0; i < found.size(); ++i) {
        largest = std::max(largest, std::abs(expected[i]));
        difference = larger_error(difference, std::abs(found[i] - expected[i]));
    }
    BOOST_TEST(difference <= tolerance * largest);
}

template <class Estimator, std::size_t F, std::size_t K>
void check_if(const nlohmann::json& expected, const nlohmann::json& data, bool& found) {
    if (data["features"] != F || data["classes"] != K)
        return;
    found = true;
    const auto x = data["X"].get<std::vector<double>>();
    const auto y = data["y"].get<std::vector<int>>();
    const auto weights = data["weights"].get<std::vector<double>>();
    logistic_options options{.C = expected["C"].get<double>()};
    if (expected["weighted"])
        options.sample_weight = samples(weights);
    Estimator estimator;
    estimator.fit(x, y, options);
    BOOST_TEST_CONTEXT(expected["name"] << ", C " << expected["C"] << ", weighted " << expected["weighted"]) {
        const auto coef = expected["coef"].get<std::vector<double>>();
        check_near(flat(estimator.coef()), coef, 1e-6);
        const auto all = [](std::vector<double> values, const std::vector<double>& added_values) {
            values.insert(values.end(), added_values.begin(), added_values.end());
            return values;
        };
        check_near(all(coef, flat(estimator.intercept())),
                   all(coef, expected["intercept"].get<std::vector<double>>()), 1e-6);
        BOOST_TEST(std::abs(estimator.score(x, y) - expected["score"].get<double>()) <= 1e-12);
    }
}

} // namespace

BOOST_AUTO_TEST_CASE(answers_are_scikit_learns) {
    const auto expected = reference("regression/logistic.py");
    BOOST_TEST(expected["data"].size() >= 12u);
    for (const auto& each : expected["cases"]) {
        const auto& data = expected["data"][each["name"].get<std::string>()];
        bool found = false;
        check_if<logistic_regression<2>, 2, 2>(each, data, found);
        check_if<logistic_regression<4>, 4, 2>(each, data, found);
        check_if<logistic_regression<10>, 10, 2>(each, data, found);
        check_if<logistic_regression<30>, 30, 2>(each, data, found);
        check_if<softmax_regression<4, 3>, 4, 3>(each, data, found);
        check_if<softmax_regression<4, 5>, 4, 5>(each, data, found);
        check_if<softmax_regression<6, 3>, 6, 3>(each, data, found);
        check_if<softmax_regression<13, 3>, 13, 3>(each, data, found);
        check_if<softmax_regression<64, 10>, 64, 10>(each, data, found);
        BOOST_REQUIRE(found);
    }
}

namespace {
// Two overlapping classes, far from zero and badly scaled.
const std::vector<double> x{1001, 1e-3, 1002, 3e-3, 1003, 2e-3, 1004,
                            6e-3, 1003, 5e-3, 1005, 4e-3, 1002, 7e-3};
const std::vector<int> y{1, 0, 1, 0, 0, 1, 1};
} // namespace

BOOST_AUTO_TEST_CASE(without_a_penalty_the_mean_residuals_vanish) {
    logistic_regression<2> net;
    net.fit(x, y, {.C = std::numeric_limits<double>::infinity()});
    const auto p = net.predict_probability(x);
    double sums[3] = {};
    for (std::size_t i = 0; i < y.size(); ++i) {
        const double error = p(i, 1) - y[i];
        sums[0] += error;
        sums[1] += error * (x[2 * i] - 1000);
        sums[2] += error * x[2 * i + 1] * 1e3;
    }
    for (const double sum : sums)
        BOOST_TEST(std::abs(sum) <= 1e-9);
}

BOOST_AUTO_TEST_CASE(any_network_of_that_type_is_solved) {
    logistic_regression<2> named;
    named.fit(x, y);
    model<input<2, 1> | flatten | dense<1> | sigmoid, double> net;
    solve(net, x, y);
    BOOST_TEST((net.weights() == named.network().weights()));
    // Two classes by a softmax: each takes half of the difference, at half of the penalty.
    softmax_regression<2, 2> two;
    two.fit(x, y, {.C = 0.5});
    BOOST_TEST(std::abs(two.coef()(1, 0) - two.coef()(0, 0) - named.coef()(0)) <= 1e-9);
    // Without an intercept, and in float.
    model<input<2> | dense<1, no_bias> | sigmoid> narrow;
    solve(narrow, x, y);
    BOOST_TEST(narrow.weights().size() == 2u);
    BOOST_TEST(std::isfinite(narrow.weights()[0]));
}

BOOST_AUTO_TEST_CASE(a_constant_feature_gets_no_weight) {
    std::vector<double> constant;
    for (std::size_t i = 0; i < y.size(); ++i)
        constant.insert(constant.end(), {x[2 * i], 0.1});
    for (const double C : {1.0, std::numeric_limits<double>::infinity()}) {
        logistic_regression<2> net;
        net.fit(constant, y, {.C = C});
        BOOST_TEST(net.coef()(1) == 0.0);
    }
}

BOOST_AUTO_TEST_CASE(a_constant_feature_of_any_length_gets_no_weight) {
    constexpr double infinity = std::numeric_limits<double>::infinity();
    random_sequence random(seed{3}, draw_purpose::split);
    std::vector<double> alone;
    std::vector<double> constant;
    std::vector<int> labels;
    for (std::size_t i = 0; i < 10'000; ++i) {
        alone.push_back(random.uniform());
        constant.insert(constant.end(), {alone.back(), 0.1});
        labels.push_back(random.uniform() < alone.back());
    }
    logistic_regression<1> one;
    one.fit(alone, labels, {.C = infinity});
    logistic_regression<2> two;
    two.fit(constant, labels, {.C = infinity});
    BOOST_TEST(two.coef()(0) == one.coef()(0));
    BOOST_TEST(two.coef()(1) == 0.0);
    softmax_regression<2, 2> classes;
    classes.fit(constant, labels, {.C = infinity});
    BOOST_TEST(std::abs(classes.coef()(1, 0) - classes.coef()(0, 0) - one.coef()(0)) <= 1e-10);
    BOOST_TEST(classes.coef()(1, 1) == 0.0);
}

BOOST_AUTO_TEST_CASE(a_feature_that_hardly_varies_keeps_its_weight) {
    random_sequence random(seed{4}, draw_purpose::split);
    std::vector<double> near;
    std::vector<double> far;
    std::vector<int> labels;
    for (std::size_t i = 0; i < 5'000; ++i) {
        near.push_back(std::floor(random.uniform() * 1000));
        far.push_back(1e15 + near.back());
        labels.push_back(random.uniform() < near.back() / 1000);
    }
    logistic_regression<1> one;
    one.fit(near, labels, {.C = std::numeric_limits<double>::infinity()});
    logistic_regression<1> other;
    other.fit(far, labels, {.C = std::numeric_limits<double>::infinity()});
    BOOST_TEST(std::abs(other.coef()(0) / one.coef()(0) - 1) <= 1e-9);
}

BOOST_AUTO_TEST_CASE(features_that_depend_on_each_other_share_their_weight) {
    constexpr double infinity = std::numeric_limits<double>::infinity();
    std::vector<double> alone;
    std::vector<double> twice;
    for (std::size_t i = 0; i < y.size(); ++i) {
        alone.push_back(x[2 * i]);
        twice.insert(twice.end(), {x[2 * i], 3 * x[2 * i] - 1});
    }
    logistic_regression<1> one;
    one.fit(alone, y, {.C = infinity});
    logistic_regression<2> two;
    two.fit(twice, y, {.C = infinity});
    BOOST_TEST(std::abs(two.coef()(0) + 3 * two.coef()(1) - one.coef()(0)) <= 1e-9);
    // And where a plane does separate the classes, that is said.
    const std::vector<int> separated{0, 0, 1, 1, 1, 1, 0};
    BOOST_TEST(error_message([&] {
                   two.fit(twice, separated, {.C = infinity});
               }).find("a plane separates the classes") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(rows_of_weight_zero_are_as_if_absent) {
    std::vector<double> more_x{1e9, 1e9, NAN, 4};
    std::vector<int> more_y{1, 7};
    std::vector<double> weights{0, 0};
    more_x.insert(more_x.end(), x.begin(), x.end());
    more_y.insert(more_y.end(), y.begin(), y.end());
    weights.insert(weights.end(), {1, 2, 3, 1, 1, 2, 1});
    const std::vector<double> other_weights(weights.begin() + 2, weights.end());
    for (const double C : {1.0, std::numeric_limits<double>::infinity()}) {
        logistic_regression<2> all;
        all.fit(more_x, more_y, {.C = C, .sample_weight = weights});
        logistic_regression<2> few;
        few.fit(x, y, {.C = C, .sample_weight = other_weights});
        BOOST_TEST((all.network().weights() == few.network().weights()));
        softmax_regression<2, 2> classes;
        classes.fit(more_x, more_y, {.C = C, .sample_weight = weights});
        softmax_regression<2, 2> others;
        others.fit(x, y, {.C = C, .sample_weight = other_weights});
        BOOST_TEST((classes.network().weights() == others.network().weights()));
    }
    // Hardly any weight is nearly the same, since means and scales are weighted.
    std::fill(weights.begin(), weights.begin() + 2, 1e-30);
    more_x[2] = 1e9;
    more_y[1] = 0;
    logistic_regression<2> all;
    all.fit(more_x, more_y, {.sample_weight = weights});
    logistic_regression<2> few;
    few.fit(x, y, {.sample_weight = other_weights});
    BOOST_TEST(std::abs(all.coef()(0) / few.coef()(0) - 1) <= 1e-9);
}

BOOST_AUTO_TEST_CASE(a_small_unit_leaves_other_features_their_weights) {
    // scikit-learn's weights.
    const std::vector<double> rows{1, 5e-7, 2, 4e-7, 3, 6e-7, 4, 4.5e-7, 5, 5.5e-7, 6, 5.2e-7};
    const std::vector<int> labels{0, 0, 1, 0, 1, 1};
    logistic_regression<2> net;
    net.fit(rows, labels);
    BOOST_TEST(std::abs(net.coef()(0) - 0.767054) <= 1e-6);
    BOOST_TEST(std::abs(net.intercept() + 2.68469) <= 1e-5);
    softmax_regression<2, 2> classes;
    classes.fit(rows, labels, {.C = 0.5}); // whose objective is that of both classes' halves
    BOOST_TEST(std::abs(2 * classes.coef()(1, 0) - 0.767054) <= 1e-6);
}

BOOST_AUTO_TEST_CASE(units_of_any_size_are_taken) {
    constexpr double infinity = std::numeric_limits<double>::infinity();
    const auto fit = [&](double unit, double C) {
        std::vector<double> rows{-1.5, 0.2, 1.1, -0.3, 0.4, 2, -0.1};
        for (double& each : rows)
            each *= unit;
        logistic_regression<1> net;
        net.fit(rows, std::vector<int>{0, 1, 1, 1, 0, 1, 0}, {.C = C});
        return std::pair{net.coef()(0) * unit, net.intercept()};
    };
    const auto [weight, intercept] = fit(1, infinity);
    for (const double unit : {1e-300, 1e-160, 1e160, 1e300}) {
        const auto found = fit(unit, infinity);
        BOOST_TEST(std::abs(found.first / weight - 1) <= 1e-9);
        BOOST_TEST(std::abs(found.second / intercept - 1) <= 1e-9);
    }
    // A penalty on weights per such a unit is everything, or nothing.
    BOOST_TEST(std::abs(fit(1e-300, 1).first) <= 1e-100);
    BOOST_TEST(std::abs(fit(1e300, 1).first / weight - 1) <= 1e-9);
    logistic_regression<1> net;
    BOOST_TEST(error_message([&] {
                   net.fit(std::vector<double>{-1e308, 1e308}, std::vector<int>{0, 1});
               }) == "fit: X has numbers so large that sums of them are infinite");
}

BOOST_AUTO_TEST_CASE(any_finite_C_has_an_optimum) {
    const std::vector<double> rows{0, 1, 2, 3, 4, 5, 6, 7, 8};
    const std::vector<int> labels{0, 0, 0, 0, 0, 1, 1, 1, 1};
    const std::vector<int> three{0, 0, 0, 1, 1, 1, 2, 2, 2};
    double last = 0;
    for (double C = 1; C < 1e16; C *= 10) {
        logistic_regression<1> net;
        net.fit(rows, labels, {.C = C});
        BOOST_TEST(net.coef()(0) > last);
        last = net.coef()(0);
        // The gradient: C times the residuals' products with the rows is the weight.
        double products = 0;
        for (std::size_t i = 0; i < rows.size(); ++i) {
            const double margin = (labels[i] == 1 ? 1 : -1) * (net.coef()(0) * rows[i] + net.intercept());
            products += (labels[i] == 1 ? rows[i] : -rows[i]) / (1 + std::exp(margin));
        }
        BOOST_TEST(std::abs(C * products / last - 1) <= 1e-6);
        softmax_regression<1, 3> classes;
        classes.fit(rows, three, {.C = C});
        if (C >= 100)
            BOOST_TEST(classes.score(rows, three) == 1.0);
        // A class without rows, as a fold may lack one.
        classes.fit(rows, labels, {.C = C});
        BOOST_TEST(std::abs(classes.coef()(1, 0) - classes.coef()(0, 0)) > 0);
        BOOST_TEST(classes.coef()(2, 0) == 0.0);
        for (std::size_t i = 0; i < rows.size(); ++i)
            BOOST_TEST(classes.predict_probability(rows)(i, 2) <= 1e-16);
    }
}

BOOST_AUTO_TEST_CASE(what_is_no_number_has_no_class) {
    logistic_regression<1> estimator;
    const std::vector<double> some{1, 2, 3, 4};
    estimator.fit(some, std::vector<int>{0, 1, 0, 1});
    const std::vector<double> odd{1, std::numeric_limits<double>::quiet_NaN()};
    const char* const expected = "predict: X is not a number at row 1, column 0, expected finite numbers";
    BOOST_TEST(error_message<std::invalid_argument>([&] { (void)estimator.predict(odd); }) == expected);
    BOOST_TEST(error_message<std::invalid_argument>([&] {
                   (void)estimator.score(odd, std::vector<int>{0, 0});
               }) == expected);
    BOOST_TEST(std::isnan(estimator.predict_probability(odd)(1, 0)));
}

BOOST_AUTO_TEST_CASE(what_does_not_fit_is_named) {
    logistic_regression<2> net;
    const auto fit = [&](std::vector<double> rows, std::vector<double> labels,
                         logistic_options options = {}) {
        return error_message([&] { net.fit(rows, labels, options); });
    };
    BOOST_TEST(fit({1, 2, 3, 4}, {0, 2}) == "fit: y is 2 at row 1, expected a class from 0 to 1");
    BOOST_TEST(fit({1, 2, 3, 4}, {0, 0.5}) == "fit: y is 0.5 at row 1, expected a class from 0 to 1");
    BOOST_TEST(fit({1, 2, 3, 4}, {NAN, 1}) == "fit: y is nan at row 0, expected a class from 0 to 1");
    BOOST_TEST(fit({1, 2, 3, 4}, {1, 1}) == "fit: y has class 1 only, expected two classes or more");
    BOOST_TEST(fit({1, 2, 3, NAN}, {0, 1}) ==
               "fit: X is not a number at row 1, column 1, expected finite numbers");
    BOOST_TEST(fit({1, 2, 3, 4}, {0, 1, 1}) == "fit: X has 2 rows, fit: y has 3");
    BOOST_TEST(fit({}, {}) == "fit: X has no rows");
    BOOST_TEST(fit({1, 2, 3, 4}, {0, 1}, {.C = 0}) == "fit: C is 0, expected more than 0");
    BOOST_TEST(
        fit({1, 2, 3, 4}, {0, 1}, {.C = std::numeric_limits<double>::infinity()})
            .ends_with("a plane separates the classes, the weights grow without end; a finite C has an "
                       "optimum"));
}

// Logits are then small differences of large numbers. The far row is certain and changes nothing, so the
// slope is that of the other five.
BOOST_AUTO_TEST_CASE(a_row_may_be_far_from_the_others) {
    const std::vector<int> labels{0, 0, 1, 0, 1, 1};
    for (const double far : {1e3, 1e4, 1e5, 1e6, 1e7}) {
        logistic_regression<1> one;
        one.fit(std::vector<double>{0, 1, 2, 3, 4, far}, labels,
                {.C = std::numeric_limits<double>::infinity()});
        BOOST_TEST(std::abs(one.coef()(0) - 1.0904255603) <= 1e-9, far << ": " << one.coef()(0));
        softmax_regression<1, 2> two;
        two.fit(std::vector<double>{0, 1, 2, 3, 4, far}, labels,
                {.C = std::numeric_limits<double>::infinity()});
        BOOST_TEST(std::abs(two.coef()(1, 0) - two.coef()(0, 0) - 1.0904255603) <= 1e-9,
                   far << ": of two classes");
    }
}

// Whether a plane has all rows of a class on one side, or some of them upon it.
BOOST_AUTO_TEST_CASE(separated_classes_have_no_optimum) {
    constexpr double infinity = std::numeric_limits<double>::infinity();
    const auto said = [](const std::vector<double>& rows, const std::vector<int>& labels,
                         std::size_t iterations = 100) {
        logistic_regression<1> one;
        return error_message([&] { one.fit(rows, labels, {.C = infinity, .max_iterations = iterations}); });
    };
    const std::string reason =
        "a plane separates the classes, the weights grow without end; a finite C has an optimum";
    BOOST_TEST(said({-1, 1}, {0, 1}).ends_with(reason));
    BOOST_TEST(said({1, 2, 3, 4, 5, 6}, {0, 0, 0, 1, 1, 1}).ends_with(reason));
    BOOST_TEST(said({0, 0, 0, 0, 1, 1, 1}, {0, 1, 0, 1, 1, 1, 1}).ends_with(reason));
    softmax_regression<1, 3> three;
    BOOST_TEST(error_message([&] {
                   three.fit(std::vector<double>{0, 0, 0, 0, 1, 1, 1}, std::vector<int>{0, 1, 0, 1, 2, 2, 2},
                             {.C = infinity});
               }).ends_with(reason));
    // No plane separates these.
    BOOST_TEST(said({0, 1, 2, 3, 4, 5}, {0, 0, 1, 0, 1, 1}) == "no error");
    BOOST_TEST(said({0, 1, 2, 3, 4, 5}, {0, 0, 1, 0, 1, 1}, 2) == "fit: no optimum after 2 iterations");
    // The unit of the weights is none of the optimum.
    const std::vector<double> rows{0, 1, 2, 3, 4, 5}, weights(6, 1e-30);
    const std::vector<int> labels{0, 0, 1, 0, 1, 1};
    logistic_regression<1> one, other;
    one.fit(rows, labels, {.C = infinity});
    other.fit(rows, labels, {.C = infinity, .sample_weight = weights});
    BOOST_TEST(std::abs(one.coef()(0) - other.coef()(0)) <= 1e-9);
}
