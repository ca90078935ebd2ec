// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#include "../error_message.hpp"
#include "../larger_error.hpp"
#include "../reference.hpp"

#include <strata/layers/layers.hpp>
#include <strata/regression/elastic_net.hpp>

#include <boost/test/unit_test.hpp>

#include <cmath>
#include <vector>

using namespace strata::bedrock;

namespace {

template <std::size_t F>
void check_if(const nlohmann::json& expected, const nlohmann::json& data, bool& found) {
    if (data["features"] != F)
        return;
    found = true;
    const auto x = data["X"].get<std::vector<double>>();
    const auto y = data["y"].get<std::vector<double>>();
    elastic_net<F> net;
    net.fit(x, y,
            {.alpha = expected["alpha"].get<double>(),
             .l1_ratio = expected["l1_ratio"].get<double>(),
             .tolerance = 0,
             .max_iterations = 20'000,
             .positive = expected["positive"].get<bool>()});
    const auto coef = expected["coef"].get<std::vector<double>>();
    double largest = std::abs(expected["b"].get<double>());
    double worst = std::abs(net.intercept() - expected["b"].get<double>());
    for (std::size_t j = 0; j < F; ++j) {
        largest = std::max(largest, std::abs(coef[j]));
        worst = larger_error(worst, std::abs(net.coef()(j) - coef[j]));
    }
    BOOST_TEST_CONTEXT(expected["name"] << ", alpha " << expected["alpha"] << ", l1_ratio "
                                        << expected["l1_ratio"] << ", positive " << expected["positive"]) {
        BOOST_TEST(worst <= 1e-8 * largest);
        BOOST_TEST(std::abs(net.score(x, y) - expected["score"].get<double>()) <= 1e-8);
    }
}

} // namespace

BOOST_AUTO_TEST_CASE(answers_are_scikit_learns) {
    const auto expected = reference("regression/elastic_net.py");
    BOOST_TEST(expected["data"].size() >= 12u);
    for (const auto& each : expected["cases"]) {
        const auto& data = expected["data"][each["name"].get<std::string>()];
        bool found = false;
        check_if<1>(each, data, found);
        check_if<4>(each, data, found);
        check_if<10>(each, data, found);
        check_if<12>(each, data, found);
        check_if<13>(each, data, found);
        check_if<30>(each, data, found);
        check_if<40>(each, data, found);
        check_if<64>(each, data, found);
        BOOST_REQUIRE(found);
    }
}

BOOST_AUTO_TEST_CASE(the_gap_bounds_the_distance_from_the_minimum) {
    random_sequence random(seed{6}, draw_purpose::split);
    std::vector<double> x(200 * 5);
    std::vector<double> y(200);
    for (double& each : x)
        each = random.uniform() - 0.5;
    for (std::size_t i = 0; i < 200; ++i)
        y[i] = 3 * x[5 * i] - x[5 * i + 1] + 0.1 * random.uniform();
    const auto objective = [&](const lasso<5>& net) {
        const auto p = net.predict(x);
        double sum = 0;
        for (std::size_t i = 0; i < 200; ++i)
            sum += (y[i] - p(i)) * (y[i] - p(i)) / 400;
        for (const double weight : net.coef())
            sum += 0.01 * std::abs(weight);
        return sum;
    };
    lasso<5> exact;
    exact.fit(x, y, {.alpha = 0.01, .tolerance = 0});
    lasso<5> rough;
    rough.fit(x, y, {.alpha = 0.01, .tolerance = 1e-3, .max_iterations = 2});
    BOOST_TEST(rough.iterations() <= 2u);
    BOOST_TEST(objective(rough) - objective(exact) >= -1e-12);
    BOOST_TEST(objective(rough) - objective(exact) <= rough.dual_gap() + 1e-12);
    BOOST_TEST(exact.dual_gap() <= 1e-12);
    // Useless features get no weight at all, and with a strong penalty none does.
    BOOST_TEST(exact.coef()(0) > 2);
    BOOST_TEST(exact.coef()(3) == 0.0);
    exact.fit(x, y, {.alpha = 100});
    for (const double weight : exact.coef())
        BOOST_TEST(weight == 0.0);
}

BOOST_AUTO_TEST_CASE(a_constant_feature_gets_no_weight) {
    const std::vector<double> x{1, 0.1, 2, 0.1, 4, 0.1};
    const std::vector<double> y{2, 4, 8};
    lasso<2> net;
    net.fit(x, y, {.alpha = 1e-9});
    BOOST_TEST(net.coef()(1) == 0.0);
    BOOST_TEST(std::abs(net.coef()(0) - 2) <= 1e-3);
}

BOOST_AUTO_TEST_CASE(what_does_not_fit_is_named) {
    elastic_net<2> net;
    const std::vector<double> x{1, 2, 3, 4};
    const auto fit = [&](std::vector<double> rows, std::vector<double> targets,
                         elastic_net_options options = {}) {
        return error_message<std::invalid_argument>([&] { net.fit(rows, targets, options); });
    };
    BOOST_TEST(fit({1, NAN, 3, 4}, {0, 1}) ==
               "fit: X is not a number at row 0, column 1, expected finite numbers");
    BOOST_TEST(fit(x, {0, INFINITY}) == "fit: y is infinite at row 1, column 0, expected finite numbers");
    BOOST_TEST(fit({}, {}) == "fit: X has no rows");
    BOOST_TEST(fit(x, {0, 1, 2}) == "fit: X has 2 rows, fit: y has 3");
    BOOST_TEST(fit(x, {0, 1}, {.alpha = -1}) == "fit: alpha is -1, expected 0 or more");
    BOOST_TEST(fit(x, {0, 1}, {.l1_ratio = 1.5}) == "fit: l1_ratio is 1.5, expected a number from 0 to 1");
    BOOST_TEST(fit(x, {0, 1}, {.max_iterations = 0}) == "fit: max_iterations is 0, expected 1 or more");
}
