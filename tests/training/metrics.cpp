// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#include "../data/says.hpp"

#include <strata/strata.hpp>

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>
#include <xtensor/xadapt.hpp>

#include <cmath>
#include <fstream>

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

/// The error that a network measures is that of what it predicts, and measuring leaves memory alone.
template <auto Topology, class T>
void check_evaluation() {
    using network = model<Topology, T>;
    network net{seed{1}};
    trainer teach{net, mean_squared_error, sgd{}};
    random_sequence random(seed{3}, draw_purpose::split, 1);
    for (const std::size_t samples : {1u, 2u, 5u, 17u}) {
        std::vector<T> x(samples * network::input_size), y(samples * network::output_size);
        for (auto* const numbers : {&x, &y})
            for (T& number : *numbers)
                number = static_cast<T>(2 * random.uniform() - 1);
        const auto predictions = net.predict(x);
        double expected = 0;
        for (std::size_t i = 0; i < y.size(); ++i)
            expected += std::pow(predictions.data()[i] - y[i], 2) / static_cast<double>(y.size());
        const double loss = teach.evaluate(x, y, {.verbose = verbosity::silent})["loss"];
        BOOST_TEST_CONTEXT(network::plan() << samples << " samples")
        BOOST_TEST(std::abs(loss - expected) <= 1e-5);
    }
}
} // namespace

BOOST_AUTO_TEST_CASE(layers_alone_are_evaluated) {
    // They need more memory of their own outside training than in it.
    check_evaluation<input<7, 6> | group_norm<3>, double>();
    check_evaluation<input<7, 6> | instance_norm<>, float>();
    check_evaluation<input<7, 6> | time_distributed(reshape<3, 2> | group_norm<2> | flatten), float>();
    check_evaluation<input<7, 6> | gru<3>, float>();
}

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

namespace {
using json = nlohmann::json;
const json& metrics_of_others() {
    static const json all = json::parse(std::ifstream(STRATA_TESTS "/training/metrics.json"));
    return all;
}

/// The value of a metric of all samples, and whether it is the one in the file under the metric's name.
template <class Loss, std::size_t Rows, std::size_t Last, class T, class Metric>
double value_of(Metric, const json& prediction, const json& target, double offset = 0) {
    using kind = typename internal::kind_of_metric<Metric>::type;
    using meter = strata::bedrock::meter<kind, Loss, Rows, Last, T>;
    auto outputs = prediction.get<std::vector<T>>();
    auto wanted = target.get<std::vector<target_of<Loss, T>>>();
    if constexpr (Loss::targets == target_kind::values)
        for (std::size_t i = 0; offset != 0 && i < outputs.size(); ++i) {
            const double away = i % 3 == 1 ? 10 : i % 3 == 2 ? 1e7 : 0;
            outputs[i] -= static_cast<T>(away);
            wanted[i] -= static_cast<T>(away);
        }
    const std::size_t samples = outputs.size() / (Rows * Last);
    typename meter::total total;
    total.reserve(samples);
    for (std::size_t i = 0; i < samples; ++i) {
        std::vector<double> numbers(meter::numbers, NAN);
        meter::measure_sample(&outputs[i * Rows * Last], &wanted[i * wanted.size() / samples],
                              numbers.data());
        total.add(numbers.data());
    }
    return total.value();
}
template <class Loss, std::size_t Rows, std::size_t Last, class T, class... Metrics>
void check_in(const char* name, const char* targets, Metrics... metrics) {
    const json& wanted = metrics_of_others().at(name);
    const auto check = [&](auto metric) {
        const std::string metric_name(decltype(metric)::name.view());
        const double found = value_of<Loss, Rows, Last, T>(metric, wanted["prediction"], wanted[targets]);
        BOOST_TEST_CONTEXT(metric_name)
        BOOST_TEST(found == wanted.at(metric_name).get<double>(), boost::test_tools::tolerance(1e-10));
    };
    (check(metrics), ...);
}
} // namespace

BOOST_AUTO_TEST_CASE(metrics_of_a_single_output_are_those_of_others) {
    using metrics::threshold;
    check_in<values_loss, 1, 1, float>("binary", "target", roc_auc, average_precision, mean_iou, metrics::f1,
                                       threshold<0.35>(metrics::f1), threshold<0.35>(precision),
                                       threshold<0.35>(recall), threshold<0.35>(binary_accuracy));
    // All samples as one.
    check_in<values_loss, 60, 1, double>("binary", "target", roc_auc, average_precision, mean_iou,
                                         metrics::f1);
}

BOOST_AUTO_TEST_CASE(metrics_of_classes_are_those_of_others) {
    check_in<labels_loss, 1, 5, float>("classes", "target", accuracy, top_k<2>, roc_auc, average_precision,
                                       mean_iou, metrics::f1, metrics::f1_macro, metrics::f1_weighted);
    check_in<values_loss, 1, 5, float>("classes", "one_hot", accuracy, top_k<2>, roc_auc, average_precision,
                                       mean_iou, metrics::f1, metrics::f1_macro, metrics::f1_weighted);
    check_in<labels_loss, 3, 5, double>("classes", "target", roc_auc, mean_iou, metrics::f1_macro);
    check_in<labels_loss, 1, 6, float>("absent", "target", average_precision, average_precision_macro,
                                       mean_iou, metrics::f1, metrics::f1_macro, metrics::f1_weighted);
    check_in<values_loss, 1, 6, float>("absent", "one_hot", average_precision_macro, mean_iou,
                                       metrics::f1_macro, metrics::threshold<0.3>(metrics::f1_macro));
}

BOOST_AUTO_TEST_CASE(metrics_of_several_labels_are_those_of_others) {
    using metrics::threshold;
    check_in<values_loss, 1, 4, float>("several", "target", binary_accuracy, threshold<0.4>(binary_accuracy),
                                       roc_auc, average_precision, roc_auc_macro, average_precision_macro,
                                       threshold<0.4>(metrics::f1), threshold<0.4>(metrics::f1_macro),
                                       threshold<0.4>(metrics::f1_weighted));
    static_assert(decltype(threshold<0.4>(of_output<1>(metrics::f1)))::name.view() == "output_2_f1_0.4");
    static_assert(decltype(threshold<0.125>(precision))::name.view() == "precision_0.125");
    static_assert(decltype(threshold<1.0>(precision))::name.view() == "precision_1.0");
    static_assert(decltype(threshold<0.05>(precision))::name.view() == "precision_0.05");
}

BOOST_AUTO_TEST_CASE(metrics_of_numbers_are_those_of_others) {
    check_in<values_loss, 2, 3, double>("numbers", "target", metrics::r2);
    check_in<values_loss, 1, 3, double>("numbers", "target", metrics::r2);
    const json& wanted = metrics_of_others().at("numbers");
    BOOST_TEST((value_of<values_loss, 2, 3, double>(metrics::cosine_similarity, wanted["prediction"],
                                                    wanted["target"], 1)) ==
                   wanted["cosine_similarity"].get<double>(),
               boost::test_tools::tolerance(1e-8));
}

BOOST_AUTO_TEST_CASE(metrics_of_nothing_to_tell) {
    const json alike{0.5, 0.7};
    BOOST_TEST(std::isnan(value_of<values_loss, 1, 1, float>(roc_auc, alike, {1, 1})));
    BOOST_TEST((value_of<values_loss, 1, 1, float>(average_precision, alike, {0, 0})) == 0);
    BOOST_TEST((value_of<values_loss, 1, 1, float>(average_precision, alike, {1, 1})) == 1);
    BOOST_TEST((value_of<values_loss, 1, 1, float>(roc_auc, {0.5, 0.5}, {1, 0})) == 0.5);
    // An output whose targets are all alike has no area, and so has the mean.
    BOOST_TEST(
        std::isnan(value_of<values_loss, 1, 2, float>(roc_auc_macro, {0.5, 0.7, 0.2, 0.1}, {1, 1, 0, 1})));
    BOOST_TEST((value_of<values_loss, 1, 1, float>(metrics::f1, {0.1, 0.2}, {0, 0})) == 0);
    BOOST_TEST((value_of<values_loss, 1, 1, float>(metrics::r2, {2, 2}, {2, 2})) == 1);
    BOOST_TEST((value_of<values_loss, 1, 1, float>(metrics::r2, {2, 3}, {2, 2})) == 0);
    BOOST_TEST(std::isnan(value_of<values_loss, 1, 1, float>(metrics::r2, {2, NAN}, {2, 2})));
    BOOST_TEST(std::isnan(value_of<values_loss, 1, 1, float>(metrics::r2, {2}, {2})));
}

BOOST_AUTO_TEST_CASE(classes_have_counts_of_their_own) {
    const json& wanted = metrics_of_others().at("classes");
    const auto numbers = wanted["confusion"].get<std::vector<std::size_t>>();
    const auto counts = counts_of_classes(xt::adapt(numbers, std::array<std::size_t, 2>{5, 5}));
    BOOST_TEST_REQUIRE(counts.size() == 5u);
    BOOST_TEST(counts[0].iou() == 17.0 / 27, boost::test_tools::tolerance(1e-12));
    BOOST_TEST(counts[3].iou() == 0);
    for (std::size_t i = 0; i < counts.size(); ++i) {
        const auto close = boost::test_tools::tolerance(1e-12);
        BOOST_TEST(counts[i].precision() == wanted["precisions"][i].get<double>(), close);
        BOOST_TEST(counts[i].recall() == wanted["recalls"][i].get<double>(), close);
        BOOST_TEST(counts[i].f1() == wanted["f1s"][i].get<double>(), close);
        BOOST_TEST(counts[i].support() == wanted["supports"][i].get<std::size_t>());
        BOOST_TEST(counts[i].true_positives + counts[i].true_negatives + counts[i].false_positives +
                       counts[i].false_negatives ==
                   60u);
    }
    const json& several = metrics_of_others().at("several");
    const auto confusions = several["confusions"].get<std::vector<std::size_t>>();
    const std::array<std::size_t, 2> shape{60, 4};
    const auto each = counts_of_classes(xt::adapt(several["prediction"].get<std::vector<double>>(), shape),
                                        xt::adapt(several["target"].get<std::vector<double>>(), shape), 0.4);
    for (std::size_t i = 0; i < 4; ++i) {
        BOOST_TEST(each[i].true_negatives == confusions[4 * i]);
        BOOST_TEST(each[i].false_positives == confusions[4 * i + 1]);
        BOOST_TEST(each[i].false_negatives == confusions[4 * i + 2]);
        BOOST_TEST(each[i].true_positives == confusions[4 * i + 3]);
    }
    BOOST_CHECK_EXCEPTION(counts_of_classes(xt::xtensor<int, 2>{{1, 2}}), std::invalid_argument,
                          says("expected a matrix of classes x classes, found 1 x 2"));
}

// A trainer measures with every kind of metric, the same on any number of threads.
BOOST_AUTO_TEST_CASE(trainers_measure_with_all_kinds) {
    const json& wanted = metrics_of_others().at("binary");
    const auto score = wanted["prediction"].get<std::vector<float>>();
    const auto truth = wanted["target"].get<std::vector<float>>();
    model<input<1> | dense<1>> net;
    net.set_weights(std::vector<float>{1, 0}); // predictions are the inputs
    trainer teach{net,      mean_squared_error, sgd{},      roc_auc, average_precision,
                  mean_iou, metrics::f1,        metrics::r2};
    for (const std::size_t threads : {1u, 2u}) {
        const auto found =
            teach.evaluate(score, truth, {.batch_size = 7, .verbose = verbosity::silent, .threads = threads});
        for (const char* name : {"roc_auc", "average_precision", "mean_iou", "f1"})
            BOOST_TEST(found[name] == wanted[name].get<double>(), boost::test_tools::tolerance(1e-12));
        BOOST_TEST((found.direction_of("roc_auc") == direction::larger));
        BOOST_TEST(found["r2"] < 1);
    }
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

BOOST_AUTO_TEST_CASE(scores_keep_their_order_and_names) {
    const auto number = [](std::size_t i) { return static_cast<double>(10 * i); };
    const auto name = [](std::size_t i) {
        return "a score whose name is not short, number " + std::to_string(i);
    };
    const auto check = [&](const scores& found, std::size_t count) {
        std::size_t next = 0;
        for (const auto& [each, value] : found) {
            BOOST_TEST(each == name(next));
            BOOST_TEST(value == number(next++));
        }
        BOOST_TEST(next == count);
        for (std::size_t i = 0; i < count; ++i) {
            BOOST_TEST(found[name(i)] == number(i));
            BOOST_TEST(
                (found.direction_of(name(i)) == (i % 2 == 0 ? direction::smaller : direction::larger)));
        }
        BOOST_TEST(!found.contains(name(count)));
    };
    // A few lie within, and all of them in memory of their own where there are more.
    scores all;
    for (std::size_t count = 1; count <= 10; ++count) {
        const std::size_t last = count - 1;
        all.set(name(last), -1, direction::unknown);
        all.set(name(last), number(last), last % 2 == 0 ? direction::smaller : direction::larger);
        check(all, count);
        scores copy = all;
        check(copy, count);
        copy.set("another", 1);
        check(all, count);
        scores moved = std::move(copy);
        BOOST_TEST(moved["another"] == 1);
        BOOST_TEST((copy.begin() == copy.end()));
        copy.set("again", 2);
        BOOST_TEST(copy["again"] == 2);
        moved = all;
        check(moved, count);
        moved.renew(0, 5);
        BOOST_TEST(moved[name(0)] == 5);
        check(all, count);
    }
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
