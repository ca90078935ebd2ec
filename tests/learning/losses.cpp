// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#include <strata/kernels/formula/loss.hpp>
#include <strata/learning/losses.hpp>

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <fstream>
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

/// The mean loss of a batch and its derivatives, in T, beside Keras's.
template <class T, class Loss>
void check_in(const std::string& name, double tolerance) {
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
