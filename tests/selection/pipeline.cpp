// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#include "../data/temporary_directory.hpp"
#include "../error_message.hpp"
#include "../failing_memory.hpp"
#include "../larger_error.hpp"

#include <strata/cluster/kmeans.hpp>
#include <strata/data/polynomial_features.hpp>
#include <strata/data/scaling.hpp>
#include <strata/io/estimator_file.hpp>
#include <strata/layers/layers.hpp>
#include <strata/regression/regression.hpp>
#include <strata/selection/cross_validate.hpp>
#include <strata/selection/pipeline.hpp>
#include <strata/selection/text_pipeline.hpp>

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include STRATA_XTENSOR(xadapt)

#include <cmath>
#include <fstream>
#include <string>
#include <type_traits>
#include <vector>

using namespace strata;

namespace {

const nlohmann::json& expected() {
    static const nlohmann::json all =
        nlohmann::json::parse(std::ifstream(STRATA_TESTS "/selection/pipeline.json"));
    return all;
}
std::vector<double> numbers(const nlohmann::json& list) { return list.get<std::vector<double>>(); }

const nlohmann::json& expected_case(const std::string& name) {
    for (const auto& each : expected()["cases"])
        if (each["name"] == name)
            return each;
    throw std::runtime_error(name);
}

double largest_difference(const auto& found, const std::vector<double>& wanted) {
    BOOST_REQUIRE_EQUAL(found.size(), wanted.size());
    double result = 0;
    for (std::size_t i = 0; i < wanted.size(); ++i)
        result = larger_error(result, std::abs(static_cast<double>(found[i]) - wanted[i]));
    return result;
}

template <class Pipeline>
void check(const std::string& name, Pipeline pipe, const typename Pipeline::options_type& options,
           double tolerance) {
    const auto& wanted = expected_case(name);
    const auto flat = numbers(expected()["X"]);
    const auto targets = numbers(expected()[name == "logistic" ? "labels" : "y"]);
    const xt::xtensor<double, 2> x = xt::adapt(flat, std::vector<std::size_t>{targets.size(), 3});
    const xt::xtensor<double, 1> y = xt::adapt(targets, std::vector<std::size_t>{targets.size()});
    BOOST_TEST_CONTEXT(name) {
        const auto validation = cross_validate(pipe, x, y, k_fold(y.size(), {.folds = 4}), options);
        BOOST_TEST(largest_difference(validation.scores, numbers(wanted["folds"])) <= tolerance);
        pipe.fit(x, y, options);
        BOOST_TEST(std::abs(pipe.score(x, y) - wanted["score"].template get<double>()) <= tolerance);
        const auto predicted = pipe.predict(numbers(expected()["others"]));
        BOOST_TEST(largest_difference(predicted, numbers(wanted["predictions"])) <= 100 * tolerance);
    }
}

} // namespace

BOOST_AUTO_TEST_CASE(pipelines_are_scikit_learns) {
    check("linear", pipeline{input<3>, standard_scaler{}, polynomial_features<2>{}, linear_regression{}}, {},
          1e-9);
    check("ridge", pipeline{input<3>, standard_scaler{}, polynomial_features<2>{}, linear_regression{}},
          {.l2 = 2}, 1e-10);
    check("min_max", pipeline{input<3>, min_max_scaler{}, linear_regression{}}, {.l2 = 0.5}, 1e-10);
    check("elastic_net", pipeline{input<3>, standard_scaler{}, elastic_net{}},
          {.alpha = 0.3, .l1_ratio = 0.5, .tolerance = 1e-14, .max_iterations = 100'000}, 1e-6);
    check("logistic", pipeline{input<3>, standard_scaler{}, logistic_regression{}}, {.C = 0.1}, 1e-12);
}

BOOST_AUTO_TEST_CASE(no_step_knows_the_rows_that_are_scored) {
    const auto& wanted = expected_case("min_max");
    const auto flat = numbers(expected()["X"]);
    const auto targets = numbers(expected()["y"]);
    const xt::xtensor<double, 2> x = xt::adapt(flat, std::vector<std::size_t>{targets.size(), 3});
    const xt::xtensor<double, 1> y = xt::adapt(targets, std::vector<std::size_t>{targets.size()});
    const auto folds = k_fold(y.size(), {.folds = 4});
    const auto whole =
        cross_validate(pipeline{input<3>, min_max_scaler{}, linear_regression{}}, x, y, folds, {.l2 = 0.5});
    // Scaled beforehand, the rows tell each other's range.
    const auto leaking =
        cross_validate(linear_regression<3>{}, min_max_scaler{}.fit_transform(x), y, folds, {.l2 = 0.5});
    BOOST_TEST(largest_difference(leaking.scores, numbers(wanted["leaking"])) <= 1e-10);
    BOOST_TEST(std::abs(leaking.scores[0] - whole.scores[0]) > 0.3);
    BOOST_TEST(std::abs(leaking.mean() - whole.mean()) > 0.05);
}

BOOST_AUTO_TEST_CASE(weights_reach_every_step) {
    const auto x = numbers(expected()["X"]);
    const auto y = numbers(expected()["y"]);
    const auto weights = numbers(expected()["weights"]);
    const auto others = numbers(expected()["others"]);
    const auto& wanted = expected()["weighted"];
    pipeline pipe{input<3>, standard_scaler{}, polynomial_features<2>{}, linear_regression{}};
    pipe.fit(x, y, {.l2 = 2, .sample_weight = weights});
    BOOST_TEST(largest_difference(pipe.step<0>().mean(), numbers(wanted["mean"])) <= 1e-12);
    BOOST_TEST(largest_difference(pipe.step<0>().scale(), numbers(wanted["scale"])) <= 1e-12);
    BOOST_TEST(largest_difference(pipe.predict(others), numbers(wanted["predictions"])) <= 1e-10);
    // In folds the weights of a row stay with it.
    const xt::xtensor<double, 2> rows = xt::adapt(x, std::vector<std::size_t>{y.size(), 3});
    const xt::xtensor<double, 1> targets = xt::adapt(y, std::vector<std::size_t>{y.size()});
    const auto folds = k_fold(y.size(), {.folds = 4, .shuffle = true});
    const auto found = cross_validate(pipe, rows, targets, folds, {.l2 = 2, .sample_weight = weights});
    std::vector<double> part;
    for (const std::size_t row : folds[1].train)
        part.push_back(weights[row]);
    pipe.fit(take_rows(rows, folds[1].train), take_rows(targets, folds[1].train),
             {.l2 = 2, .sample_weight = part});
    BOOST_TEST(found.scores[1] ==
               pipe.score(take_rows(rows, folds[1].test), take_rows(targets, folds[1].test)));
    BOOST_TEST(
        error_message([&] {
            static_cast<void>(cross_validate(pipe, rows, targets, folds, {.sample_weight = part}));
        }) ==
        "cross_validate: expected a sample weight for each of the 40 rows, found another number of them");
}

BOOST_AUTO_TEST_CASE(rows_of_weight_zero_are_as_if_absent) {
    auto x = numbers(expected()["X"]);
    auto y = numbers(expected()["y"]);
    std::vector<double> weights(y.size(), 1.0);
    const auto few_x = x;
    const auto few_y = y;
    x.insert(x.begin() + 6, {1e9, NAN, -1e9});
    y.insert(y.begin() + 2, -5);
    weights.insert(weights.begin() + 2, 0);
    const auto check_same = [&](auto pipe) {
        auto other = pipe;
        pipe.fit(x, y, {.sample_weight = weights});
        other.fit(few_x, few_y, {.sample_weight = std::vector<double>(few_y.size(), 1.0)});
        BOOST_TEST((pipe.predict(few_x) == other.predict(few_x)));
        BOOST_TEST(pipe.score(few_x, few_y) > 0.5);
    };
    check_same(pipeline{input<3>, standard_scaler{}, linear_regression{}});
    check_same(pipeline{input<3>, min_max_scaler{}, linear_regression{}});
}

BOOST_AUTO_TEST_CASE(its_type_says_what_it_is) {
    pipeline<standard_scaler, polynomial_features<3, 2>, linear_regression<9>> named;
    static_assert(decltype(named)::features == 3 && decltype(named)::step_count == 3);
    pipeline deduced{standard_scaler{}, polynomial_features<3, 2>{}, linear_regression<9>{}};
    static_assert(std::is_same_v<decltype(named), decltype(deduced)>);
    pipeline behind_input{input<3>, standard_scaler{}, polynomial_features<2>{}, linear_regression{}};
    static_assert(decltype(behind_input)::features == 3);
    static_assert(std::is_same_v<std::decay_t<decltype(behind_input.step<2>())>, linear_regression<9>>);
    BOOST_TEST(behind_input.description() == named.description());
    // Pipelines of pipelines' copies are copies.
    pipeline copy(named);
    static_assert(std::is_same_v<decltype(copy), decltype(named)>);
    pipeline narrow{
        input<2>,
        standard_scaler{},
        softmax_regression<3>{},
    };
    static_assert(std::is_same_v<std::decay_t<decltype(narrow.step<1>())>, softmax_regression<2, 3>>);
    using floats = pipeline<min_max_scaler, lasso<2, float>>;
    static_assert(std::is_same_v<floats::value_type, float>);
}

BOOST_AUTO_TEST_CASE(clusters_stand_last_too) {
    const auto x = numbers(expected()["X"]);
    pipeline pipe{input<3>, standard_scaler{}, kmeans<2>{{.n_init = 3, .threads = 1}}};
    pipe.fit(x);
    standard_scaler scaler;
    const xt::xtensor<double, 2> rows = xt::adapt(x, std::vector<std::size_t>{x.size() / 3, 3});
    kmeans<2, 3> alone({.n_init = 3, .threads = 1});
    const auto scaled = scaler.fit_transform(rows);
    alone.fit(scaled);
    BOOST_TEST((pipe.predict(x) == alone.predict(scaled)));
    BOOST_TEST(pipe.score(x) == alone.score(scaled));
}

BOOST_AUTO_TEST_CASE(a_fit_that_fails_changes_no_step) {
    const auto x = numbers(expected()["X"]);
    const auto y = numbers(expected()["y"]);
    pipeline pipe{input<3>, standard_scaler{}, linear_regression{}};
    BOOST_TEST(error_message([&] { static_cast<void>(pipe.predict(x)); }) ==
               "standard_scaler, transform: expected a call of fit before, found none");
    pipe.fit(x, y);
    const auto predicted = pipe.predict(x);
    auto far = x;
    for (double& each : far)
        each += 1000;
    auto broken = y;
    broken[3] = NAN;
    BOOST_TEST(error_message([&] { pipe.fit(far, broken); }) ==
               "fit: y is not a number at row 3, column 0, expected finite numbers");
    BOOST_TEST((pipe.predict(x) == predicted));
    BOOST_TEST(error_message([&] {
                   pipe.fit(std::vector<double>{1, 2}, y);
               }) == "pipeline: X has 2 numbers, expected a multiple of 3");
}

BOOST_AUTO_TEST_CASE(memory_that_runs_out_is_an_error_on_any_thread) {
    std::vector<double> x;
    std::vector<double> y;
    std::vector<int> labels;
    for (int i = 0; i < 9'000; ++i) { // three parts for the threads
        x.insert(x.end(), {std::sin(i), std::cos(3 * i)});
        y.push_back(x[x.size() - 2] - 2 * x.back());
        labels.push_back(std::sin(5 * i) > x.back());
    }
    linear_regression<2> once;
    once.partial_fit(x, y);
    linear_regression<2> parts;
    BOOST_TEST(count_failures([&] { parts.partial_fit(x, y, {.threads = 2}); }) > 10u);
    BOOST_TEST((parts.coef() == once.coef())); // no rows were added by what failed
    BOOST_TEST(parts.solution().rows == 9'000u);
    linear_regression<2> whole;
    BOOST_TEST(count_failures([&] { whole.fit(x, y, {.threads = 2}); }) > 10u);
    logistic_regression<2> classes;
    BOOST_TEST(count_failures([&] { classes.fit(x, labels); }) > 10u);
    const std::vector<double> first{0, 0, 1, 1};
    kmeans<2, 2> clusters({.n_init = 1, .max_iterations = 2, .threads = 2});
    BOOST_TEST(count_failures([&] { clusters.fit(x, first); }) > 10u);
    kmeans<2, 2> seeded({.n_init = 1, .max_iterations = 1, .threads = 2});
    BOOST_TEST(count_failures([&] { seeded.fit(x); }) > 10u);
    BOOST_TEST(count_failures([&] { static_cast<void>(clusters.predict(x)); }) > 3u);
    pipeline pipe{input<2>, standard_scaler{}, polynomial_features<2>{}, linear_regression{}};
    BOOST_TEST(count_failures([&] { pipe.fit(x, y, {.threads = 2}); }) > 10u);
}

BOOST_AUTO_TEST_CASE(texts_are_the_first_step) {
    text_table houses{.names = {"city", "rooms"}};
    std::vector<double> prices;
    const std::vector<std::string> cities{"Bonn", "Köln", "Ulm"};
    for (std::size_t i = 0; i < 30; ++i) {
        houses.cells.insert(houses.cells.end(), {cities[i * i % 3], std::to_string(i % 7)});
        prices.push_back(static_cast<double>(i * i % 3 * 10 + i % 7) + std::sin(static_cast<double>(i)));
    }
    const table_encoder encoder{{"city", one_hot_column{.categories = cities, .drop_first = true}}};
    pipeline pipe{encoder, input<3>, standard_scaler{}, linear_regression{}};
    pipe.fit(houses, prices, {.l2 = 0.1});
    // The same by hand.
    auto by_hand = encoder;
    pipeline rest{input<3>, standard_scaler{}, linear_regression{}};
    const auto numbers_of_houses = by_hand.fit_encode(houses).values;
    rest.fit(numbers_of_houses, prices, {.l2 = 0.1});
    BOOST_TEST((pipe.predict(houses) == rest.predict(numbers_of_houses)));
    BOOST_TEST(pipe.score(houses, prices) == rest.score(numbers_of_houses, prices));

    // What was saved predicts for texts, by itself.
    const temporary_directory directory;
    pipe.save(directory / "pipe");
    decltype(pipe) loaded;
    loaded.load(directory / "pipe");
    const text_table asked{.names = {"rooms", "city"}, .cells = {"4", "Köln"}};
    BOOST_TEST((loaded.predict(asked) == pipe.predict(asked)));
    BOOST_TEST(error_message<data_error>([&] {
                   static_cast<void>(loaded.predict({.names = {"rooms", "city"}, .cells = {"4", "Rom"}}));
               }).find("expected one of \"Bonn\", \"Köln\", \"Ulm\" for \"city\", found \"Rom\"") !=
               std::string::npos);

    const auto folds = k_fold(30, {.folds = 3});
    const auto prices_array = xt::adapt(prices, std::vector<std::size_t>{30});
    BOOST_TEST(cross_validate(pipe, houses, prices_array, folds, {.l2 = 0.1}).scores ==
                   cross_validate(rest, numbers_of_houses, prices_array, folds, {.l2 = 0.1}).scores,
               boost::test_tools::per_element());

    // Clusters take no y.
    pipeline groups{encoder, input<3>, standard_scaler{}, kmeans<2>{{.threads = 1}}};
    pipeline rest_of_groups{input<3>, standard_scaler{}, kmeans<2>{{.threads = 1}}};
    groups.fit(houses);
    rest_of_groups.fit(numbers_of_houses);
    BOOST_TEST((groups.predict(houses) == rest_of_groups.predict(numbers_of_houses)));
    BOOST_TEST(groups.score(houses) == rest_of_groups.score(numbers_of_houses));

    // A fit that fails leaves the encoder as it was.
    text_table others = houses;
    others.cells[1] = "many";
    BOOST_CHECK_THROW(pipe.fit(others, prices), data_error);
    BOOST_TEST((pipe.predict(asked) == loaded.predict(asked)));
    pipeline narrow{encoder, input<2>, linear_regression{}};
    BOOST_TEST(error_message<data_error>([&] { narrow.fit(houses, prices); }) ==
               "expected 2 columns for the steps behind the encoder, found 3, only \"city_Köln\", "
               "\"city_Ulm\", \"rooms\"");
}
