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

} // namespace
