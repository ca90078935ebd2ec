// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#include "error_message.hpp"

#include <strata/strata.hpp>
#include <strata/training/gradients.hpp>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <vector>

using namespace strata;

namespace {
constexpr std::size_t vocabulary = 40;
constexpr std::size_t length = 6;
template <auto... Options>
using network = model<input<length> | embedding<vocabulary, 19, Options...> | flatten | dense<1>>;

// Only every third token occurs.
xt::xtensor<std::uint16_t, 2> make_tokens(std::size_t samples) {
    xt::xtensor<std::uint16_t, 2> tokens(std::array<std::size_t, 2>{samples, length});
    std::uint32_t state = 1;
    for (auto& token : tokens)
        token =
            static_cast<std::uint16_t>(((state = state * 1664525 + 1013904223) >> 16) % (vocabulary / 3) * 3);
    return tokens;
}
xt::xtensor<float, 1> make_targets(const xt::xtensor<std::uint16_t, 2>& tokens) {
    xt::xtensor<float, 1> y(std::array<std::size_t, 1>{tokens.shape(0)});
    for (std::size_t i = 0; i < y.size(); ++i)
        y(i) = static_cast<float>(tokens(i, 0) > tokens(i, 1));
    return y;
}

template <class Network, class Optimizer>
std::vector<float> learn(const Optimizer& optimizer, std::size_t threads = 0) {
    Network net{seed{3}};
    const auto tokens = make_tokens(200);
    trainer{net, mean_squared_error, optimizer}.fit(
        tokens, make_targets(tokens),
        {.batch_size = 64, .epochs = 3, .verbose = verbosity::silent, .threads = threads});
    return net.weights();
}
} // namespace

BOOST_AUTO_TEST_CASE(tokens_are_checked_before_anything_is_computed) {
    network<> net{seed{3}};
    const auto first = net.weights();
    auto tokens = make_tokens(8);
    const auto y = make_targets(tokens);
    tokens(5, 2) = vocabulary;
    const std::string expected = ": sample 5, step 2 is 40, expected a token from 0 to 39";
    BOOST_TEST(error_message<std::invalid_argument>([&] { (void)net.predict(tokens); }) ==
               "predict" + expected);
    trainer teach{net, mean_squared_error, adam{}};
    BOOST_TEST(error_message<std::invalid_argument>([&] { teach.fit(tokens, y); }) == "fit" + expected);
    BOOST_TEST(error_message<std::invalid_argument>([&] { (void)teach.evaluate(tokens, y); }) ==
               "evaluate" + expected);
    BOOST_TEST(error_message<std::invalid_argument>(
                   [&] { (void)gradients(net, mean_squared_error, tokens, y); }) == "gradients" + expected);
    const std::vector<std::array<float, length>> halves{{0, 1, 2, 3, 4, 1.5f}};
    BOOST_TEST(error_message<std::invalid_argument>([&] { (void)net.predict(halves); }) ==
               "predict: sample 0, step 5 is 1.5, expected a token from 0 to 39");
    BOOST_TEST(net.weights() == first);
    // What cannot throw reads nothing that is not there.
    const std::array<float, length> other{0, 1, 2, -7, 4, 1e9f};
    BOOST_TEST(std::isnan(net.predict(other)[0]));
}

BOOST_AUTO_TEST_CASE(any_integers_are_tokens) {
    const network<> net{seed{3}};
    const xt::xtensor<std::uint16_t, 2> tokens = make_tokens(3);
    const xt::xtensor<std::int64_t, 2> others = xt::cast<std::int64_t>(tokens);
    const auto expected = net.predict(tokens);
    BOOST_TEST(net.predict(others) == expected);
    for (std::size_t i = 0; i < 3; ++i) {
        float sum = net.parameter<"dense.bias">()(0);
        for (std::size_t step = 0; step < length; ++step)
            for (std::size_t k = 0; k < 19; ++k)
                sum += net.parameter<"embedding.embeddings">()(tokens(i, step), k) *
                       net.parameter<"dense.kernel">()(step * 19 + k, 0);
        BOOST_TEST(sum == expected(i, 0), boost::test_tools::tolerance(1e-5f));
    }
}

// Plain descent leaves rows alone that have no gradient, and so both ways are one.
BOOST_AUTO_TEST_CASE(rows_that_occur_are_updated) {
    const auto some = learn<network<>>(sgd{.learning_rate = 0.1});
    const auto stored = learn<network<>>(clip_norm(sgd{.learning_rate = 0.1}, 1000));
    BOOST_TEST(std::equal(some.begin(), some.end(), stored.begin(),
                          [](float a, float b) { return std::abs(a - b) < 1e-6f; }));
    const auto first = network<>{seed{3}}.weights();
    const auto lazy = learn<network<>>(adam{});
    const auto all = learn<network<every_row>>(adam{});
    BOOST_TEST(lazy != all);
    BOOST_TEST(all == learn<network<every_row>>(adam{}, 3));
    BOOST_TEST(lazy == learn<network<>>(adam{}, 3));
    for (std::size_t row = 0; row < vocabulary; ++row) {
        const auto range = [&](const std::vector<float>& weights) {
            return std::vector(&weights[row * 19], &weights[row * 19] + 19);
        };
        BOOST_TEST((range(lazy) == range(first)) == (row % 3 != 0 || row >= vocabulary / 3 * 3));
    }
}
