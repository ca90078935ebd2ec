// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#include <strata/strata.hpp>

#include "../larger_error.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

using namespace strata;

namespace {

// The middle layer's results and the derivatives by its source are those of 3 x 3 taps that Winograd's
// products are made for. They are seen in the predictions, and in what a step makes of the first layer's
// weights.
template <auto... Options>
constexpr auto topology = input<20, 20, 16> | conv<16, 1, no_bias> | conv<32, 3, same, Options...>;

constexpr std::size_t samples = 2;

struct outcome {
    std::vector<double> predictions;
    std::vector<double> first_change;
};

template <auto Topology, class T>
outcome run() {
    using network = model<Topology, T>;
    model<topology<direct>, float> start{seed{3}};
    const auto numbers = start.weights();
    network net{seed{1}};
    net.set_weights(std::vector<T>(numbers.begin(), numbers.end()));
    std::vector<T> x(samples * network::input_size);
    std::vector<T> y(samples * network::output_size);
    for (std::size_t i = 0; i < x.size(); ++i)
        x[i] = static_cast<T>(static_cast<float>(std::sin(0.37 * static_cast<double>(i * i % 4099))));
    for (std::size_t i = 0; i < y.size(); ++i)
        y[i] = static_cast<T>(static_cast<float>(std::cos(0.11 * static_cast<double>(i % 997))));
    std::vector<T> predictions(y.size());
    net.predict_batch(x.data(), predictions.data(), samples);

    trainer teach{net, mean_squared_error, sgd{.learning_rate = 64}};
    teach.fit(x, y, {.batch_size = samples, .epochs = 1, .verbose = verbosity::silent});
    const auto changed = net.weights();
    outcome result{{predictions.begin(), predictions.end()}, {}};
    for (std::size_t i = 0; i < 16 * 16; ++i)
        result.first_change.push_back(static_cast<double>(changed[i]) - static_cast<double>(numbers[i]));
    return result;
}

// The largest error, of the largest number.
double error(const std::vector<double>& found, const std::vector<double>& wanted) {
    double largest = 0;
    double worst = 0;
    for (std::size_t i = 0; i < wanted.size(); ++i) {
        largest = std::max(largest, std::abs(wanted[i]));
        worst = larger_error(worst, std::abs(found[i] - wanted[i]));
    }
    return worst / largest;
}

bool contains(const std::string& text, const char* part) { return text.find(part) != std::string::npos; }

} // namespace

BOOST_AUTO_TEST_CASE(direct_sums_are_the_more_exact_ones) {
    const outcome exact = run<topology<direct>, double>();
    const outcome quick = run<topology<>, float>();
    const outcome plain = run<topology<direct>, float>();
    const double quick_error = error(quick.predictions, exact.predictions);
    const double plain_error = error(plain.predictions, exact.predictions);
    BOOST_TEST_MESSAGE("of the largest result: " << quick_error << " by Winograd, " << plain_error
                                                 << " by plain sums; of a step: "
                                                 << error(quick.first_change, exact.first_change) << ", "
                                                 << error(plain.first_change, exact.first_change));
    BOOST_TEST(plain_error < 1e-6);
    BOOST_TEST(quick_error < 2e-5);
    BOOST_TEST(plain_error < quick_error / 2);
    BOOST_TEST(error(quick.first_change, exact.first_change) < 2e-5);
    BOOST_TEST(error(plain.first_change, exact.first_change) < 2e-6);
}

BOOST_AUTO_TEST_CASE(plans_say_where_digits_are_lost) {
    const std::string quick = model<topology<>>::plan();
    BOOST_TEST(contains(quick, "product + bias by Winograd's F(4 x 4, 3 x 3)"));
    BOOST_TEST(contains(quick, "input gradient by Winograd's F(4 x 4, 3 x 3)"));
    BOOST_TEST(contains(quick, "rounding: Winograd's products lose about a digit"));
    const std::string plain = model<topology<direct>>::plan();
    BOOST_TEST(!contains(plain, "Winograd"));
    BOOST_TEST(contains(plain, "input gradient"));
}

BOOST_AUTO_TEST_CASE(transposed_convolutions_take_the_option) {
    BOOST_TEST(contains(model<input<20, 20, 16> | conv_transpose<32, 3, same>>::plan(), "Winograd"));
    BOOST_TEST(!contains(model<input<20, 20, 16> | conv_transpose<32, 3, same, direct>>::plan(), "Winograd"));
}
