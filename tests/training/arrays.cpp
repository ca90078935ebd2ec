// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
//
// What fit, evaluate and predict read: ranges of rows beside arrays, and what they say of what does not fit.
#include <boost/test/unit_test.hpp>

#include <strata/strata.hpp>

#include <array>
#include <cmath>
#include <cstdint>
#include <deque>
#include <functional>
#include <list>
#include <stdexcept>
#include <string>
#include <vector>

using namespace strata;

namespace {

constexpr std::size_t count = 24;
using classifier = model<input<4> | dense<5> | tanh | dense<3> | softmax>;

float pixel(std::size_t sample, std::size_t feature) {
    return static_cast<float>(std::sin(static_cast<double>(7 * sample + 3 * feature)));
}

xt::xtensor<float, 2> plain_inputs() {
    xt::xtensor<float, 2> x(std::array{count, std::size_t{4}});
    for (std::size_t i = 0; i < count; ++i)
        for (std::size_t f = 0; f < 4; ++f)
            x(i, f) = pixel(i, f);
    return x;
}
template <class Number>
std::vector<std::vector<Number>> loose_inputs() {
    std::vector<std::vector<Number>> rows;
    for (std::size_t i = 0; i < count; ++i)
        rows.push_back({Number(pixel(i, 0)), Number(pixel(i, 1)), Number(pixel(i, 2)), Number(pixel(i, 3))});
    return rows;
}
std::vector<std::array<float, 4>> fixed_inputs() {
    std::vector<std::array<float, 4>> rows;
    for (std::size_t i = 0; i < count; ++i)
        rows.push_back({pixel(i, 0), pixel(i, 1), pixel(i, 2), pixel(i, 3)});
    return rows;
}

std::vector<int> labels() {
    std::vector<int> result;
    for (std::size_t i = 0; i < count; ++i)
        result.push_back(static_cast<int>(i % 3));
    return result;
}
std::vector<std::vector<float>> loose_one_hot() {
    std::vector<std::vector<float>> rows(count, std::vector<float>(3, 0.0f));
    for (std::size_t i = 0; i < count; ++i)
        rows[i][i % 3] = 1;
    return rows;
}

// The weights after some epochs, which depend on every number that was read.
template <class X, class Y, class Loss>
std::vector<float> taught(const X& x, const Y& y, Loss loss) {
    classifier net{seed{7}};
    trainer teach{net, loss, adam{}};
    teach.fit(x, y, {.batch_size = 5, .epochs = 3, .verbose = verbosity::silent});
    return net.weights();
}

std::string message(const std::function<void()>& act) {
    try {
        act();
    } catch (const std::invalid_argument& error) {
        return error.what();
    }
    return "nothing was thrown";
}

BOOST_AUTO_TEST_CASE(rows_teach_as_an_array_does) {
    const auto wanted = taught(plain_inputs(), labels(), sparse_categorical_crossentropy);
    const auto check = [&](const auto& x, const auto& y) {
        const auto found = taught(x, y, sparse_categorical_crossentropy);
        BOOST_TEST(found == wanted, boost::test_tools::per_element());
    };
    check(fixed_inputs(), labels());
    check(loose_inputs<float>(), labels());
    check(loose_inputs<double>(), labels());
    const auto rows = loose_inputs<float>();
    check(std::list(rows.begin(), rows.end()), labels());
    // Samples of several axes in nested arrays, and labels in rows of one.
    std::deque<std::vector<std::int64_t>> label_rows;
    for (const int label : labels())
        label_rows.push_back({label});
    check(fixed_inputs(), label_rows);
}

BOOST_AUTO_TEST_CASE(bits_and_scattered_numbers_teach_as_others_do) {
    std::vector<bool> bits;
    std::vector<int> numbers;
    for (const int label : labels()) {
        bits.push_back(label == 1);
        numbers.push_back(label == 1);
    }
    const auto check = [&](const auto& y, const auto& loss) {
        const auto wanted = taught(plain_inputs(), numbers, loss);
        const auto found = taught(plain_inputs(), y, loss);
        BOOST_TEST(found == wanted, boost::test_tools::per_element());
    };
    check(bits, sparse_categorical_crossentropy);
    check(std::deque<char>(bits.begin(), bits.end()), sparse_categorical_crossentropy);
    std::vector<std::vector<bool>> rows;
    for (const bool bit : bits)
        rows.push_back({bit});
    check(rows, sparse_categorical_crossentropy);

    model<input<1> | dense<1> | sigmoid> net{seed{7}};
    trainer teach{net, binary_crossentropy, adam{}};
    const evaluate_options quiet{.verbose = verbosity::silent};
    BOOST_TEST(teach.evaluate(bits, bits, quiet).loss() == teach.evaluate(numbers, numbers, quiet).loss());
}

// Whoever keeps options or arrays together in a variable may have made them on the spot.
BOOST_AUTO_TEST_CASE(arrays_that_are_moved_in_are_kept) {
    std::vector<float> numbers(1000, 2.0f);
    const float* const place = numbers.data();
    using strata::bedrock::samples;
    const samples moved(std::move(numbers));
    BOOST_TEST(moved.direct<float>() == place);
    const samples made(plain_inputs());
    const auto pair = together(plain_inputs(), std::vector<std::array<double, 2>>(count, {1, 2}));
    fit_options options;
    options.sample_weight = std::vector<double>(count, 0.5);
    options.validation_data = {plain_inputs(), std::vector<int>(count, 1)};
    const xt::xtensor<float, 2> x = plain_inputs();
    std::array<float, 4 * count> found{};
    for (const samples* each :
         {&made, &pair[0], static_cast<const samples*>(&options.validation_data.x[0])}) {
        each->read(0, found.size(), found.data());
        BOOST_TEST(std::equal(x.begin(), x.end(), found.begin()));
    }
    pair[1].read(2 * count - 2, 2, found.data());
    BOOST_TEST((found[0] == 1 && found[1] == 2));
    options.sample_weight[0].read(count - 1, 1, found.data());
    BOOST_TEST(found[0] == 0.5f);
}

BOOST_AUTO_TEST_CASE(rows_are_targets) {
    xt::xtensor<float, 2> one_hot_rows = one_hot(xt::xtensor<int, 1>(xt::adapt(labels())), 3);
    const auto wanted = taught(plain_inputs(), one_hot_rows, categorical_crossentropy);
    const auto found = taught(loose_inputs<float>(), loose_one_hot(), categorical_crossentropy);
    BOOST_TEST(found == wanted, boost::test_tools::per_element());

    std::vector<std::array<std::uint8_t, 3>> bytes(count, std::array<std::uint8_t, 3>{});
    for (std::size_t i = 0; i < count; ++i)
        bytes[i][i % 3] = 1;
    const auto by_bytes = taught(fixed_inputs(), bytes, categorical_crossentropy);
    BOOST_TEST(by_bytes == wanted, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(rows_are_evaluated_and_predicted) {
    classifier net{seed{7}};
    trainer teach{net, sparse_categorical_crossentropy, adam{}, accuracy};
    const evaluate_options quiet{.verbose = verbosity::silent};
    const double loss = teach.evaluate(plain_inputs(), labels(), quiet).loss();
    BOOST_TEST(teach.evaluate(loose_inputs<float>(), labels(), quiet).loss() == loss);
    BOOST_TEST(teach.evaluate(fixed_inputs(), labels(), quiet).loss() == loss);

    const auto wanted = net.predict(plain_inputs());
    BOOST_TEST((net.predict(fixed_inputs()) == wanted));
    BOOST_TEST((net.predict(loose_inputs<float>()) == wanted));
    BOOST_TEST((net.predict(loose_inputs<double>()) == wanted));

    // Pixels by rows within a sample.
    model<input<2, 2> | flatten | dense<5> | tanh | dense<3> | softmax> images{seed{7}};
    std::vector<std::array<std::array<float, 2>, 2>> pixels(count);
    for (std::size_t i = 0; i < count; ++i)
        pixels[i] = {{{pixel(i, 0), pixel(i, 1)}, {pixel(i, 2), pixel(i, 3)}}};
    BOOST_TEST((images.predict(pixels) == images.predict(loose_inputs<float>())));
}

BOOST_AUTO_TEST_CASE(rows_of_another_length_are_named) {
    classifier net{seed{7}};
    trainer teach{net, sparse_categorical_crossentropy, adam{}};
    auto x = loose_inputs<float>();
    x[17].push_back(1);
    BOOST_TEST(message([&] { teach.fit(x, labels()); }) ==
               "fit: the input array: row 17 has 5 numbers, expected 4");
    BOOST_TEST(message([&] { teach.evaluate(x, labels()); }) ==
               "evaluate: the input array: row 17 has 5 numbers, expected 4");
    BOOST_TEST(message([&] { static_cast<void>(net.predict(x)); }) ==
               "the array to predict: row 17 has 5 numbers, expected 4");
    // All of one length, and of the wrong one.
    const std::vector<std::array<float, 3>> narrow(count);
    BOOST_TEST(message([&] { teach.fit(narrow, labels()); }) ==
               "fit: the input array: row 0 has 3 numbers, expected 4");
    // The first is the odd one.
    x = loose_inputs<float>();
    x[0].clear();
    BOOST_TEST(message([&] { teach.fit(x, labels()); }) ==
               "fit: the input array: row 0 has 0 numbers, expected 4");
    trainer by_rows{net, categorical_crossentropy, adam{}};
    auto y = loose_one_hot();
    y.back().pop_back();
    BOOST_TEST(message([&] { by_rows.fit(fixed_inputs(), y); }) ==
               "fit: the target array: row 23 has 2 numbers, expected 3");
    BOOST_TEST(message([&] { teach.fit(std::vector<std::vector<float>>{}, std::vector<int>{}); }) ==
               "fit: there are no samples to train on");
}

BOOST_AUTO_TEST_CASE(the_other_cross_entropy_is_named) {
    classifier net{seed{7}};
    trainer by_label{net, sparse_categorical_crossentropy, adam{}};
    const std::string for_rows =
        "fit: the target array has 3 numbers a row, expected a label: one-hot rows are "
        "for categorical_crossentropy";
    BOOST_TEST(message([&] { by_label.fit(plain_inputs(), loose_one_hot()); }) == for_rows);
    BOOST_TEST(message([&] {
                   by_label.fit(plain_inputs(), one_hot(xt::xtensor<int, 1>(xt::adapt(labels())), 3));
               }) == for_rows);
    BOOST_TEST(message([&] { by_label.fit(plain_inputs(), std::vector<float>(3 * count)); }) == for_rows);

    trainer by_row{net, categorical_crossentropy, adam{}};
    const std::string for_labels = "fit: the target array has a number a row, expected 3: labels are for "
                                   "sparse_categorical_crossentropy";
    BOOST_TEST(message([&] { by_row.fit(plain_inputs(), labels()); }) == for_labels);
    const xt::xtensor<int, 2> column(std::array{count, std::size_t{1}}, 1);
    BOOST_TEST(message([&] { by_row.fit(plain_inputs(), column); }) == for_labels);
}

} // namespace
