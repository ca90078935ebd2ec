// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#include "../data/says.hpp"

#include <strata/strata.hpp>

#include <boost/test/unit_test.hpp>

#include <cmath>

using namespace strata::bedrock;

namespace {
using labels_loss = std::remove_const_t<decltype(sparse_categorical_crossentropy)>;
using values_loss = std::remove_const_t<decltype(mean_squared_error)>;

template <std::size_t Rows, std::size_t Last, class Metric>
double by_labels(Metric metric, std::vector<float> prediction, std::vector<std::int32_t> target) {
    const auto parts = measure<labels_loss, Rows, Last>(metric, prediction.data(), target.data());
    return parts.numerator / parts.denominator;
}
template <std::size_t Rows, std::size_t Last, class Metric>
double by_values(Metric metric, std::vector<float> prediction, std::vector<float> target) {
    const auto parts = measure<values_loss, Rows, Last>(metric, prediction.data(), target.data());
    return parts.denominator == 0 ? -1 : parts.numerator / parts.denominator;
}
} // namespace

BOOST_AUTO_TEST_CASE(accuracy_asks_for_the_largest) {
    BOOST_TEST((by_labels<1, 3>(accuracy, {0.2f, 0.5f, 0.3f}, {1})) == 1);
    BOOST_TEST((by_labels<1, 3>(accuracy, {0.2f, 0.5f, 0.3f}, {2})) == 0);
    BOOST_TEST((by_labels<2, 2>(accuracy, {0.2f, 0.8f, 0.6f, 0.4f}, {1, 1})) == 0.5);
    BOOST_TEST((by_values<1, 3>(accuracy, {0.2f, 0.5f, 0.3f}, {0, 1, 0})) == 1);
    BOOST_TEST((by_values<1, 1>(accuracy, {0.7f}, {1})) == 1); // one output: the side of 0.5
    BOOST_TEST((by_values<1, 1>(accuracy, {0.3f}, {1})) == 0);
    // Of equal ones the first counts, and a NaN never.
    BOOST_TEST((by_labels<1, 3>(accuracy, {0.4f, 0.4f, 0.2f}, {0})) == 1);
    BOOST_TEST((by_labels<1, 3>(accuracy, {0.4f, 0.4f, 0.2f}, {1})) == 0);
    BOOST_TEST((by_labels<1, 3>(accuracy, {NAN, NAN, NAN}, {2})) == 0);
    BOOST_TEST((by_labels<1, 4>(top_k<2>, {0.1f, 0.3f, 0.4f, 0.2f}, {1})) == 1);
    BOOST_TEST((by_labels<1, 4>(top_k<2>, {0.1f, 0.3f, 0.4f, 0.2f}, {3})) == 0);
    BOOST_TEST((top_k<2>.name.view() == "top_2" && top_k<>.name.view() == "top_5"));
}

BOOST_AUTO_TEST_CASE(ratios_count_what_they_say) {
    const std::vector<float> p{0.9f, 0.8f, 0.2f, 0.6f, 0.1f};
    const std::vector<float> t{1, 0, 1, 1, 0};
    BOOST_TEST((by_values<1, 5>(binary_accuracy, p, t)) == 0.6);
    BOOST_TEST((by_values<1, 5>(precision, p, t)) == 2.0 / 3);
    BOOST_TEST((by_values<1, 5>(recall, p, t)) == 2.0 / 3);
    BOOST_TEST((by_values<1, 2>(precision, {0, 0}, {1, 1})) == -1); // nothing was predicted to be true
    BOOST_TEST((by_values<1, 2>(metrics::mean_absolute_error, {1, 4}, {3, 3})) == 1.5);
    BOOST_TEST((by_values<1, 2>(metrics::mean_squared_error, {1, 4}, {3, 3})) == 2.5);
    BOOST_TEST((by_values<1, 2>(metric<"bias", symbols::prediction - symbols::target>, {1, 4}, {3, 3})) ==
               -0.5);
}

BOOST_AUTO_TEST_CASE(confusions_are_counted) {
    const xt::xtensor<float, 2> p{{0.9f, 0.1f}, {0.2f, 0.8f}, {0.7f, 0.3f}, {0.5f, 0.5f}};
    const xt::xtensor<std::uint8_t, 1> y{0, 1, 1, 0};
    const xt::xtensor<std::size_t, 2> expected{{2, 0}, {1, 1}};
    BOOST_TEST((confusion_matrix(p, y) == expected));
    const xt::xtensor<int, 1> wrong{0, 1, 2, 0};
    BOOST_CHECK_EXCEPTION(confusion_matrix(p, wrong), std::invalid_argument,
                          says("label 2 is 2, expected a class from 0 to 1"));
    for (const double label : {-1.0, 1.7, double(NAN), double(INFINITY), 1e300}) {
        const xt::xtensor<double, 1> strange{0, 1, 1, label};
        BOOST_CHECK_EXCEPTION(confusion_matrix(p, strange), std::invalid_argument,
                              says({"confusion_matrix: label 3 is ", "expected a class from 0 to 1"}));
    }
    const xt::xtensor<float, 2> empty(std::array<std::size_t, 2>{4, 0});
    BOOST_CHECK_EXCEPTION(confusion_matrix(empty, y), std::invalid_argument,
                          says("expected predictions of samples x classes"));
    const xt::xtensor<float, 2> none{{0.9f, 0.1f}, {0.2f, 0.8f}, {0.7f, NAN}, {0.5f, 0.5f}};
    BOOST_CHECK_EXCEPTION(confusion_matrix(none, y), std::invalid_argument,
                          says("prediction 2 is nan, expected a number"));
    // One output: the probability of class 1.
    const xt::xtensor<float, 2> sigmoid_outputs{{0.9f}, {0.2f}, {0.5f}, {0.6f}};
    const xt::xtensor<int, 1> truth{1, 1, 0, 0};
    const xt::xtensor<std::size_t, 2> two_classes{{1, 1}, {1, 1}};
    BOOST_TEST((confusion_matrix(sigmoid_outputs, truth) == two_classes));
    const xt::xtensor<int, 1> few{0, 1};
    BOOST_CHECK_THROW(confusion_matrix(p, few), std::invalid_argument);
}

BOOST_AUTO_TEST_CASE(a_line_of_progress_has_the_shape_of_keras) {
    scores values;
    values.set("loss", 0.3646);
    values.set("accuracy", 0.8927);
    const progress_line line(verbosity::bar, 1875);
    const std::string done = line.text(1875, values, true);
    BOOST_TEST(done.substr(0, 45) == "1875/1875 [==============================] - ");
    BOOST_TEST(done.find("/step - loss: 0.3646 - accuracy: 0.8927") != std::string::npos);
    const std::string half = line.text(938, values, true);
    BOOST_TEST(half.substr(0, 42) == " 938/1875 [===============>..............]");
    BOOST_TEST(half.find("ETA: ") != std::string::npos);
    values.set("loss", 1.5e-5);
    BOOST_TEST(line.text(1875, values, false).find("1875/1875 - ") == 0u);
    BOOST_TEST(line.text(1875, values, false).find("loss: 1.5000e-05") != std::string::npos);
    values.set("loss", 1e150);
    BOOST_TEST(line.text(1875, values, true).find(" - loss: 1.0000e+150 - accuracy") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(progress_goes_where_the_program_wants_it) {
    static std::string seen;
    const text_output original = progress_output();
    BOOST_TEST((original.write != nullptr)); // the standard output, by strata/strata.hpp
    const auto keep = [](std::string_view text) { seen += text; };
    const std::vector<float> numbers{0, 1, 2, 3};
    model<input<1> | dense<1>> net;
    trainer teach{net, mean_squared_error, sgd{}};

    set_progress_output({keep});
    teach.fit(numbers, numbers, {.batch_size = 2, .epochs = 2});
    BOOST_TEST(seen.find("Epoch 1/2\n2/2 - 0s ") == 0u);
    BOOST_TEST(seen.find("/step - loss: ") != std::string::npos);
    BOOST_TEST(seen.find("Epoch 2/2\n") != std::string::npos);
    BOOST_TEST(seen.find('\r') == std::string::npos);
    seen.clear();
    set_progress_output({keep, [] { return true; }});
    teach.evaluate(numbers, numbers);
    BOOST_TEST(seen.find("\r1/1 [==============================] - ") == 0u);
    seen.clear();
    teach.evaluate(numbers, numbers, {.verbose = verbosity::silent});
    set_progress_output({});
    teach.evaluate(numbers, numbers, {.verbose = verbosity::bar});
    BOOST_TEST(seen.empty());
    set_progress_output(original);
}
