// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#include "../error_message.hpp"
#include "../larger_error.hpp"
#include "../reference.hpp"

#include <strata/layers/layers.hpp>
#include <strata/regression/linear_regression.hpp>

#include <boost/test/unit_test.hpp>

#include <cmath>
#include <limits>
#include <vector>

using namespace strata::bedrock;

namespace {

double largest(const std::vector<double>& values) {
    double result = 0;
    for (double value : values)
        result = std::max(result, std::abs(value));
    return result;
}

double largest_difference(const std::vector<double>& a, const std::vector<double>& b) {
    BOOST_REQUIRE_EQUAL(a.size(), b.size());
    double result = 0;
    for (std::size_t i = 0; i < a.size(); ++i)
        result = larger_error(result, std::abs(a[i] - b[i]));
    return result;
}

std::vector<double> flat(const auto& values) {
    if constexpr (std::is_arithmetic_v<std::decay_t<decltype(values)>>)
        return {values};
    else
        return {values.begin(), values.end()};
}

template <std::size_t F, std::size_t T, bool Intercept>
void check_case(const nlohmann::json& expected, const nlohmann::json& data) {
    const auto x = data["X"].get<std::vector<double>>();
    const auto y = data["y"].get<std::vector<double>>();
    const auto weights = data["weights"].get<std::vector<double>>();
    linear_regression<F, T, double, Intercept> reg;
    least_squares_options options{.l2 = expected["l2"].get<double>()};
    if (expected["weighted"])
        options.sample_weight = samples(weights);
    reg.fit(x, y, options);
    const auto coef = expected["coef"].get<std::vector<double>>();
    BOOST_TEST(largest_difference(flat(reg.coef()), coef) <= 1e-8 * largest(coef));
    if (Intercept) {
        const auto intercept = expected["intercept"].get<std::vector<double>>();
        BOOST_TEST(largest_difference(flat(reg.intercept()), intercept) <=
                   1e-8 * (largest(intercept) + largest(coef)));
    }
    BOOST_TEST(std::abs(reg.score(x, y) - expected["score"].get<double>()) <= 1e-8);
    if (options.l2 == 0) {
        BOOST_TEST(reg.rank() == expected["rank"].get<std::size_t>());
        const auto values = expected["singular_values"].get<std::vector<double>>();
        BOOST_TEST(largest_difference(reg.singular_values(), values) <= 1e-12 * values[0]);
    }
}

template <std::size_t F, std::size_t T>
void check_if(const nlohmann::json& expected, const nlohmann::json& data, bool& found) {
    if (data["features"] != F || data["targets"] != T)
        return;
    found = true;
    BOOST_TEST_CONTEXT(expected["name"] << ", intercept " << expected["with_intercept"] << ", weighted "
                                        << expected["weighted"] << ", l2 " << expected["l2"]) {
        if (expected["with_intercept"])
            check_case<F, T, true>(expected, data);
        else
            check_case<F, T, false>(expected, data);
    }
}

// Small whole numbers, whose sums of products are exact in any order.
template <std::size_t F, std::size_t T, class Value>
void check_products(std::size_t rows, bool weighted) {
    std::vector<Value> x(rows * F), y(rows * T), weights(rows);
    for (std::size_t i = 0; i < x.size(); ++i)
        x[i] = static_cast<Value>(i * i % 19) - Value(7);
    for (std::size_t i = 0; i < y.size(); ++i)
        y[i] = static_cast<Value>(i * i % 13);
    for (std::size_t i = 0; i < rows; ++i)
        weights[i] = static_cast<Value>((1 + i % 3) * (1 + i % 3)); // squares have exact roots
    const observations<Value> inputs(x, F, "x"), outputs(y, T, "y"), shares(weights, 1, "weight");
    moments<F, T, false> sums;
    sums.add(inputs, outputs, weighted ? &shares : nullptr, 1);
    const auto number = [&](std::size_t row, std::size_t column) {
        return static_cast<double>(column < F ? x[row * F + column] : y[row * T + column - F]);
    };
    std::size_t wrong = 0;
    for (std::size_t i = 0; i < F + T; ++i) {
        double mean = 0;
        for (std::size_t row = 0; row < rows; ++row)
            mean += (weighted ? static_cast<double>(weights[row]) : 1.0) * number(row, i);
        wrong += sums.mean(i) != mean / sums.weight();
        for (std::size_t j = 0; j < F + T; ++j) {
            double expected = 0;
            for (std::size_t row = 0; row < rows; ++row)
                expected +=
                    (weighted ? static_cast<double>(weights[row]) : 1.0) * number(row, i) * number(row, j);
            wrong += sums.product(i, j) != expected;
        }
    }
    BOOST_TEST(wrong == 0, F << " + " << T << " columns, " << rows << " rows");
}

} // namespace

BOOST_AUTO_TEST_CASE(each_two_columns_of_any_number_are_multiplied) {
    for (const bool weighted : {false, true})
        for (const std::size_t rows : {1u, 8u, 131u, 300u}) {
            check_products<1, 1, double>(rows, weighted);
            check_products<4, 3, double>(rows, weighted);
            check_products<20, 1, double>(rows, weighted);
            check_products<9, 2, float>(rows, weighted);
            check_products<62, 2, double>(rows, weighted);
            check_products<62, 3, double>(rows, weighted);
            check_products<70, 1, double>(rows, weighted);
        }
}

BOOST_AUTO_TEST_CASE(answers_are_scikit_learns) {
    const auto expected = reference("regression/least_squares.py");
    BOOST_TEST(expected["data"].size() >= 12u);
    for (const auto& each : expected["cases"]) {
        const auto& data = expected["data"][each["name"].get<std::string>()];
        bool found = false;
        check_if<1, 1>(each, data, found);
        check_if<3, 3>(each, data, found);
        check_if<4, 1>(each, data, found);
        check_if<7, 1>(each, data, found);
        check_if<8, 3>(each, data, found);
        check_if<10, 1>(each, data, found);
        check_if<12, 1>(each, data, found);
        check_if<13, 1>(each, data, found);
        check_if<30, 1>(each, data, found);
        check_if<35, 1>(each, data, found);
        check_if<40, 1>(each, data, found);
        check_if<64, 1>(each, data, found);
        BOOST_REQUIRE(found);
    }
}

BOOST_AUTO_TEST_CASE(the_textbooks_heights_and_weights) {
    const std::vector<double> heights{174, 152, 138, 128, 186};
    const std::vector<double> weights{71, 55, 46, 38, 88};
    linear_regression<1> reg;
    reg.fit(heights, weights);
    BOOST_TEST(std::abs(reg.coef()(0) - 0.82021132) <= 5e-9);
    BOOST_TEST(std::abs(reg.intercept() - -68.0248807089298) <= 5e-14 * 68);
    BOOST_TEST(std::abs(reg.score(heights, weights) - 0.9812769231994423) <= 5e-16);
    BOOST_TEST(std::abs(reg.predict(std::array{178.0})(0) - 77.97273347) <= 5e-9);
}

BOOST_AUTO_TEST_CASE(any_linear_network_is_solved) {
    const std::vector<float> x{0, 0, 1, 0, 0, 1, 1, 1};
    const std::vector<float> y{1, 3, 4, 6};
    model<input<2, 1> | flatten | dense<1> | linear> net;
    solve(net, x, y);
    BOOST_TEST(std::abs(net.predict(std::array{2.0f, 2.0f})[0] - 11.0f) <= 1e-5f);
}

BOOST_AUTO_TEST_CASE(rows_may_come_in_parts) {
    random_sequence random(seed{1}, draw_purpose::split);
    std::vector<double> x(5000 * 3);
    std::vector<double> y(5000);
    for (double& each : x)
        each = random.uniform() + 100;
    for (std::size_t i = 0; i < y.size(); ++i)
        y[i] = x[3 * i] - 2 * x[3 * i + 1] + 0.1 * random.uniform();
    linear_regression<3> whole;
    linear_regression<3> parts;
    whole.fit(x, y);
    const std::span<const double> all_x(x);
    const std::span<const double> all_y(y);
    for (std::size_t first = 0; first < 5000; first += 700) {
        const std::size_t row_count = std::min<std::size_t>(700, 5000 - first);
        parts.partial_fit(all_x.subspan(3 * first, 3 * row_count), all_y.subspan(first, row_count));
    }
    BOOST_TEST(largest_difference(flat(whole.coef()), flat(parts.coef())) <= 1e-10);
    BOOST_TEST(std::abs(whole.intercept() - parts.intercept()) <= 1e-8);
    BOOST_TEST(parts.rank() == 3u);
    // A part with a number that is none changes nothing.
    x[4] = std::numeric_limits<double>::quiet_NaN();
    const auto coefficients = flat(parts.coef());
    BOOST_TEST(error_message<std::invalid_argument>([&] { parts.partial_fit(x, y); }) ==
               "partial_fit: X is not a number at row 1, column 1, expected finite numbers");
    BOOST_TEST(largest_difference(flat(parts.coef()), coefficients) == 0);
}

BOOST_AUTO_TEST_CASE(rows_of_weight_zero_are_as_if_absent) {
    random_sequence random(seed{6}, draw_purpose::split);
    std::vector<double> x;
    std::vector<double> y;
    std::vector<double> weights;
    std::vector<double> few_x;
    std::vector<double> few_y;
    std::vector<double> few_weights;
    for (std::size_t i = 0; i < 100; ++i) {
        const bool counts = i % 13 != 0 || i > 60;
        const double number = random.uniform();
        x.push_back(counts ? number : 1e9);
        y.push_back(counts ? 2 * number + 1 : i == 13 ? NAN : -5);
        weights.push_back(counts ? 1 + random.uniform() : 0);
        if (counts) {
            few_x.push_back(x.back());
            few_y.push_back(y.back());
            few_weights.push_back(weights.back());
        }
    }
    linear_regression<1> all;
    linear_regression<1> few;
    const auto check = [&] {
        BOOST_TEST((all.network().weights() == few.network().weights()));
        BOOST_TEST(all.condition() == few.condition());
        BOOST_TEST(all.singular_values() == few.singular_values());
        BOOST_TEST(all.solution().rows == few_x.size());
        BOOST_TEST(std::abs(all.coef()(0) - 2) <= 1e-12);
    };
    all.fit(x, y, {.sample_weight = weights});
    few.fit(few_x, few_y, {.sample_weight = few_weights});
    check();
    all.partial_fit(x, y, {.sample_weight = weights});
    few.partial_fit(few_x, few_y, {.sample_weight = few_weights});
    check();
    // Errors go on to count the rows as the caller does.
    y[70] = NAN;
    BOOST_TEST(error_message<std::invalid_argument>([&] { all.fit(x, y, {.sample_weight = weights}); }) ==
               "fit: y is not a number at row 70, column 0, expected finite numbers");
    // Hardly any weight is nearly the same.
    y[70] = 2 * x[70] + 1;
    y[13] = 0;
    for (double& weight : weights)
        weight += 1e-40;
    all.fit(x, y, {.sample_weight = weights});
    BOOST_TEST(std::abs(all.coef()(0) - 2) <= 1e-9);
}

BOOST_AUTO_TEST_CASE(parts_with_dependent_columns_have_the_shortest_weights) {
    random_sequence random(seed{7}, draw_purpose::split);
    std::vector<double> x;
    std::vector<double> y;
    for (std::size_t i = 0; i < 300; ++i) {
        const double a = random.uniform();
        const double b = 1000 * random.uniform();
        x.insert(x.end(), {a, b, 2 * a - b / 100, 0.1});
        y.push_back(a + b + random.uniform());
    }
    linear_regression<4> whole;
    whole.fit(x, y);
    linear_regression<4> parts;
    parts.partial_fit(x, y);
    BOOST_TEST(whole.rank() == 2u);
    BOOST_TEST(parts.rank() == 2u);
    BOOST_TEST((parts.solution().method == least_squares_method::eigenvalues));
    BOOST_TEST(parts.condition() < 10);
    BOOST_TEST(largest_difference(flat(whole.coef()), flat(parts.coef())) <=
               1e-10 * largest(flat(whole.coef())));
    BOOST_TEST(parts.coef()(3) == 0.0);
}

BOOST_AUTO_TEST_CASE(a_constant_column_of_any_length_is_constant) {
    // The rounding of the mean of so many equal numbers is larger than what may pass for rounding elsewhere.
    const std::vector<double> x(1'000'000, 0.1);
    const observations<double> rows(x, 1, "X");
    const internal::centred_columns<double> columns(rows, rows, nullptr, true);
    std::vector<double> column(x.size());
    const double length = columns.copy_input(0, column.data());
    BOOST_TEST(columns.is_constant(0, length));
}

BOOST_AUTO_TEST_CASE(any_number_of_threads_gives_the_same_bits) {
    random_sequence random(seed{2}, draw_purpose::split);
    std::vector<float> x(30'000 * 5);
    std::vector<float> y(30'000);
    for (float& each : x)
        each = static_cast<float>(random.uniform());
    for (float& each : y)
        each = static_cast<float>(random.uniform());
    linear_regression<5, 1, float> one;
    one.fit(x, y, {.threads = 1});
    for (const std::size_t threads : {2u, 3u, 7u}) {
        linear_regression<5, 1, float> several;
        several.fit(x, y, {.threads = threads});
        BOOST_TEST((several.network().weights() == one.network().weights()));
    }
}

BOOST_AUTO_TEST_CASE(sums_of_many_floats_lose_nothing) {
    // Beyond 2^24 rows' worth of ones a sum in float would stand still long before.
    constexpr std::size_t rows = 600'000;
    std::vector<float> x(rows);
    std::vector<float> y(rows);
    std::vector<double> wide_x(rows);
    std::vector<double> wide_y(rows);
    random_sequence random(seed{4}, draw_purpose::split);
    for (std::size_t i = 0; i < rows; ++i) {
        wide_x[i] = x[i] = static_cast<float>(1000 + random.uniform());
        wide_y[i] = y[i] = static_cast<float>(3 * random.uniform()) + 0.5f * x[i];
    }
    linear_regression<1, 1, float> narrow;
    linear_regression<1> wide;
    narrow.fit(x, y);
    wide.fit(wide_x, wide_y);
    BOOST_TEST(narrow.coef()(0) == static_cast<float>(wide.coef()(0)));
    BOOST_TEST(narrow.intercept() == static_cast<float>(wide.intercept()));
}

BOOST_AUTO_TEST_CASE(what_does_not_fit_is_named) {
    const std::vector<double> x{1, 2, 3, 4, 5, 6};
    const std::vector<double> y{1, 2, 3};
    linear_regression<2> reg;
    const auto fit = [&](const std::vector<double>& inputs, const std::vector<double>& targets,
                         const least_squares_options& options = {}) {
        return error_message<std::invalid_argument>([&] { reg.fit(inputs, targets, options); });
    };
    BOOST_TEST(fit({1, 2, 3}, y) == "fit: X has 3 numbers, expected a multiple of 2");
    BOOST_TEST(fit({}, {}) == "fit: X has no rows");
    BOOST_TEST(fit(x, {1, 2}) == "fit: X has 3 rows, fit: y has 2");
    BOOST_TEST(fit({1, 2, 3, 4, 5, INFINITY}, y) ==
               "fit: X is infinite at row 2, column 1, expected finite numbers");
    BOOST_TEST(fit(x, {1, NAN, 3}) == "fit: y is not a number at row 1, column 0, expected finite numbers");
    BOOST_TEST(fit({1e200, 2, 3, 4, 5, 6}, y) ==
               "fit: X or y has numbers so large that their squares are infinite");
    BOOST_TEST(fit(x, y, {.l2 = -1}) == "fit: the penalty l2 is -1, expected 0 or more");
    const std::vector<double> negative{1, -1, 1};
    BOOST_TEST(fit(x, y, {.sample_weight = negative}) ==
               "fit: the sample weight is -1 at row 1, expected none below 0");
    const std::vector<double> nothing{0, 0, 0};
    BOOST_TEST(fit(x, y, {.sample_weight = nothing}) == "fit: the sample weight is 0 in all rows");
}

BOOST_AUTO_TEST_CASE(columns_that_tell_nothing_get_no_weight) {
    const std::vector<double> x{1, 0.1, 2, 0.1, 4, 0.1};
    const std::vector<double> y{2, 4, 8};
    linear_regression<2> reg;
    reg.fit(x, y);
    BOOST_TEST(reg.rank() == 1u);
    BOOST_TEST(std::abs(reg.coef()(0) - 2) <= 1e-14);
    BOOST_TEST(std::abs(reg.coef()(1)) <= 1e-14);
    BOOST_TEST((reg.solution().method == least_squares_method::singular_values));
    // A single row has no slope.
    reg.fit(std::vector<double>{1, 2}, std::vector<double>{3});
    BOOST_TEST(reg.rank() == 0u);
    BOOST_TEST(reg.intercept() == 3.0);
}

BOOST_AUTO_TEST_CASE(small_singular_values_have_digits) {
    const auto check = [](const std::vector<double>& found, double large, double small, double bound) {
        BOOST_TEST(std::abs(found.front() / large - 1) <= 1e-14);
        BOOST_TEST(std::abs(found.back() / small - 1) <= bound);
    };
    // By decimal arithmetic of sixty digits.
    const std::vector<double> near{-1, -1, 0, 1e-9, 1, 1};
    const std::vector<double> y{1, 2, 3};
    linear_regression<2> reg;
    reg.fit(near, y);
    BOOST_TEST(reg.rank() == 2u);
    check(reg.singular_values(), 2, 5.773502691896258e-10, 1e-6);
    // Columns of different units, of which products are kept alone: 1e10 times what is beside it.
    const std::vector<double> units{-1e10, 1, 0, -2, 1e10, 1};
    reg.partial_fit(units, y);
    check(reg.singular_values(), 1e10 * std::sqrt(2.0), std::sqrt(6.0), 1e-5);
}

BOOST_AUTO_TEST_CASE(a_score_of_what_is_no_number_is_none) {
    linear_regression<1> line;
    const std::vector<double> x{1, 2, 3};
    line.fit(x, x);
    for (const double odd :
         {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity()})
        BOOST_TEST(std::isnan(line.score(x, std::vector<double>{1, odd, 9})));
    BOOST_TEST(std::isnan(line.score(std::vector<double>{1, std::numeric_limits<double>::quiet_NaN()},
                                     std::vector<double>{2, 2})));
}

BOOST_AUTO_TEST_CASE(a_penalty_drops_no_column_of_another_unit) {
    // The exact answers, by rational arithmetic.
    const std::vector<double> x{1e16, 1, 2e16, 2, 3e16, 3, 4e16, 4, 5e16, 6};
    const std::vector<double> y{1, 2, 3, 4, 6};
    linear_regression<2> reg;
    reg.fit(x, y, {.l2 = 1e-3});
    BOOST_TEST(std::abs(reg.coef()(0) / 2.99252e-19 - 1) <= 1e-5);
    BOOST_TEST(std::abs(reg.coef()(1) - 0.9975062) <= 1e-7);
    BOOST_TEST(reg.rank() == 2u);
    // Powers of one column up to the eighth.
    std::vector<double> powers, curve;
    for (int i = 0; i < 40; ++i) {
        for (int power = 1; power <= 8; ++power)
            powers.push_back(std::pow(i * 2.5, power));
        curve.push_back(std::sin(i * 0.15) + i * 0.01);
    }
    linear_regression<8> ridge;
    ridge.fit(powers, curve, {.l2 = 1});
    BOOST_TEST(std::abs(ridge.score(powers, curve) - 0.999959661) <= 1e-9);
    BOOST_TEST(std::abs(ridge.coef()(0) - 0.0517036) <= 1e-7);
    // Columns that depend on each other share their weight, however small the penalty.
    const std::vector<double> twice{0, 0, 7, 1, 2, 7, 2, 4, 7, 3, 6, 7, 5, 10, 7};
    const std::vector<double> line{0, 1, 2, 3, 5};
    linear_regression<3> shared;
    for (const double l2 : {1e-12, 1e-30, 0.0}) {
        shared.fit(twice, line, {.l2 = l2});
        BOOST_TEST(std::abs(shared.coef()(0) - 0.2) <= 1e-10);
        BOOST_TEST(std::abs(shared.coef()(1) - 0.4) <= 1e-10);
        BOOST_TEST(shared.coef()(2) == 0.0);
    }
}

BOOST_AUTO_TEST_CASE(parts_may_begin_with_rows_that_tell_nothing) {
    // Row by row, as a stream gives them.
    linear_regression<1> line;
    line.partial_fit(std::vector<double>{1}, std::vector<double>{2});
    BOOST_TEST(line.rank() == 0u);
    BOOST_TEST(line.coef()(0) == 0.0);
    BOOST_TEST(line.intercept() == 2.0);
    line.partial_fit(std::vector<double>{2}, std::vector<double>{4});
    BOOST_TEST(std::abs(line.coef()(0) - 2) <= 1e-12);
    // A column that no number of few digits is equal to.
    for (const double constant : {10.1, 7.3, 0.1, 199.9, 1e9 / 3}) {
        linear_regression<2> reg;
        for (int i = 0; i < 20; i += 4)
            reg.partial_fit(std::vector<double>{1.0 * i, constant, 1.5 * i, constant, i + 2.0, constant},
                            std::vector<double>{2.0 * i + 0.1, 3.0 * i, 2.0 * i + 4.2});
        BOOST_TEST(reg.rank() == 1u);
        BOOST_TEST(reg.coef()(1) == 0.0);
    }
}

// What cannot be added changes nothing.
BOOST_AUTO_TEST_CASE(parts_that_are_too_large_are_refused) {
    linear_regression<1> parts;
    const std::vector<double> y{1, 2, 4};
    parts.partial_fit(std::vector<double>{1, 2, 3}, y);
    const double slope = parts.coef()(0);
    BOOST_TEST(error_message([&] {
                   parts.partial_fit(std::vector<double>{1e200, 2e200, 4e200}, y);
               }) == "partial_fit: X or y has numbers so large that their squares are infinite");
    BOOST_TEST(error_message([&] {
                   parts.partial_fit(std::vector<double>{1, 2, 3}, y, {.l2 = -1});
               }) == "partial_fit: the penalty l2 is -1, expected 0 or more");
    BOOST_TEST(parts.coef()(0) == slope);
    parts.partial_fit(std::vector<double>{1, 2, 3}, y);
    BOOST_TEST(std::abs(parts.coef()(0) - slope) <= 1e-12);
}
