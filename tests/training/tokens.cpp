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
// A float counts to 2^24, but has no halves from 2^23 on.
BOOST_AUTO_TEST_CASE(rows_of_large_tables_are_told_apart) {
    constexpr std::size_t rows = 10'000'000;
    for (const std::size_t token : {std::size_t{0}, std::size_t{8'388'607}, std::size_t{8'388'609}, rows - 1})
        BOOST_TEST(strata::bedrock::internal::row_of_token(static_cast<float>(token), rows) == token);
    for (const float other : {-1.0F, -0.5F, 1e7F, 3e9F, NAN, -INFINITY, INFINITY})
        BOOST_TEST(strata::bedrock::internal::row_of_token(other, rows) == rows);
}

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

namespace {
using tagger =
    model<input<length> | embedding<vocabulary, 5, mask_zero> | bidirectional(gru<3>) | dense<4> | softmax>;
constexpr std::size_t count = 37;
/// Sentences of one token and more, one empty one among them, which zeros fill.
xt::xtensor<int, 2> make_sentences() {
    xt::xtensor<int, 2> tokens = make_tokens(count);
    for (std::size_t i = 0; i < count; ++i)
        for (std::size_t step = 0; step < length; ++step)
            tokens(i, step) = step < i % (length + 1) ? tokens(i, step) + 1 : 0;
    return tokens;
}
xt::xtensor<int, 2> make_tags(const xt::xtensor<int, 2>& tokens) { return xt::eval(tokens % 4); }
template <class Optimizer>
std::vector<float> learn_tags(const Optimizer& optimizer, std::size_t threads) {
    tagger net{seed{3}};
    const auto x = make_sentences();
    trainer{net, sparse_categorical_crossentropy, optimizer}.fit(
        x, make_tags(x), {.batch_size = 10, .epochs = 2, .verbose = verbosity::silent, .threads = threads});
    return net.weights();
}
} // namespace

// Keras 3's definition: the sum over the steps that count of weight times loss, over how many they are.
BOOST_AUTO_TEST_CASE(masked_steps_count_in_no_score) {
    const auto x = make_sentences();
    const auto y = make_tags(x);
    xt::xtensor<float, 2> weight(x.shape());
    for (std::size_t i = 0; i < weight.size(); ++i)
        weight.data()[i] = static_cast<float>(1 + i % 5);
    tagger net{seed{3}};
    const auto p = net.predict(x);
    double steps = 0;
    double loss = 0;
    double weighted_loss = 0;
    double right = 0;
    double weighted_right = 0;
    double weights = 0;
    for (std::size_t i = 0; i < count; ++i)
        for (std::size_t step = 0; step < length; ++step) {
            if (x(i, step) == 0)
                continue;
            std::size_t best = 0;
            for (std::size_t k = 1; k < 4; ++k)
                best = p(i, step, k) > p(i, step, best) ? k : best;
            const auto tag = static_cast<std::size_t>(y(i, step));
            const auto counts = static_cast<double>(weight(i, step));
            const double one = -std::log(static_cast<double>(p(i, step, tag)));
            ++steps;
            weights += counts;
            loss += one;
            weighted_loss += counts * one;
            right += best == tag;
            weighted_right += counts * (best == tag);
        }
    const auto close = boost::test_tools::tolerance(1e-6);
    trainer teach{net, sparse_categorical_crossentropy, sgd{.learning_rate = 0}, accuracy,
                  weighted(top_k<1>)};
    const auto plain = teach.evaluate(x, y, {.batch_size = count, .verbose = verbosity::silent});
    BOOST_TEST(plain["loss"] == loss / steps, close);
    BOOST_TEST(plain["accuracy"] == right / steps, close);
    const auto scores =
        teach.evaluate(x, y, {.batch_size = count, .sample_weight = weight, .verbose = verbosity::silent});
    BOOST_TEST(scores["loss"] == weighted_loss / steps, close);
    BOOST_TEST(scores["accuracy"] == right / steps, close);
    BOOST_TEST(scores["weighted_top_1"] == weighted_right / weights, close);
    BOOST_TEST(teach.train_on_batch(x, y, {.sample_weight = weight}).loss() == weighted_loss / steps, close);
    const auto seen = teach.fit(
        x, y, {.batch_size = count, .epochs = 1, .validation_data = {x, y}, .verbose = verbosity::silent});
    BOOST_TEST(seen["loss"].front() == loss / steps, close);
    BOOST_TEST(seen["val_loss"].front() == loss / steps, close);
    BOOST_TEST(seen["val_accuracy"].front() == right / steps, close);

    // The gradient is that of the loss, and the row of the masked token has none.
    const auto slopes = gradients(net, sparse_categorical_crossentropy, x, y);
    BOOST_TEST(slopes.loss() == loss / steps, close);
    const auto of_bias = slopes.template parameter<"dense.bias">();
    auto bias = net.parameter<"dense.bias">();
    bias(2) += 0.01f;
    const double above = teach.evaluate(x, y, {.batch_size = count, .verbose = verbosity::silent})["loss"];
    bias(2) -= 0.02f;
    const double below = teach.evaluate(x, y, {.batch_size = count, .verbose = verbosity::silent})["loss"];
    BOOST_TEST((above - below) / 0.02 == of_bias(2), boost::test_tools::tolerance(1e-3));
    for (std::size_t k = 0; k < 5; ++k)
        BOOST_TEST(slopes.template parameter<"embedding.embeddings">()(0, k) == 0);
}

BOOST_AUTO_TEST_CASE(masked_steps_teach_alike_on_all_ways) {
    const auto one = learn_tags(sgd{.learning_rate = 0.5}, 1);
    BOOST_TEST(one != tagger{seed{3}}.weights());
    BOOST_TEST(one == learn_tags(sgd{.learning_rate = 0.5}, 2));
    const auto stored = learn_tags(clip_norm(sgd{.learning_rate = 0.5}, 1000), 2);
    BOOST_TEST(std::equal(one.begin(), one.end(), stored.begin(),
                          [](float a, float b) { return std::abs(a - b) < 1e-6f; }));
}

// Rows that no batch has are not updated, nor are their averages, which begin as the weights.
BOOST_AUTO_TEST_CASE(averages_of_rows_are_those_of_their_weights) {
    const std::vector<float> tokens{0, 1, 2, 3, 5, 1, 2, 3, 0, 5, 2, 3, 0, 1, 5, 3};
    const std::vector<float> targets{0, 1, 0, 1, 0, 1, 0, 1};
    model<input<2> | embedding<10, 4> | flatten | dense<1>> net{seed{3}};
    const auto optimizer = average_weights(sgd{.learning_rate = 0.0}, 0.99);
    trainer teach{net, mean_squared_error, optimizer};
    net.set_weights([&] { // those of the first step count, whatever the trainer was made with
        auto weights = net.weights();
        for (float& weight : weights)
            weight += 0.5F;
        return weights;
    }());
    const auto first_weights = net.weights();
    const auto check = [&] {
        const auto averages = net.weights();
        for (std::size_t i = 0; i < first_weights.size(); ++i)
            BOOST_TEST(std::abs(averages[i] - first_weights[i]) < 1e-6F);
    };
    teach.fit(tokens, targets,
              {.batch_size = 2, .epochs = 1, .shuffle = false, .verbose = verbosity::silent});
    check();
    updater learner{net, optimizer};
    for (std::size_t i = 0; i < 3; ++i)
        learner.apply(gradients(net, mean_squared_error, std::vector<float>{7, 8}, std::vector<float>{1}));
    learner.finish();
    check();
}

// Also of rows that no batch has for long: a row that stays as it is has an average that moves on to it.
BOOST_AUTO_TEST_CASE(averages_of_rows_go_on_without_gradients) {
    const std::vector<float> tokens{7, 0, 1, 2, 3, 5, 1, 2, 3, 0, 5, 2, 3, 0, 1, 5};
    const std::vector<float> targets{1, 1, 0, 1, 0, 1, 0, 1};
    const auto averages = [&](auto net, std::size_t batch_size, std::size_t threads) {
        net.set_weights([&] {
            auto weights = net.weights();
            for (std::size_t i = 0; i < weights.size(); ++i)
                weights[i] = static_cast<float>(i % 7) / 10.0F;
            return weights;
        }());
        trainer teach{net, mean_squared_error, average_weights(sgd{.learning_rate = 0.3}, 0.9)};
        teach.fit(tokens, targets,
                  {.batch_size = batch_size,
                   .epochs = 20,
                   .shuffle = false,
                   .verbose = verbosity::silent,
                   .threads = threads});
        return net.weights();
    };
    using some = model<input<2> | embedding<10, 5> | flatten | dense<1>>;
    using all = model<input<2> | embedding<10, 5, every_row> | flatten | dense<1>>;
    for (const std::size_t batch_size : {1U, 2U})
        for (const std::size_t threads : {1U, 2U})
            BOOST_TEST(averages(some{seed{3}}, batch_size, threads) == averages(all{seed{3}}, batch_size, 1),
                       boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(the_nearest_token_counts_where_nothing_throws) {
    const model<input<1> | embedding<10, 2>> net{seed{3}};
    const auto row = [&](float token) { return net.predict(std::array{token})[0]; };
    for (const float token : {-0.75F, 9.75F, 10.0F, -1.0F})
        BOOST_TEST(std::isnan(row(token)), token);
    for (const float token : {1.75F, 2.25F})
        BOOST_TEST(row(token) == row(2.0F));
}
