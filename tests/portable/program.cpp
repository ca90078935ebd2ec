// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
//
// The language, the laws, training, and a network of each kind in one program without a test library: for
// compilers, standard libraries and processors that the suites are not built for. It says what does not hold.
#include <strata/layers/layers.hpp>
#include <strata/learning/optimizers.hpp>
#include <strata/model/arrays.hpp>
#include <strata/training/trainer.hpp>

#include "../larger_error.hpp"

#ifndef STRATA_TESTS_NO_FILES
#    include <strata/data/csv.hpp>
#    include <strata/data/npy.hpp>
#    include <strata/strata.hpp>

#    include "../data/temporary_directory.hpp"

#    include <fstream>
#endif

#include <array>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <limits>
#include <string>
#include <utility>
#include <vector>

using namespace strata::bedrock;

namespace {

int failures = 0;

void check(bool holds, const char* what, double found = 0) {
    if (!holds) {
        std::printf("does not hold: %s (%g)\n", what, found);
        ++failures;
    }
}

template <class T>
std::vector<T> numbers(std::size_t count, std::uint32_t which) {
    random_sequence random(seed{3}, draw_purpose::split, which);
    std::vector<T> result(count);
    for (T& each : result)
        each = static_cast<T>(2 * random.uniform() - 1);
    return result;
}

// ---- The language: shapes, derivatives and formulas of one's own, all by the compiler.

using classifier = model<input<28, 28> | flatten | dense<512> | relu | dropout<0.2> | dense<10> | softmax>;
static_assert(classifier::output_shape == shape<10>{});
static_assert(classifier::parameter_count == 407'050);

// Every kind of layer finds its shape.
constexpr auto images = input<8, 8, 4> | random_flip<> | random_shift<0.1, 0.1> | random_rotation<0.1> |
                        random_zoom<0.1> | conv_transpose<8, 3, stride<2>, same> | upsample<2, bilinear> |
                        zero_pad<1> | crop<1> | depthwise_conv<3, stride<2>> |
                        conv<8, 3, dilation<2>, groups<2>> | group_norm<2> | gaussian_noise<0.1> |
                        gaussian_dropout<0.1> | spatial_dropout<0.1> | prelu<>;
static_assert(model<images>::output_shape == shape<11, 11, 8>{});
constexpr auto branched =
    input<6, 8> | branches(dense<4>, branches(dense<4>, dense<4> | softmax) | dot<normalize>) | concat<1> |
    permute<1, 0> | branches(identity, dense<6>) | maximum | flatten | reshape<5, 12> | layer_norm<> |
    residual(leaky_relu<> | elu<>) | global_max_pool | softsign;
static_assert(model<branched>::output_shape == shape<12>{});

namespace own {
using namespace strata::symbols;
constexpr auto m = variable<"m">;
constexpr auto mish = named_activation<"mish", x * strata::tanh(softplus(x))>;
constexpr auto cauchy = loss<"cauchy", log1p(square(prediction - target))>;
struct lion {
    schedule learning_rate = 1e-3;

    auto scalars(double step) const { return bind(rate = learning_rate(step)); }
    static constexpr auto update = rule<(w = w - rate * sign(0.9 * m + 0.1 * g)), (m = 0.99 * m + 0.01 * g)>;
};
} // namespace own

void check_language() {
    check(to_string(derivative(own::cauchy.formula, symbols::prediction)) ==
              "(1 / (1 + square(prediction - target))) * (2 * (prediction - target))",
          "a derivative is printed");
    const std::string plan = classifier{}.plan();
    check(plan.find("stage 1: dense<512>, 784 -> 512") != plan.npos, "the plan says what is fused");
    check(evaluate_at(derivative(symbols::x * sigmoid(symbols::x), symbols::x), symbols::x, 0.0) == 0.5,
          "the derivative of silu at 0");
}

// ---- The laws.

/// x W + b in plain double.
template <std::size_t K, std::size_t N, class T>
void check_product() {
    using network = model<input<K> | dense<N>, T>;
    network net;
    const auto weights = numbers<T>(network::parameter_count, 1);
    net.set_weights(weights);
    constexpr std::size_t samples = 13;
    const auto x = numbers<T>(samples * K, 2);
    std::vector<T> y(samples * N);
    net.predict_batch(x.data(), y.data(), samples);
    double worst = 0;
    for (std::size_t i = 0; i < samples; ++i)
        for (std::size_t n = 0; n < N; ++n) {
            double sum = static_cast<double>(weights[K * N + n]);
            for (std::size_t k = 0; k < K; ++k)
                sum += static_cast<double>(x[i * K + k]) * static_cast<double>(weights[k * N + n]);
            worst = larger_error(worst, std::abs(sum - static_cast<double>(y[i * N + n])));
        }
    check(worst <= (sizeof(T) == 4 ? 4e-6 : 1e-14), "registers equal plain numbers", worst);
}

/// The plain definition of a convolution, same padding, beside the kernel.
void check_convolution() {
    constexpr std::size_t height = 7, width = 9, channels = 3, filters = 19;
    using network = model<input<height, width, channels> | conv<filters, 3, same>, double>;
    network net;
    const auto weights = numbers<double>(network::parameter_count, 5);
    net.set_weights(weights);
    const auto x = numbers<double>(network::input_size, 6);
    const auto y = net.predict(std::span<const double, network::input_size>(x));
    double worst = 0;
    for (std::size_t h = 0; h < height; ++h)
        for (std::size_t t = 0; t < width; ++t)
            for (std::size_t f = 0; f < filters; ++f) {
                double sum = weights[9 * channels * filters + f];
                for (std::size_t i = 0; i < 3; ++i)
                    for (std::size_t j = 0; j < 3; ++j)
                        if (h + i >= 1 && h + i <= height && t + j >= 1 && t + j <= width)
                            for (std::size_t c = 0; c < channels; ++c)
                                sum += x[((h + i - 1) * width + t + j - 1) * channels + c] *
                                       weights[((i * 3 + j) * channels + c) * filters + f];
                worst = larger_error(worst, std::abs(sum - y[(h * width + t) * filters + f]));
            }
    check(worst <= 1e-13, "a convolution is what its definition says", worst);
}

template <class Network>
void check_splits() {
    const Network net{seed{2}};
    constexpr std::size_t samples = 21;
    const auto x = numbers<float>(samples * Network::input_size, 4);
    std::vector<float> whole(samples * Network::output_size);
    net.predict_batch(x.data(), whole.data(), samples);
    for (const std::size_t part : {std::size_t{1}, std::size_t{2}, std::size_t{8}}) {
        std::vector<float> parts(whole.size());
        for (std::size_t first = 0; first < samples; first += part)
            net.predict_batch(&x[first * Network::input_size], &parts[first * Network::output_size],
                              std::min(part, samples - first));
        check(std::memcmp(whole.data(), parts.data(), whole.size() * sizeof(float)) == 0,
              "any split of a batch agrees to the bit", static_cast<double>(part));
    }
}

// ---- Training: losses fall, to the same bits with any number of threads.

template <class Network, class Loss, class Optimizer>
std::pair<std::vector<double>, std::vector<float>> trained(Loss loss, Optimizer optimizer,
                                                           std::size_t threads, std::size_t epochs) {
    constexpr bool labels = Loss::targets == target_kind::labels;
    constexpr std::size_t samples = 60;
    const auto x = numbers<float>(samples * Network::input_size, 7);
    std::vector<float> y(samples * (labels ? 1 : Network::output_size));
    for (std::size_t i = 0; i < samples; ++i) {
        const float given = x[i * Network::input_size];
        for (std::size_t j = 0; j < y.size() / samples; ++j)
            y[i * y.size() / samples + j] = labels ? (given > 0 ? 1.0F : 0.0F) : 0.5F * given;
    }
    Network net{seed{4}};
    trainer teach{net, loss, optimizer};
    const auto seen = teach.fit(x, y,
                                {.batch_size = 16, // the last batch has 12
                                 .epochs = epochs,
                                 .verbose = verbosity::silent,
                                 .threads = threads});
    return {seen["loss"], net.weights()};
}

template <class Network, class Loss, class Optimizer>
void check_training(const char* what, Loss loss, Optimizer optimizer, std::size_t epochs) {
    const auto one = trained<Network>(loss, optimizer, 1, epochs);
    check(one.first.back() < 0.7 * one.first.front(), what, one.first.back() / one.first.front());
    check(trained<Network>(loss, optimizer, 3, epochs) == one, "any number of threads gives the same bits");
}

void check_exclusive_or() {
    const xt::xtensor<float, 2> x{{0, 0}, {0, 1}, {1, 0}, {1, 1}};
    const xt::xtensor<float, 2> y{{0}, {1}, {1}, {0}};
    model<input<2> | dense<2> | sigmoid | dense<1> | sigmoid> net{seed{7}};
    trainer teach{net, mean_squared_error, sgd{0.1}};
    teach.fit(x, y, {.batch_size = 1, .epochs = 10000, .verbose = verbosity::silent});
    const auto p = net.predict(x);
    for (std::size_t i = 0; i < 4; ++i)
        check(std::abs(p(i, 0) - y(i, 0)) < 0.1F, "exclusive or is learnt", static_cast<double>(p(i, 0)));
}

void check_not_a_number() {
    const float nan = std::numeric_limits<float>::quiet_NaN();
    check(std::isnan(model<input<1> | relu>{}.predict(std::array{nan})[0]), "relu of NaN is NaN");
    const auto largest = model<input<4, 1> | max_pool<2>>{}.predict(std::array{nan, 1.0F, 2.0F, 3.0F});
    check(std::isnan(largest[0]) && largest[1] == 3, "the largest of a window with NaN is NaN");
    const auto p = model<input<5> | softmax>{}.predict(std::array{0.0F, nan, 0.0F, 1.0F, 2.0F});
    check(std::isnan(p[0]) && std::isnan(p[4]), "softmax of NaN is NaN");
    model<input<2> | dense<1>> net{seed{1}};
    net.set_weights(std::vector<float>{nan, 0, 0});
    trainer teach{net, mean_squared_error, sgd{}};
    bool said = false;
    try {
        teach.fit(std::vector<float>{0, 1}, std::vector<float>{1}, {.verbose = verbosity::silent});
    } catch (const diverged&) {
        said = true;
    }
    check(said, "a loss that is NaN ends training");
}

// ---- Files, where there are any.

void check_files() {
#ifndef STRATA_TESTS_NO_FILES
    const temporary_directory folder;
    const auto path = folder / "table.csv";
    const auto read = [&](const std::string& field) {
        std::ofstream(path) << "a\n" << field << "\n";
        const auto table = read_csv(path);
        return table.column("a")(0);
    };
    const auto refuses = [&](const std::string& field) {
        try {
            read(field);
            return false;
        } catch (const data_error&) {
            return true;
        }
    };
    check(read("1.5") == 1.5 && read("-2e-3") == -2e-3 && read("+7") == 7 && read(".5") == 0.5,
          "numbers are read");
    check(read("0.1") == 0.1 && read("9007199254740993") == 9007199254740992.0,
          "numbers are rounded to the nearest");
    check(read("5e-324") == 5e-324 && std::isinf(read("-inf")) && std::isnan(read("nan")),
          "special numbers are read");
    for (const char* wrong : {"1e999", "0x10", "1,5", "++1", "e5", "1.5x", "- 1", "--1", "infinite"})
        check(refuses(wrong), wrong);
#endif
}

} // namespace

int main() {
    check_language();

    check_product<1, 1, float>();
    check_product<5, 3, float>();
    check_product<17, 15, float>();
    check_product<33, 31, float>();
    check_product<6, 100, float>();
    check_product<9, 7, double>();
    check_product<21, 37, double>();
    check_convolution();
    check_splits<model<input<7> | dense<50> | tanh_layer{} | dense<3> | softmax>>();
    check_splits<
        model<input<9, 8, 3> | conv<20, 3, same, no_bias> | batch_norm<> | relu |
              branches(conv<16, 1>, max_pool<3, stride<1>, same>) | concat<> | flatten | dense<5>>>();
    check_not_a_number();

    check_exclusive_or();
    check_training<model<input<4> | dense<20> | own::mish | dropout<0.1> | dense<1>>>(
        "own formulas learn", own::cauchy, own::lion{{0.01}}, 30);
    check_training<model<input<6, 6, 2> | conv<8, 3, same, no_bias> | batch_norm<> | relu |
                         residual(conv<8, 3, same> | relu) | max_pool<2> | flatten | dense<2> | softmax>>(
        "a convolutional network learns", sparse_categorical_crossentropy, adam{0.01}, 20);
    check_training<
        model<input<5, 4> | dense<12> | gelu | layer_norm<> | global_average_pool | dense<2> | softmax>>(
        "rows and normalization learn", sparse_categorical_crossentropy, adam{0.01}, 40);
    check_files();

    std::printf(failures == 0 ? "all holds\n" : "%d do not hold\n", failures);
    return failures == 0 ? 0 : 1;
}
