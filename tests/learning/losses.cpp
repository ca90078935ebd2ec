// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#include <strata/expression/numbered_type.hpp>
#include <strata/kernels/formula/batch_loss.hpp>
#include <strata/kernels/formula/loss.hpp>
#include <strata/kernels/formula/sequence_loss.hpp>
#include <strata/learning/losses.hpp>

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <limits>
#include <string>
#include <vector>

using namespace strata::bedrock;

namespace {
using json = nlohmann::json;
constexpr std::size_t samples = 6;
constexpr std::size_t rows = 2;
constexpr std::size_t last = 5;

const json& losses_of_keras() {
    static const json all = json::parse(std::ifstream(STRATA_TESTS "/learning/losses.json"));
    return all;
}

template <class Loss>
constexpr auto link_of() {
    if constexpr (detail::reads_logits<Loss>)
        return typename Loss::link{};
    else
        return no_shortcut{};
}

/// Rows that are taken at once have the losses and derivatives of each alone, whatever each counts.
template <class T, class Loss, class Link, class Targets>
void check_square(const json& wanted, const Targets& target) {
    constexpr std::size_t side = internal::loss_square_side<Loss, Link, last, T>;
    if constexpr (side > 0) {
        constexpr std::size_t step = Loss::targets == target_kind::labels ? 1 : last;
        const auto prediction = wanted["prediction"].get<std::vector<T>>();
        std::vector<T> rows_alone(side * last), delta(side * last + 1, T(7)), delta_alone(delta);
        Targets targets(side * step);
        for (std::size_t i = 0; i < rows_alone.size(); ++i)
            rows_alone[i] = prediction[i % prediction.size()];
        for (std::size_t i = 0; i < targets.size(); ++i)
            targets[i] = target[i % target.size()];
        std::vector<T> together(rows_alone);
        const auto weight = [](std::size_t row) { return T(1) / static_cast<T>(row + 3); };
        std::vector<double> losses(side);
        internal::loss_square<Loss, last>(together.data(), targets.data(), delta.data(), weight,
                                          [&](std::size_t row, double loss) { losses[row] = loss; });
        for (std::size_t row = 0; row < side; ++row)
            BOOST_TEST((loss_row<Loss, Link, last>(&rows_alone[row * last], &targets[row * step],
                                                   &delta_alone[row * last], weight(row))) == losses[row]);
        BOOST_TEST((together == rows_alone && delta == delta_alone));
    }
}

/// The mean loss of a batch and its derivatives, in T, beside Keras's.
template <class T, class Loss>
void check_in(const std::string& name, double tolerance) {
    static_assert(detail::has_number<Loss>); // or the names of functions would hold all of its formula
    using link = decltype(link_of<Loss>());
    BOOST_TEST_CONTEXT(name) {
        const json& wanted = losses_of_keras().at(name);
        auto prediction = wanted["prediction"].get<std::vector<T>>();
        const auto target = wanted["target"].get<std::vector<target_of<Loss, T>>>();
        const auto gradient = wanted["gradient"].get<std::vector<double>>();
        std::vector<T> delta(prediction.size(), std::numeric_limits<T>::quiet_NaN());

        constexpr std::size_t together = Loss::of_samples ? rows : 1;
        constexpr std::size_t groups = samples * rows / together;
        constexpr std::size_t step = Loss::targets == target_kind::labels ? 1 : last;
        double sum = 0;
        double alone = 0;
        for (std::size_t row = 0; row < samples * rows; row += together) {
            // Without the derivatives it is the same.
            std::vector<T> copy(prediction.begin() + static_cast<std::ptrdiff_t>(row * last),
                                prediction.begin() + static_cast<std::ptrdiff_t>((row + together) * last));
            alone += loss_row<Loss, link, last, together>(copy.data(), &target[row * step],
                                                          static_cast<T*>(nullptr), T(1));
            sum += loss_row<Loss, link, last, together>(&prediction[row * last], &target[row * step],
                                                        &delta[row * last], T(1) / static_cast<T>(groups));
        }
        BOOST_TEST(sum == alone);
        check_square<T, Loss, link>(wanted, target);
        const double loss = wanted["loss"];
        BOOST_TEST(std::abs(sum / groups - loss) <= tolerance * std::max(1.0, std::abs(loss)));
        double largest = 0;
        for (const double each : gradient)
            largest = std::max(largest, std::abs(each));
        BOOST_TEST(largest > 0);
        for (std::size_t i = 0; i < delta.size(); ++i)
            BOOST_TEST(std::abs(static_cast<double>(delta[i]) - gradient[i]) <= tolerance * largest,
                       "derivative " << i << " is " << delta[i] << ", expected " << gradient[i]);
    }
}
template <auto Loss>
void check(const std::string& name) {
    check_in<double, std::remove_const_t<decltype(Loss)>>(name, 1e-9);
    check_in<float, std::remove_const_t<decltype(Loss)>>(name, 1e-5);
}
} // namespace

BOOST_AUTO_TEST_CASE(errors_are_those_of_keras) {
    check<mean_squared_error>("mean_squared_error");
    check<mean_absolute_error>("mean_absolute_error");
    check<mean_absolute_percentage_error>("mean_absolute_percentage_error");
    check<mean_squared_logarithmic_error>("mean_squared_logarithmic_error");
    check<huber<>>("huber");
    check<log_cosh>("log_cosh");
    check<poisson>("poisson");
    check<quantile_loss<0.9>>("quantile");
    check<contrastive<>>("contrastive");
    check<cosine_similarity>("cosine_similarity");
}

BOOST_AUTO_TEST_CASE(hinges_are_those_of_keras) {
    check<hinge>("hinge");
    check<squared_hinge>("squared_hinge");
    check<categorical_hinge>("categorical_hinge");
}

BOOST_AUTO_TEST_CASE(cross_entropies_are_those_of_keras) {
    check<binary_crossentropy>("binary_crossentropy");
    check<from_logits(binary_crossentropy)>("binary_crossentropy from logits");
    check<categorical_crossentropy>("categorical_crossentropy");
    check<from_logits(categorical_crossentropy)>("categorical_crossentropy from logits");
    check<sparse_categorical_crossentropy>("sparse_categorical_crossentropy");
    check<kl_divergence>("kl_divergence");
    check<from_logits(kl_divergence)>("kl_divergence from logits");
}

BOOST_AUTO_TEST_CASE(labels_are_smoothed) {
    check<label_smoothing<0.1>(binary_crossentropy)>("binary_crossentropy smoothed");
    check<from_logits(label_smoothing<0.1>(binary_crossentropy))>("binary_crossentropy smoothed from logits");
    check<label_smoothing<0.2>(categorical_crossentropy)>("categorical_crossentropy smoothed");
    check<label_smoothing<0.2>(from_logits(categorical_crossentropy))>(
        "categorical_crossentropy smoothed from logits");
    check<label_smoothing<0.2>(sparse_categorical_crossentropy)>("sparse_categorical_crossentropy smoothed");
    check<from_logits(label_smoothing<0.2>(sparse_categorical_crossentropy))>(
        "sparse_categorical_crossentropy smoothed from logits");
}

BOOST_AUTO_TEST_CASE(focal_losses_are_those_of_keras) {
    check<binary_focal_crossentropy<>>("binary_focal_crossentropy");
    check<binary_focal_crossentropy<1.5>>("binary_focal_crossentropy 1.5");
    check<label_smoothing<0.1>(from_logits(binary_focal_crossentropy<>))>(
        "binary_focal_crossentropy smoothed from logits");
    check<balanced_binary_focal_crossentropy<>>("balanced_binary_focal_crossentropy");
    check<from_logits(categorical_focal_crossentropy<>)>("categorical_focal_crossentropy from logits");
    check<from_logits(categorical_focal_crossentropy<0.5, 1.0>)>(
        "categorical_focal_crossentropy 0.5 from logits");
    check<from_logits(sparse_categorical_focal_crossentropy<>)>(
        "sparse_categorical_focal_crossentropy from logits");
}

BOOST_AUTO_TEST_CASE(dice_looks_at_all_of_a_sample) {
    check<dice>("dice");
    check<from_logits(dice)>("dice from logits");
    check<from_logits<softmax>(dice)>("dice from logits of softmax");
}

// A picture of a million pixels: a sum of floats in one order would be one hundredth too large.
BOOST_AUTO_TEST_CASE(dice_of_a_picture_keeps_its_digits) {
    constexpr std::size_t pixels = 1'000'000;
    const std::vector<float> prediction(pixels, 0.1F);
    const std::vector<float> target(pixels, 1.0F);
    std::vector<float> delta(pixels);
    using loss = std::remove_const_t<decltype(dice)>;
    const double found = internal::reduced_loss<loss, pixels, 1, float>{prediction.data(), target.data()}.run(
        loss::reductions{}, delta.data(), 1.0F);
    BOOST_TEST(std::abs(found - 0.9 / 1.1) <= 1e-6);
}

// Samples that look at each other, also where threads share them.
template <auto Loss>
void check_batch(const std::string& name, bool shares = false) {
    using loss = std::remove_const_t<decltype(Loss)>;
    static_assert(detail::has_number<loss>);
    constexpr std::size_t size = 8;
    BOOST_TEST_CONTEXT(name) {
        const json& wanted = losses_of_keras().at(name);
        const auto prediction = wanted["prediction"].get<std::vector<double>>();
        const auto group = wanted["target"].get<std::vector<std::int32_t>>();
        std::vector<double> distances(size * size, NAN);
        std::vector<double> slopes(size * size, NAN);
        std::vector<double> losses(size, 0.0);
        std::vector<double> delta(prediction.size(), NAN);
        const internal::batch_loss<loss, last, double> all{prediction.data(), group.data(), nullptr, size,
                                                           distances.data(),  slopes.data()};
        const std::size_t middle = shares ? 3 : 0;
        all.measure(0, middle, 1, losses.data());
        all.measure(middle, size, 1, losses.data());
        all.derive(middle, size, 1.0 / size, delta.data());
        all.derive(0, middle, 1.0 / size, delta.data());
        double sum = 0;
        for (const double each : losses)
            sum += each;
        BOOST_TEST(sum / size == wanted["loss"].get<double>(), boost::test_tools::tolerance(1e-12));
        for (std::size_t i = 0; i < delta.size(); ++i)
            BOOST_TEST(std::abs(delta[i] - wanted["gradient"][i].get<double>()) <= 1e-12,
                       "derivative " << i << " is " << delta[i] << ", expected " << wanted["gradient"][i]);
    }
}
BOOST_AUTO_TEST_CASE(samples_look_at_each_other) {
    check_batch<triplet_hard<>>("triplet_hard");
    check_batch<triplet_hard<>>("triplet_hard", true);
    check_batch<triplet_hard<>>("triplet_hard of one alone");
    check_batch<triplet_semi_hard<>>("triplet_semi_hard");
    check_batch<triplet_semi_hard<>>("triplet_semi_hard", true);
    check_batch<contrastive_pairs<3.0>>("contrastive_pairs");
    // A weight is that of a sample's own part.
    const std::vector<double> line{0, 0, 0, 0, 0, 3, 0, 0, 0, 0};
    const std::int32_t two_groups[]{0, 1};
    const double weights[]{1, 0};
    double memory[8]{};
    double parts[2]{};
    std::vector<double> delta(10);
    const internal::batch_loss<std::remove_const_t<decltype(contrastive_pairs<5.0>)>, last, double> weighted{
        line.data(), two_groups, weights, 2, memory, memory + 4};
    weighted.measure(0, 2, 1, parts);
    weighted.derive(0, 2, 0.5, delta.data());
    BOOST_TEST(parts[0] == 4); // (5 - 3)^2
    BOOST_TEST(parts[1] == 0);
    BOOST_TEST(delta[0] == 2); // half of -2 (5 - 3), away from the other
    BOOST_TEST(delta[5] == -2);
    // One sample has nobody to look at.
    const std::vector<double> place{1, 2, 3, 4, 5};
    const std::int32_t group = 0;
    double pair[2]{};
    double loss = 0;
    const internal::batch_loss<std::remove_const_t<decltype(contrastive_pairs<>)>, last, double> alone{
        place.data(), &group, nullptr, 1, pair, pair + 1};
    alone.measure(0, 1, 1, &loss);
    BOOST_TEST(loss == 0);
}

// The same steps with masked ones between them.
template <std::size_t Steps, std::size_t Classes, class T>
void check_counted_steps(const internal::sequence_loss<Steps, Classes, T>& one, T weight, double loss,
                         const T* delta) {
    using counted = internal::counted_steps<Steps + 3>;
    using sequences = internal::sequence_loss<Steps + 3, Classes, T, counted>;
    counted steps;
    std::vector<T> logits((Steps + 3) * Classes, T(9));
    std::vector<std::int32_t> labels(one.labels, one.labels + Steps);
    labels.resize(Steps + 3);
    for (std::size_t step = 0; step < Steps; ++step) {
        steps.add(step + (step > 0) + (step > 2));
        std::copy_n(one.logits + step * Classes, Classes, &logits[steps[step] * Classes]);
    }
    std::vector<double> memory(sequences::memory_size, NAN);
    std::vector<T> found(logits.size(), std::numeric_limits<T>::quiet_NaN());
    BOOST_TEST((sequences{logits.data(), labels.data(), memory.data(), steps}.run(found.data(), weight)) ==
               loss);
    for (std::size_t step = 0; step < Steps; ++step)
        for (std::size_t k = 0; k < Classes; ++k) {
            BOOST_TEST(found[steps[step] * Classes + k] == delta[step * Classes + k]);
            found[steps[step] * Classes + k] = 0;
        }
    BOOST_TEST(found == std::vector<T>(found.size()), boost::test_tools::per_element());
    BOOST_TEST((sequences{logits.data(), labels.data(), memory.data()}.run(nullptr, weight)) ==
               (labels[0] == 0 ? 0.0 : std::numeric_limits<double>::infinity()));
}
template <class T>
void check_sequences(double tolerance) {
    constexpr std::size_t steps = 7;
    using sequences = internal::sequence_loss<steps, last, T>;
    const json& wanted = losses_of_keras().at("ctc");
    const auto prediction = wanted["prediction"].get<std::vector<T>>();
    const auto label = wanted["target"].get<std::vector<std::int32_t>>();
    std::vector<double> memory(sequences::memory_size, NAN);
    std::vector<T> delta(prediction.size(), std::numeric_limits<T>::quiet_NaN());
    double sum = 0;
    for (std::size_t i = 0; i < 4; ++i) {
        const sequences one{&prediction[i * steps * last], &label[i * steps], memory.data()};
        const double loss = one.run(&delta[i * steps * last], T(0.25));
        BOOST_TEST(one.run(nullptr, T(1)) == loss);
        check_counted_steps(one, T(0.25), loss, &delta[i * steps * last]);
        sum += loss;
    }
    const double loss = wanted["loss"];
    BOOST_TEST(std::abs(sum / 4 - loss) <= tolerance * loss);
    for (std::size_t i = 0; i < delta.size(); ++i)
        BOOST_TEST(std::abs(static_cast<double>(delta[i]) - wanted["gradient"][i].get<double>()) <= tolerance,
                   "derivative " << i << " is " << delta[i] << ", expected " << wanted["gradient"][i]);
}
BOOST_AUTO_TEST_CASE(sequences_spell_labels) {
    check_sequences<double>(1e-11);
    check_sequences<float>(1e-5);
    // Four equal labels want seven steps.
    const std::vector<double> logits(6 * last, 0.0);
    const std::vector<std::int32_t> labels{2, 2, 2, 2, 0, 0};
    using sequences = internal::sequence_loss<6, last, double>;
    std::vector<double> memory(sequences::memory_size);
    std::vector<double> delta(logits.size(), NAN);
    BOOST_TEST((sequences{logits.data(), labels.data(), memory.data()}.run(delta.data(), 1.0)) ==
               std::numeric_limits<double>::infinity());
    BOOST_TEST(std::count(delta.begin(), delta.end(), 0.0) == 30);
}

// A user's own loss of probabilities on labels, where outputs of wrong classes count, too.
BOOST_AUTO_TEST_CASE(losses_of_ones_own) {
    using namespace symbols;
    constexpr auto brier = label_loss<"brier", square(prediction - target)>;
    static_assert(!decltype(brier)::ignores_zeros);
    static_assert(decltype(sparse_categorical_crossentropy)::ignores_zeros);
    check<brier>("own on labels");
    check<from_logits<softmax>(brier)>("own on labels from logits");
    constexpr auto summed =
        row_loss<"summed", variable<"s"> / 5, row_sum<(variable<"s"> = square(prediction - target))>>;
    check<summed>("mean_squared_error");
    constexpr auto of_largest = row_loss<"of_largest", max(1 + variable<"wrong"> - variable<"right">, 0),
                                         row_sum<(variable<"right"> = target * prediction)>,
                                         row_maximum<(variable<"wrong"> = (1 - target) * prediction)>>;
    check<of_largest>("categorical_hinge");
}

// The same loss divided by the number of outputs, in either branch of the kernel.
BOOST_AUTO_TEST_CASE(losses_of_labels_may_be_means) {
    using namespace symbols;
    constexpr auto entropy = -(target * log(max(prediction, 1e-7)));
    constexpr auto distance = square(prediction - target);
    const auto check_mean = [](const auto& sum, const auto& mean) {
        const std::array<double, 4> given{0.1, 0.2, 0.4, 0.3};
        const std::int32_t label = 2;
        const auto measure = [&](auto loss, std::array<double, 4>& slopes) {
            auto row = given;
            return loss_row<decltype(loss), no_shortcut, 4>(row.data(), &label, slopes.data(), 1.0);
        };
        std::array<double, 4> slopes{}, mean_slopes{};
        BOOST_TEST(measure(sum, slopes) == 4 * measure(mean, mean_slopes),
                   boost::test_tools::tolerance(1e-12));
        for (std::size_t i = 0; i < 4; ++i)
            BOOST_TEST(slopes[i] == 4 * mean_slopes[i], boost::test_tools::tolerance(1e-12));
    };
    check_mean(label_loss<"entropy_sum", entropy>, label_loss<"entropy_mean", entropy, over_outputs::mean>);
    check_mean(label_loss<"distance_sum", distance>,
               label_loss<"distance_mean", distance, over_outputs::mean>);
}
