// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
//
// Weights of samples, classes and rows, by Keras's definition: a loss is the sum of the weighted losses over
// the number of samples, a weighted metric a weighted mean.
#include "../data/says.hpp"

#include <strata/strata.hpp>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cmath>
#include <vector>

using namespace strata::bedrock;

namespace {
const auto rounding = boost::test_tools::tolerance(1e-12);
const evaluate_options silently{.verbose = verbosity::silent};

std::vector<double> numbers(std::size_t count, double first) {
    std::vector<double> result(count);
    for (std::size_t i = 0; i < count; ++i)
        result[i] = std::sin(first + static_cast<double>(i));
    return result;
}

fit_options quietly(std::size_t batch_size, std::size_t epochs) {
    fit_options options;
    options.batch_size = batch_size;
    options.epochs = epochs;
    options.shuffle = false;
    options.verbose = verbosity::silent;
    return options;
}
} // namespace

BOOST_AUTO_TEST_CASE(steps_are_those_of_weighted_gradient_descent) {
    constexpr std::size_t samples = 7;
    const auto x = numbers(2 * samples, 0);
    const auto y = numbers(samples, 5);
    const std::vector<double> weight{1, 0.5, 3, 0, 2, 1.5, 0.25};
    for (const std::size_t batch_size : {1u, 3u, 7u}) {
        model<input<2> | dense<1>, double> net{seed{5}};
        auto w = net.weights();
        trainer teach{net, mean_squared_error, sgd{.learning_rate = 0.05}, metrics::mean_absolute_error,
                      weighted(metrics::mean_absolute_error)};
        auto options = quietly(batch_size, 2);
        options.sample_weight = weight;
        const auto seen = teach.fit(x, y, options);
        double loss = 0, plain = 0, weighted_sum = 0, weights = 0;
        for (int epoch = 0; epoch < 2; ++epoch) {
            loss = plain = weighted_sum = weights = 0;
            for (std::size_t begin = 0; begin < samples; begin += batch_size) {
                const std::size_t end = std::min<std::size_t>(begin + batch_size, samples);
                double g[3] = {0, 0, 0};
                for (std::size_t i = begin; i < end; ++i) {
                    const double error = x[2 * i] * w[0] + x[2 * i + 1] * w[1] + w[2] - y[i];
                    loss += weight[i] * error * error / samples;
                    plain += std::abs(error) / samples;
                    weighted_sum += weight[i] * std::abs(error);
                    weights += weight[i];
                    const double delta = 2 * weight[i] * error / static_cast<double>(end - begin);
                    g[0] += delta * x[2 * i];
                    g[1] += delta * x[2 * i + 1];
                    g[2] += delta;
                }
                for (std::size_t k = 0; k < 3; ++k)
                    w[k] -= 0.05 * g[k];
            }
        }
        for (std::size_t k = 0; k < 3; ++k)
            BOOST_TEST(net.weights()[k] == w[k], rounding);
        BOOST_TEST(seen["loss"].back() == loss, rounding);
        BOOST_TEST(seen["mean_absolute_error"].back() == plain, rounding);
        BOOST_TEST(seen["weighted_mean_absolute_error"].back() == weighted_sum / weights, rounding);

        // The last samples' weights go with them into the validation.
        options.validation_split = 2.0 / 7;
        const auto split = teach.fit(x, y, options);
        auto scoring = silently;
        scoring.sample_weight = std::span(weight).last(2);
        const auto last = teach.evaluate(std::span(x).last(4), std::span(y).last(2), scoring);
        BOOST_TEST(split["val_loss"].back() == last.loss(), rounding);
        options.validation_split = 0;
        options.validation_data = {std::span(x).last(4), std::span(y).last(2), std::span(weight).last(2)};
        const auto own = teach.fit(x, y, options);
        BOOST_TEST(own["val_loss"].back() ==
                       teach.evaluate(std::span(x).last(4), std::span(y).last(2), scoring).loss(),
                   rounding);
    }
}

BOOST_AUTO_TEST_CASE(weights_of_one_change_no_bit) {
    const auto x = numbers(80, 0);
    const auto y = numbers(40, 1);
    const auto weights_with = [&](std::size_t threads, const std::vector<float>& weight) {
        model<input<4> | dense<9> | relu | dropout<0.2> | dense<2>> net{seed{5}};
        trainer teach{net, mean_squared_error, adam{}};
        auto options = quietly(8, 3);
        options.threads = threads;
        if (!weight.empty())
            options.sample_weight = weight;
        teach.fit(x, y, options);
        return net.weights();
    };
    const auto plain = weights_with(1, {});
    BOOST_TEST(weights_with(1, std::vector<float>(20, 1.0f)) == plain, boost::test_tools::per_element());
    std::vector<float> others(20, 1.0f);
    others[7] = 2;
    const auto weighted_once = weights_with(1, others);
    BOOST_TEST(weighted_once != plain);
    BOOST_TEST(weights_with(3, others) == weighted_once, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(classes_have_weights) {
    constexpr std::size_t samples = 12;
    const auto x = numbers(3 * samples, 0);
    std::vector<int> labels(samples);
    std::vector<double> one_hot_rows(3 * samples);
    std::vector<double> weight(samples);
    const std::vector<double> of_class{0.5, 2, 4};
    for (std::size_t i = 0; i < samples; ++i) {
        labels[i] = static_cast<int>(i * i % 3);
        one_hot_rows[3 * i + static_cast<std::size_t>(labels[i])] = 1;
        weight[i] = of_class[static_cast<std::size_t>(labels[i])];
    }
    using network = model<input<3> | dense<3> | softmax, double>;
    const auto train = [&](auto loss, const auto& y, fit_options options) {
        network net{seed{2}};
        trainer teach{net, loss, sgd{.learning_rate = 0.5}, weighted(accuracy)};
        auto history = teach.fit(x, y, options);
        history.add([&] { // and by single batches
            scores result;
            result.set("batch",
                       teach.train_on_batch(x, y, {options.sample_weight, options.class_weight}).loss());
            return result;
        }());
        return std::pair(net.weights(), history);
    };
    auto options = quietly(5, 2);
    options.sample_weight = weight;
    const auto by_sample = train(sparse_categorical_crossentropy, labels, options);
    options.sample_weight = {};
    options.class_weight = of_class;
    const auto by_class = train(sparse_categorical_crossentropy, labels, options);
    BOOST_TEST(by_class.first == by_sample.first, boost::test_tools::per_element());
    for (const char* name : {"loss", "weighted_accuracy", "batch"})
        BOOST_TEST(by_class.second[name] == by_sample.second[name], boost::test_tools::per_element());
    const auto by_row = train(categorical_crossentropy, one_hot_rows, options);
    for (std::size_t i = 0; i < by_row.first.size(); ++i)
        BOOST_TEST(by_row.first[i] == by_sample.first[i], rounding);

    // Both multiply.
    options.sample_weight = weight;
    const auto twice = train(sparse_categorical_crossentropy, labels, options);
    for (double& each : weight)
        each *= each;
    options.class_weight = {};
    const auto squared = train(sparse_categorical_crossentropy, labels, options);
    BOOST_TEST(twice.first == squared.first, boost::test_tools::per_element());

    // One output, whose target is the class.
    model<input<3> | dense<1> | sigmoid, double> net;
    trainer teach{net, binary_crossentropy, sgd{}};
    std::vector<double> y(samples);
    double expected = 0;
    for (std::size_t i = 0; i < samples; ++i) {
        y[i] = labels[i] == 1;
        const double z = net.predict(std::span<const double, 3>(x.data() + 3 * i, 3))[0];
        expected += (y[i] == 1 ? -4 * std::log(z) : -0.25 * std::log(1 - z)) / samples;
    }
    BOOST_TEST(teach.train_on_batch(x, y, {.class_weight = {0.25, 4}}).loss() == expected, rounding);
}

namespace {
constexpr auto steps = input<4, 3> | dense<5> | softmax;
constexpr std::size_t step_count = 4;

/// What training leaves on rows with labels, of which 255 is none, and what it measured.
template <class Loss>
auto train_steps(Loss loss, const std::vector<int>& labels, const std::vector<double>& weight) {
    const auto x = numbers(labels.size() * 3, 0);
    model<steps, double> net{seed{2}};
    trainer teach{net, loss, sgd{.learning_rate = 0.5}, accuracy, weighted(accuracy)};
    auto options = quietly(3, 1);
    if (!weight.empty())
        options.sample_weight = weight;
    const auto seen = teach.fit(x, labels, options);
    return std::tuple(net.weights(), seen["loss"][0], seen["accuracy"][0], seen["weighted_accuracy"][0]);
}
} // namespace

BOOST_AUTO_TEST_CASE(rows_of_an_ignored_label_do_not_count) {
    // Two batches of 3 samples with 4 steps each: 5 and 12 rows count.
    std::vector<int> labels(6 * step_count);
    for (std::size_t i = 0; i < labels.size(); ++i)
        labels[i] = static_cast<int>(i * i % 5);
    auto holes = labels;
    std::vector<double> weight(labels.size(), 1.0);
    for (std::size_t i = 0; i < 7; ++i)
        holes[i + 2] = 255;
    for (std::size_t i = 0; i < 12; ++i)
        weight[i] = holes[i] == 255 ? 0 : 12.0 / 5;
    const auto ignored = train_steps(ignore_label<255>(sparse_categorical_crossentropy), holes, {});
    const auto expected = train_steps(sparse_categorical_crossentropy, labels, weight);
    for (std::size_t i = 0; i < std::get<0>(expected).size(); ++i)
        BOOST_TEST(std::get<0>(ignored)[i] == std::get<0>(expected)[i], rounding);
    BOOST_TEST(std::get<1>(ignored) == std::get<1>(expected), rounding);
    const auto only_zero = train_steps(ignore_label<255>(sparse_categorical_crossentropy),
                                       std::vector<int>(labels.size(), 255), {});
    BOOST_TEST(std::get<0>(only_zero) == (model<steps, double>{seed{2}}.weights()),
               boost::test_tools::per_element());
    BOOST_TEST(std::get<1>(only_zero) == 0);
    BOOST_TEST(std::get<2>(only_zero) == 0);

    // The same metric where what is left out has the weight 0, and the others 1.
    for (double& each : weight)
        each = std::min(each, 1.0);
    BOOST_TEST(
        std::get<2>(ignored) ==
            std::get<3>(train_steps(ignore_label<-1>(sparse_categorical_crossentropy), labels, weight)),
        rounding);

    // No layer that makes probabilities, and negative labels.
    model<input<4, 3> | dense<5>, double> logits{seed{2}};
    trainer teach{logits, ignore_label<-100>(from_logits(sparse_categorical_crossentropy)), sgd{}, accuracy};
    auto negative = holes;
    std::replace(negative.begin(), negative.end(), 255, -100);
    const auto x = numbers(labels.size() * 3, 0);
    const auto first = teach.train_on_batch(std::span(x).first(36), std::span(negative).first(12));
    model<steps, double> twin{seed{2}};
    trainer other{twin, ignore_label<255>(sparse_categorical_crossentropy), sgd{}, accuracy};
    const auto second = other.train_on_batch(std::span(x).first(36), std::span(holes).first(12));
    BOOST_TEST(first.loss() == second.loss());
    BOOST_TEST(first["accuracy"] == second["accuracy"]);
    BOOST_CHECK_EXCEPTION(other.evaluate(x, negative, silently), std::invalid_argument,
                          says("label 2 is -100, expected a class from 0 to 4"));
}

BOOST_AUTO_TEST_CASE(each_output_has_its_weights) {
    model<input<2> | branches(dense<2>, dense<1>), double> net{seed{2}};
    trainer teach{net, losses(mean_squared_error, loss_weight<0.5>(mean_squared_error)), sgd{},
                  weighted(of_output<1>(metrics::mean_squared_error))};
    const auto x = numbers(6, 0);
    const auto y = numbers(6, 1);
    const auto z = numbers(3, 2);
    const std::vector<double> first{1, 2, 3}, second{4, 0, 5};
    const auto loss_with = [&](const sample_list& weight) {
        auto options = silently;
        options.sample_weight = weight;
        return teach.evaluate(x, together(y, z), options);
    };
    const auto [p, q] = net.predict(x);
    double of_first = 0, of_second = 0, of_both = 0;
    for (std::size_t i = 0; i < 3; ++i) {
        const double a = (std::pow(p(i, 0) - y[2 * i], 2) + std::pow(p(i, 1) - y[2 * i + 1], 2)) / 2;
        const double b = std::pow(q(i, 0) - z[i], 2);
        of_first += first[i] * (a + 0.5 * b) / 3;
        of_both += (first[i] * a + 0.5 * second[i] * b) / 3;
        of_second += second[i] * b / 9;
    }
    BOOST_TEST(loss_with(first).loss() == of_first, rounding);
    BOOST_TEST(loss_with(together(first, second)).loss() == of_both, rounding);
    BOOST_TEST(loss_with(together(first, second))["weighted_output_2_mean_squared_error"] == of_second,
               rounding);
    BOOST_CHECK_EXCEPTION(loss_with(together(first, second, first)), std::invalid_argument,
                          says("evaluate: there are 3 arrays of weights for 2 outputs"));
    BOOST_CHECK_EXCEPTION(teach.train_on_batch(x, together(y, z), {.class_weight = {1, 2}}),
                          std::invalid_argument, says("weights of classes are for networks with one output"));
}

BOOST_AUTO_TEST_CASE(a_weighted_metric_is_that_of_repeated_samples) {
    constexpr std::size_t samples = 9;
    const auto x = numbers(3 * samples, 0);
    std::vector<int> labels(samples);
    std::vector<double> weight(samples);
    std::vector<double> repeated;
    std::vector<int> repeated_labels;
    for (std::size_t i = 0; i < samples; ++i) {
        labels[i] = static_cast<int>(i * i % 4);
        weight[i] = static_cast<double>(i % 4);
        for (std::size_t k = 0; k < i % 4; ++k) {
            repeated.insert(repeated.end(), x.begin() + static_cast<std::ptrdiff_t>(3 * i),
                            x.begin() + static_cast<std::ptrdiff_t>(3 * i + 3));
            repeated_labels.push_back(labels[i]);
        }
    }
    model<input<3> | dense<4> | softmax, double> net{seed{2}};
    trainer teach{net,
                  sparse_categorical_crossentropy,
                  sgd{},
                  weighted(accuracy),
                  weighted(metrics::f1_macro),
                  weighted(mean_iou),
                  weighted(metrics::mean_absolute_error),
                  weighted(roc_auc),
                  weighted(average_precision_macro),
                  weighted(metrics::r2)};
    auto options = silently;
    options.sample_weight = weight;
    const auto found = teach.evaluate(x, labels, options);
    const auto expected = teach.evaluate(repeated, repeated_labels, silently);
    for (const char* name :
         {"weighted_accuracy", "weighted_f1_macro", "weighted_mean_iou", "weighted_mean_absolute_error",
          "weighted_roc_auc", "weighted_average_precision_macro", "weighted_r2"}) {
        BOOST_TEST(found[name] == expected[name], rounding);
        BOOST_TEST(std::abs(found[name]) > 0);
    }
}

BOOST_AUTO_TEST_CASE(weights_that_do_not_fit_are_named) {
    model<steps, double> net{seed{2}};
    trainer teach{net, sparse_categorical_crossentropy, sgd{}};
    const auto x = numbers(2 * step_count * 3, 0);
    std::vector<int> labels(2 * step_count, 1);
    const auto refuses = [&](const batch_options& options, const char* why) {
        BOOST_CHECK_EXCEPTION(teach.train_on_batch(x, labels, options), std::invalid_argument, says(why));
    };
    refuses({.sample_weight = std::vector<float>(3)},
            "train_on_batch: the weights of 2 samples have 3 numbers, expected 2, or 4 for each");
    refuses({.sample_weight = std::vector<float>{}},
            "train_on_batch: the weights of 2 samples have 0 numbers, expected 2, or 4 for each");
    refuses({.sample_weight = xt::xtensor<float, 2>(std::array<std::size_t, 2>{2, 3}, 1.0f)},
            "train_on_batch: the weights of 2 samples have the shape 2 x 3, expected 2, or 4 for each");
    refuses({.sample_weight = std::vector<std::vector<float>>{{1, 2}, {3, 4}, {5, 6}}},
            "train_on_batch: the weights of 2 samples have 3 rows of 2 numbers, expected 2, or 4 for each");
    refuses({.sample_weight = std::vector<float>{1, NAN}}, "the weight of sample 1 is nan");
    refuses({.class_weight = {1, 2}}, "there are weights for 2 classes, expected 5");
    refuses({.class_weight = {1, NAN, 1, 1, 1}}, "the weight of class 1 is nan, expected a finite number");
    model<input<2> | dense<1> | sigmoid> single;
    trainer judge{single, binary_crossentropy, sgd{}};
    BOOST_CHECK_EXCEPTION(
        judge.train_on_batch(std::vector<float>{1, 2}, std::vector<float>{0.5f}, {.class_weight = {1, 2}}),
        std::invalid_argument, says("target 0 is 0.5, expected one of the 2 classes that have a weight"));
    // A loss of all rows of a sample together has one value.
    model<input<2, 3> | dense<2> | sigmoid> mask;
    trainer draw{mask, dice, sgd{}};
    const std::vector<float> rows(2 * 2 * 3, 0.5f), drawn(2 * 2 * 2, 1.0f);
    const auto refuses_rows = [&](const batch_options& options, const char* why) {
        BOOST_CHECK_EXCEPTION(draw.train_on_batch(rows, drawn, options), std::invalid_argument, says(why));
    };
    refuses_rows({.sample_weight = std::vector<float>(4, 1.0f)},
                 "train_on_batch: the weights of 2 samples have 4 numbers, expected 2");
    refuses_rows({.class_weight = {1, 5}},
                 "weights of classes cannot weight dice, which takes all rows of a sample together");
    const double loss = draw.evaluate(rows, drawn, silently)["loss"];
    BOOST_TEST(draw.train_on_batch(rows, drawn, {.sample_weight = std::vector<float>{1, 3}})["loss"] ==
                   2 * loss,
               boost::test_tools::tolerance(1e-6));
    teach.train_on_batch(x, labels, {.sample_weight = std::vector<float>{1, 2}});
    teach.train_on_batch(x, labels,
                         {.sample_weight = xt::xtensor<float, 2>(std::array<std::size_t, 2>{2, 4}, 1.0f)});
    BOOST_TEST(teach.steps() == 2u);
}

BOOST_AUTO_TEST_CASE(weights_of_rows_of_other_lengths_are_refused) {
    const std::vector<std::vector<float>> ragged{{1}, {2, 3}, {1}, {1}};
    model<input<1> | dense<1>> net{seed{5}};
    trainer teach{net, mean_squared_error, sgd{}};
    const std::vector<float> x(4), y(4);
    auto options = quietly(4, 1);
    options.sample_weight = ragged;
    BOOST_CHECK_THROW(teach.fit(x, y, options), std::invalid_argument);
}

BOOST_AUTO_TEST_CASE(groups_have_as_many_weights_as_are_given) {
    model<input<3> | dense<8>> net{seed{1}};
    trainer teach{net, triplet_hard<>, sgd{}};
    const auto drawn = numbers(18, 0);
    const std::vector<float> x(drawn.begin(), drawn.end());
    const std::vector<int> groups{0, 1, 2, 0, 1, 2};
    BOOST_CHECK_NO_THROW(teach.train_on_batch(x, groups, {.class_weight = {1, 2, 3}}));
    BOOST_CHECK_EXCEPTION(teach.train_on_batch(x, groups, {.class_weight = {1, 2}}), std::invalid_argument,
                          says("2 classes that have a weight"));
}

BOOST_AUTO_TEST_CASE(a_threshold_leaves_a_metric_weighted) {
    model<input<1> | dense<1>> net;
    net.set_weights(std::vector<float>{1, 0}); // predictions are the inputs
    const std::vector<float> score{0.9F, 0.4F, 0.35F, 0.1F}, truth{1, 0, 1, 0};
    const std::vector<double> weight{1, 10, 1, 1};
    trainer teach{net, mean_squared_error, sgd{}, metrics::threshold<0.3>(precision),
                  metrics::threshold<0.3>(weighted(precision))};
    const auto found = teach.evaluate(score, truth, {.sample_weight = weight, .verbose = verbosity::silent});
    BOOST_TEST(found["precision_0.3"] == 2.0 / 3, boost::test_tools::tolerance(1e-6));
    BOOST_TEST(found["weighted_precision_0.3"] == 2.0 / 12, boost::test_tools::tolerance(1e-6));
}
