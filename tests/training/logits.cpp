// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
//
// Losses from logits: a network without its last layer learns as the one that has it, to the last bit.
#include <boost/test/unit_test.hpp>

#include <strata/strata.hpp>

#include <array>
#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

using namespace strata;

namespace {

constexpr std::size_t count = 37; // not a whole number of batches

float pixel(std::size_t i) { return static_cast<float>(std::sin(static_cast<double>(5 * i))); }
std::vector<float> pixels(std::size_t size) {
    std::vector<float> result(size);
    for (std::size_t i = 0; i < size; ++i)
        result[i] = pixel(i);
    return result;
}
std::vector<int> labels(std::size_t size, int classes) {
    std::vector<int> result(size);
    for (std::size_t i = 0; i < size; ++i)
        result[i] = static_cast<int>(3 * i + i / 4) % classes;
    return result;
}
/// Not one-hot, so that every number counts.
std::vector<float> distributions(std::size_t rows, std::size_t classes) {
    std::vector<float> result(rows * classes, 0.2f / static_cast<float>(classes));
    const auto right = labels(rows, static_cast<int>(classes));
    for (std::size_t row = 0; row < rows; ++row)
        result[row * classes + static_cast<std::size_t>(right[row])] += 0.8f;
    return result;
}

/// Everything that training shows: weights, losses and metrics of two networks, one of which lacks its last
/// layer.
template <auto Probabilities, auto Logits, class Loss, class Y, class... Metrics>
void check_same(const Y& y, Loss loss, Metrics... metrics) {
    model<Probabilities> with_layer{seed{11}};
    model<Logits> bare{seed{11}};
    const std::vector<float> x = pixels(count * model<Logits>::input_size);
    for (const std::size_t batch_size : {std::size_t{1}, std::size_t{8}}) {
        trainer first{with_layer, loss, adam{}, metrics...};
        trainer second{bare, from_logits(loss), adam{}, metrics...};
        const fit_options options{
            .batch_size = batch_size, .epochs = 2, .validation_split = 0.2, .verbose = verbosity::silent};
        const history wanted = first.fit(x, y, options);
        const history found = second.fit(x, y, options);
        BOOST_TEST(bare.weights() == with_layer.weights(), boost::test_tools::per_element());
        for (const char* name : {"loss", "val_loss"})
            BOOST_TEST(found[name] == wanted[name], boost::test_tools::per_element());
        const scores scored = first.evaluate(x, y, {.verbose = verbosity::silent});
        for (const auto& [name, value] : second.evaluate(x, y, {.verbose = verbosity::silent}))
            BOOST_TEST(value == scored[name]);
    }
}

template <auto Logits>
constexpr auto softened = Logits | softmax;
template <auto Logits>
constexpr auto squashed = Logits | sigmoid;

constexpr auto plain = input<4> | dense<6> | tanh | dense<3>;
constexpr auto many = input<5> | dense<4> | relu | dense<19>;            // more than a register
constexpr auto bent = input<4> | dense<6> | dense<3> | tanh;             // an activation that gives logits
constexpr auto rows = input<3, 4> | dense<5>;                            // several rows of classes
constexpr auto frames = input<6, 6, 1> | conv<4, 3> | relu | conv<3, 2>; // behind a convolution
constexpr auto one = input<4> | dense<6> | tanh | dense<1>;
constexpr auto shaped = input<4> | dense<6> | reshape<2, 3>;

BOOST_AUTO_TEST_CASE(labels_learn_the_same) {
    const auto loss = sparse_categorical_crossentropy;
    check_same<softened<plain>, plain>(labels(count, 3), loss, accuracy, top_k<2>);
    check_same<softened<many>, many>(labels(count, 19), loss, accuracy, top_k<5>);
    check_same<softened<bent>, bent>(labels(count, 3), loss, accuracy);
    check_same<softened<rows>, rows>(labels(3 * count, 5), loss, accuracy);
    check_same<softened<frames>, frames>(labels(9 * count, 3), loss, accuracy);
    check_same<softened<shaped>, shaped>(labels(2 * count, 3), loss, accuracy);
}

BOOST_AUTO_TEST_CASE(distributions_learn_the_same) {
    const auto loss = categorical_crossentropy;
    check_same<softened<plain>, plain>(distributions(count, 3), loss, accuracy);
    check_same<softened<many>, many>(distributions(count, 19), loss, accuracy);
    check_same<softened<rows>, rows>(distributions(3 * count, 5), loss, accuracy);
}

BOOST_AUTO_TEST_CASE(truths_learn_the_same) {
    const auto loss = binary_crossentropy;
    check_same<squashed<one>, one>(labels(count, 2), loss, accuracy, binary_accuracy, precision, recall);
    check_same<squashed<plain>, plain>(labels(3 * count, 2), loss, binary_accuracy);
    check_same<squashed<bent>, bent>(labels(3 * count, 2), loss, binary_accuracy);
}

BOOST_AUTO_TEST_CASE(each_output_has_its_loss) {
    constexpr auto logits = input<4> | dense<6> | tanh | branches(dense<3>, dense<1>);
    constexpr auto probabilities =
        input<4> | dense<6> | tanh | branches(dense<3> | softmax, dense<1> | sigmoid);
    model<logits> bare{seed{11}};
    model<probabilities> with_layers{seed{11}};
    trainer first{with_layers, losses(sparse_categorical_crossentropy, loss_weight<0.5>(binary_crossentropy)),
                  adam{}, accuracy, of_output<1>(accuracy)};
    trainer second{bare,
                   losses(from_logits(sparse_categorical_crossentropy),
                          loss_weight<0.5>(from_logits(binary_crossentropy))),
                   adam{}, accuracy, of_output<1>(accuracy)};
    const auto x = pixels(4 * count);
    const auto y = labels(count, 3);
    const auto z = labels(count, 2);
    const fit_options options{.batch_size = 8, .epochs = 3, .verbose = verbosity::silent};
    const history wanted = first.fit(x, together(y, z), options);
    const history found = second.fit(x, together(y, z), options);
    BOOST_TEST(bare.weights() == with_layers.weights(), boost::test_tools::per_element());
    for (const char* name : {"loss", "accuracy", "output_2_accuracy"})
        BOOST_TEST(found[name] == wanted[name], boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(predictions_are_logits) {
    model<plain> bare{seed{11}};
    model<softened<plain>> with_layer{seed{11}};
    const auto x = pixels(4 * count);
    const auto logits = bare.predict(x);
    const auto probabilities = with_layer.predict(x);
    for (std::size_t i = 0; i < count; ++i) {
        double sum = 0;
        for (std::size_t k = 0; k < 3; ++k)
            sum += std::exp(static_cast<double>(logits(i, k)));
        for (std::size_t k = 0; k < 3; ++k)
            BOOST_TEST(std::exp(static_cast<double>(logits(i, k))) / sum ==
                           static_cast<double>(probabilities(i, k)),
                       boost::test_tools::tolerance(1e-5));
    }
}

/// The side of a single output is the sign of its logit, which is that of 0.5 for the probability.
BOOST_AUTO_TEST_CASE(zero_parts_the_logits) {
    model<input<1> | dense<1, no_bias>> net{seed{1}};
    net.set_weights(std::array{1.0f});
    trainer teach{net, from_logits(binary_crossentropy), sgd{}, binary_accuracy, accuracy};
    const std::vector<float> x{-3, -0.25f, 0.25f, 0.75f, 3};
    const std::vector<int> y{0, 0, 1, 0, 1};
    const scores scored = teach.evaluate(x, y, {.verbose = verbosity::silent});
    BOOST_TEST(scored["binary_accuracy"] == 0.8);
    BOOST_TEST(scored["accuracy"] == 0.8);
}

BOOST_AUTO_TEST_CASE(large_logits_stay_finite) {
    model<input<2> | dense<2, no_bias>> net{seed{1}};
    net.set_weights(std::array{1.0f, 0.0f, 0.0f, 1.0f});
    trainer teach{net, from_logits(sparse_categorical_crossentropy), sgd{}};
    const std::vector<float> x{1000, -1000, -1000, 1000};
    // log(1 + e^-2000) and 2000 + log(1 + e^-2000).
    BOOST_TEST(teach.evaluate(x, std::vector<int>{0, 0}, {.verbose = verbosity::silent}).loss() == 1000.0);

    model<input<1> | dense<1, no_bias>> single{seed{1}};
    single.set_weights(std::array{1.0f});
    trainer sort{single, from_logits(binary_crossentropy), sgd{}};
    const std::vector<float> far{1000, -1000};
    BOOST_TEST(sort.evaluate(far, std::vector<int>{0, 0}, {.verbose = verbosity::silent}).loss() == 500.0);
}

/// Behind a softmax the shape may be another one: its rows are still those that it was computed of.
template <auto Topology, class Loss>
void check_reshaped(const Loss& goal, std::size_t wanted_rows) {
    model<Topology> net{seed{4}};
    const auto x = pixels(3 * net.input_size);
    const std::size_t length = net.output_size / wanted_rows;
    const auto wanted = distributions(3 * wanted_rows, length);
    trainer teach{net, goal, sgd{}};
    std::vector<float> y(3 * net.output_size);
    net.predict_batch(x.data(), y.data(), 3);
    double expected = 0;
    for (std::size_t i = 0; i < y.size(); ++i)
        expected -= static_cast<double>(wanted[i]) * std::log(static_cast<double>(y[i]));
    constexpr std::size_t row_length = model<Topology>::topology::output_shape::last;
    const auto groups = static_cast<double>(3 * net.output_size / row_length);
    BOOST_TEST(teach.evaluate(x, wanted, {.verbose = verbosity::silent}).loss() == expected / groups,
               boost::test_tools::tolerance(1e-5));
}
BOOST_AUTO_TEST_CASE(a_softmax_keeps_its_rows) {
    check_reshaped<input<3> | dense<12> | reshape<3, 4> | softmax>(categorical_crossentropy, 3);
    check_reshaped<input<3> | dense<12> | reshape<3, 4> | softmax | flatten>(categorical_crossentropy, 3);
    check_reshaped<input<3> | dense<12> | softmax | reshape<3, 4>>(categorical_crossentropy, 1);
}

/// Keras's TimeDistributed(Dense(1, activation="sigmoid")), and parts with names.
BOOST_AUTO_TEST_CASE(a_link_in_a_part_is_left_out_as_well) {
    const auto check = [](auto net) {
        net.set_weights(std::array{40.0f, 0.0f});
        trainer teach{net, binary_crossentropy, sgd{0.1}};
        const std::vector<float> x{1, 1}, y{0, 0};
        BOOST_TEST(teach.evaluate(x, y, {.verbose = verbosity::silent}).loss() == 40.0);
        teach.fit(x, y, {.batch_size = 2, .epochs = 1, .verbose = verbosity::silent});
        BOOST_TEST(net.weights()[0] < 39.95f);
    };
    check(model<input<2, 1> | time_distributed(dense<1> | sigmoid)>{});
    check(model<input<1> | named<"judge">(dense<1> | sigmoid)>{});
}

/// One sample at a time, as a batch of it alone.
BOOST_AUTO_TEST_CASE(rows_of_one_sample_are_counted) {
    model<input<2> | dense<2> | reshape<2, 1>> net{seed{3}}, other{seed{3}};
    const std::vector<float> x{1, 2}, y{3, -1}, two_x{1, 2, 1, 2}, two_y{3, -1, 3, -1};
    trainer by_sample{net, half_squared_error, sgd{0.01}}, by_batch{other, half_squared_error, sgd{0.01}};
    const double expected = by_sample.evaluate(x, y, {.verbose = verbosity::silent}).loss();
    const auto record = by_sample.fit(x, y, {.batch_size = 1, .epochs = 1, .verbose = verbosity::silent});
    BOOST_TEST(record["loss"].back() == expected, boost::test_tools::tolerance(1e-6));
    by_batch.fit(two_x, two_y, {.batch_size = 2, .epochs = 1, .verbose = verbosity::silent});
    for (std::size_t i = 0; i < net.weights().size(); ++i)
        BOOST_TEST(net.weights()[i] == other.weights()[i], boost::test_tools::tolerance(1e-5f));
}

namespace own {
using namespace strata::symbols;
struct rule_of_squares {
    static constexpr auto v = variable<"v">;
    schedule learning_rate = 0.01;
    auto scalars(double step) const { return bind(rate = learning_rate(step)); }
    static constexpr auto update = rule<(v = 0.9 * v + 0.1 * square(g)), (w = w - rate * g / sqrt(v))>;
};
} // namespace own
/// Where weights fill no register, a rule computes 0 / 0 of the filling.
template <std::size_t Features>
void check_filling() {
    model<input<Features> | dense<1>> net{seed{3}}, copy;
    trainer teach{net, mean_squared_error, own::rule_of_squares{}};
    const auto x = pixels(8 * Features), y = pixels(8);
    teach.fit(x, y, {.batch_size = 8, .epochs = 1, .verbose = verbosity::silent});
    copy.set_weights(net.weights());
    std::vector<float> found(8), expected(8);
    net.predict_batch(x.data(), found.data(), 8);
    copy.predict_batch(x.data(), expected.data(), 8);
    BOOST_TEST((found == expected));
    BOOST_TEST(std::isfinite(found[0]));
    BOOST_TEST(net.predict(std::span<const float, Features>(x.data(), Features))[0] == found[0],
               boost::test_tools::tolerance(1e-5f));
    BOOST_TEST(std::isfinite(
        teach.fit(x, y, {.batch_size = 8, .epochs = 1, .verbose = verbosity::silent})["loss"].back()));
}
BOOST_AUTO_TEST_CASE(filling_counts_nowhere) {
    check_filling<3>();
    check_filling<7>();
    check_filling<21>();
}

} // namespace
