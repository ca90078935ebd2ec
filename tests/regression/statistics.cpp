// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#include "../error_message.hpp"
#include "../reference.hpp"

#include <strata/layers/layers.hpp>
#include <strata/regression/linear_regression.hpp>
#include <strata/regression/statistics.hpp>

#include <boost/test/unit_test.hpp>

#include <cmath>
#include <vector>

using namespace strata::bedrock;

namespace {

void check_near(double found, double expected, double tolerance) {
    BOOST_TEST(std::abs(found - expected) <= tolerance * (std::abs(expected) + 1e-12));
}

template <std::size_t F, bool Intercept>
void check(const nlohmann::json& expected) {
    const auto x = expected["X"].get<std::vector<double>>();
    const auto y = expected["y"].get<std::vector<double>>();
    linear_regression<F, 1, double, Intercept> reg;
    const auto weights = expected["weights"].get<std::vector<double>>();
    const samples sample_weight = weights.empty() ? samples() : samples(weights);
    reg.fit(x, y, {.sample_weight = sample_weight});
    const auto found = statistics_of(reg, x, y, 0.9, sample_weight);
    // statsmodels' own weights have lost digits where the features nearly depend on each other.
    const double tolerance = 1e-8;
    BOOST_TEST_CONTEXT(expected["name"] << ", intercept " << Intercept << ", weighted " << !weights.empty()) {
        for (std::size_t i = 0; i < F + Intercept; ++i) {
            const auto& each = found.coefficients[i];
            const double error = expected["errors"][i];
            check_near(each.standard_error, error, tolerance);
            BOOST_TEST(std::abs(each.estimate - expected["estimates"][i].get<double>()) <= tolerance * error);
            BOOST_TEST(std::abs(each.t - expected["t"][i].get<double>()) <=
                       tolerance * (1 + std::abs(expected["t"][i].get<double>())));
            check_near(each.p, expected["p"][i], 1e-6);
            BOOST_TEST(std::abs(each.low - expected["low"][i].get<double>()) <= tolerance * error * 10);
            BOOST_TEST(std::abs(each.high - expected["high"][i].get<double>()) <= tolerance * error * 10);
        }
        const auto& figures = expected["figures"];
        check_near(found.r_squared, figures[0], tolerance);
        check_near(found.adjusted_r_squared, figures[1], tolerance);
        check_near(found.f, figures[2], tolerance);
        check_near(found.f_p, figures[3], 1e-6);
        check_near(found.log_likelihood, figures[4], tolerance);
        check_near(found.aic, figures[5], tolerance);
        check_near(found.bic, figures[6], tolerance);
        check_near(found.residual_standard_error, figures[7], tolerance);
        BOOST_TEST(static_cast<double>(found.degrees_of_freedom) == figures[8].get<double>());
    }
}

template <std::size_t F>
void check_if(const nlohmann::json& expected, bool& found) {
    if (expected["features"] != F)
        return;
    found = true;
    if (expected["with_intercept"])
        check<F, true>(expected);
    else
        check<F, false>(expected);
}

} // namespace

BOOST_AUTO_TEST_CASE(figures_are_statsmodels) {
    for (const auto& each : reference("regression/statistics.py")) {
        bool found = false;
        check_if<1>(each, found);
        check_if<4>(each, found);
        check_if<6>(each, found);
        check_if<10>(each, found);
        check_if<12>(each, found);
        check_if<13>(each, found);
        check_if<30>(each, found);
        check_if<40>(each, found);
        BOOST_REQUIRE(found);
    }
}

BOOST_AUTO_TEST_CASE(the_table_names_its_rows) {
    const std::vector<double> x{1, 2, 3, 4, 5};
    const std::vector<double> y{1.0, 2.0, 1.6, 3.8, 2.3};
    linear_regression<1> reg;
    reg.fit(x, y);
    const auto found = statistics_of(reg.network(), x, y);
    double sum = 0;
    for (const double residual : found.residuals)
        sum += residual;
    BOOST_TEST(std::abs(sum) <= 1e-14);
    const std::vector<std::string> names{"year"};
    const std::string table = to_string(found, names);
    BOOST_TEST(table.find("coefficient") == 0u);
    BOOST_TEST(table.find("\nintercept ") != std::string::npos);
    BOOST_TEST(table.find("\nyear ") != std::string::npos);
    BOOST_TEST(table.find("[0.025") != std::string::npos);
    BOOST_TEST(to_string(found).find("\nx0 ") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(what_cannot_be_told_is_an_error) {
    linear_regression<2> reg;
    const auto complaint = [&](const std::vector<double>& x, const std::vector<double>& y,
                               double level = 0.95) {
        return error_message<std::invalid_argument>(
            [&] { static_cast<void>(statistics_of(reg.network(), x, y, level)); });
    };
    BOOST_TEST(complaint({1, 2, 3, 5, 4, 4}, {1, 2, 3}) ==
               "statistics: X has 3 rows, expected more than the 3 weights");
    BOOST_TEST(complaint({1, 2, 2, 4, 3, 6, 4, 8}, {1, 2, 3, 4}) ==
               "statistics: some features depend on each other, so no weight can be told from the others");
    BOOST_TEST(complaint({1, 2, 2, 4, 3, NAN, 4, 8}, {1, 2, 3, 4}) ==
               "statistics: X is not a number at row 2, column 1, expected finite numbers");
    BOOST_TEST(complaint({1, 2, 2, 4}, {1}) == "statistics: X has 2 rows, statistics: y has 1");
    BOOST_TEST(complaint({1, 2, 2, 4}, {1, 2}, 1.5) ==
               "statistics: the level is 1.5, expected a number between 0 and 1");
}

BOOST_AUTO_TEST_CASE(a_constant_column_of_a_long_table_is_dependent) {
    random_sequence random(seed{3}, draw_purpose::split);
    std::vector<double> x;
    std::vector<double> y;
    for (std::size_t i = 0; i < 20'000; ++i) {
        x.push_back(random.uniform());
        x.push_back(0.1); // its mean is off by rounding
        y.push_back(random.uniform());
    }
    linear_regression<2> reg;
    reg.fit(x, y);
    BOOST_TEST(error_message<std::invalid_argument>(
                   [&] { static_cast<void>(statistics_of(reg.network(), x, y)); }) ==
               "statistics: some features depend on each other, so no weight can be told from the others");
}

BOOST_AUTO_TEST_CASE(a_row_of_weight_zero_is_as_if_absent) {
    const std::vector<double> x{1, 1e9, 2, 3, 4, 5};
    const std::vector<double> y{1, NAN, 2, 1.6, 3.8, 2.3};
    const std::vector<double> weights{1, 0, 2, 1, 1, 3};
    const std::vector<double> few_x{1, 2, 3, 4, 5};
    const std::vector<double> few_y{1, 2, 1.6, 3.8, 2.3};
    const std::vector<double> few_weights{1, 2, 1, 1, 3};
    linear_regression<1> reg;
    reg.fit(x, y, {.sample_weight = weights});
    const auto found = statistics_of(reg.network(), x, y, 0.95, weights);
    const auto wanted = statistics_of(reg.network(), few_x, few_y, 0.95, few_weights);
    BOOST_TEST(to_string(found) == to_string(wanted));
    BOOST_TEST(found.residuals == wanted.residuals);
}

BOOST_AUTO_TEST_CASE(what_is_not_a_number_has_no_probability) {
    const std::vector<double> x{1, 2, 3, 4};
    const std::vector<double> y(4, 0.0);
    linear_regression<1> reg;
    reg.fit(x, y);
    const auto found = statistics_of(reg.network(), x, y); // 0 / 0
    BOOST_TEST(std::isnan(found.coefficients[1].t));
    BOOST_TEST(std::isnan(found.coefficients[1].p));
    BOOST_TEST(std::isnan(found.f));
    BOOST_TEST(std::isnan(found.f_p));
}
