// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#include <strata/model/layer_outputs.hpp>
#include <strata/model/many.hpp>
#include <strata/strata.hpp>
#include <strata/topology/layer_outputs.hpp>
#include <strata/training/gradients.hpp>

#include "../larger_error.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <memory>
#include <vector>

using namespace strata::bedrock;
using strata::tanh;

namespace {

std::vector<double> numbers(std::size_t count, std::uint32_t which) {
    random_sequence random(seed{3}, draw_purpose::split, which);
    std::vector<double> result(count);
    for (double& each : result)
        each = 2 * random.uniform() - 1;
    return result;
}

/// x W + b in plain double, from the conventional weights.
template <std::size_t K, std::size_t N>
std::vector<double> plain_dense(const std::vector<double>& weights, const double* x) {
    std::vector<double> y(N);
    for (std::size_t n = 0; n < N; ++n) {
        y[n] = weights[K * N + n];
        for (std::size_t k = 0; k < K; ++k)
            y[n] += x[k] * weights[k * N + n];
    }
    return y;
}

template <std::size_t K, std::size_t N, class T>
void check_product() {
    using network = model<input<K> | dense<N> | tanh, T>;
    network net{seed{1}};
    const auto drawn = numbers(network::parameter_count, 1);
    net.set_weights(std::vector<T>(drawn.begin(), drawn.end()));
    for (const std::size_t samples : {1u, 2u, 3u, 4u, 5u, 7u, 8u, 9u, 15u, 16u, 17u, 70u}) {
        const auto x = numbers(samples * K, 2);
        const std::vector<T> given(x.begin(), x.end());
        std::vector<T> y(samples * N, T(9));
        net.predict_batch(given.data(), y.data(), samples);
        double worst = 0;
        for (std::size_t i = 0; i < samples; ++i) {
            const auto expected = plain_dense<K, N>(drawn, &x[i * K]);
            for (std::size_t n = 0; n < N; ++n)
                worst =
                    larger_error(worst, std::abs(std::tanh(expected[n]) - static_cast<double>(y[i * N + n])));
        }
        BOOST_TEST_CONTEXT(K << " -> " << N << ", " << samples << " samples")
        BOOST_TEST(worst <= (sizeof(T) == 4 ? 4e-6 : 1e-14));
    }
}

template <class Network>
void check_splits() {
    const Network net{seed{2}};
    constexpr std::size_t samples = 41;
    const auto drawn = numbers(samples * Network::input_size, 4);
    const std::vector<float> x(drawn.begin(), drawn.end());
    std::vector<float> whole(samples * Network::output_size);
    net.predict_batch(x.data(), whole.data(), samples);
    for (const std::size_t part : {1u, 2u, 3u, 5u, 8u, 11u, 40u}) {
        std::vector<float> parts(whole.size());
        for (std::size_t first = 0; first < samples; first += part)
            net.predict_batch(&x[first * Network::input_size], &parts[first * Network::output_size],
                              std::min(part, samples - first));
        BOOST_TEST(std::memcmp(whole.data(), parts.data(), whole.size() * sizeof(float)) == 0);
    }
    for (std::size_t i = 0; i < samples; ++i) {
        const auto one = net.predict(
            std::span<const float, Network::input_size>(&x[i * Network::input_size], Network::input_size));
        BOOST_TEST(std::memcmp(&whole[i * Network::output_size], one.data(), sizeof one) == 0);
    }
}
} // namespace

BOOST_AUTO_TEST_CASE(registers_equal_plain_numbers) {
    check_product<1, 1, float>();
    check_product<2, 2, float>();
    check_product<3, 1, float>();
    check_product<16, 1, float>();
    check_product<35, 1, float>();
    check_product<5, 3, float>();
    check_product<5, 4, float>();
    check_product<4, 5, float>();
    check_product<15, 7, float>();
    check_product<16, 8, float>();
    check_product<17, 15, float>();
    check_product<3, 16, float>();
    check_product<8, 17, float>();
    check_product<33, 31, float>();
    check_product<20, 32, float>();
    check_product<6, 100, float>();
    check_product<7, 130, float>();
    check_product<3, 1, double>();
    check_product<9, 7, double>();
    check_product<4, 8, double>();
    check_product<21, 37, double>();
}

BOOST_AUTO_TEST_CASE(any_split_of_a_batch_agrees_to_the_bit) {
    check_splits<model<input<20> | dense<50> | relu | dropout<0.5> | dense<10> | softmax>>();
    check_splits<model<input<7> | dense<3> | tanh | dense<1> | sigmoid>>();
    check_splits<model<input<1> | dense<8> | tanh | dense<8> | tanh | dense<1>>>();
    check_splits<model<input<2> | dense<2, no_bias> | relu | dense<3> | softmax>>(); // samples in lanes
    check_splits<model<input<6> | dense<64> | gelu | dense<7> | sigmoid | dense<1> | tanh | dense<19>>>();
    check_splits<model<input<4, 5> | dense<9> | gelu | flatten | dense<33> | softmax>>();
    check_splits<model<input<6> | tanh | softmax | dense<70>>>();
    check_splits<model<input<4> | dense<6> | reshape<3, 2> | softmax>>(); // several rows of one sample
    check_splits<model<input<9, 8, 3> | conv<20, 3, same, no_bias> | batch_norm<> | relu |
                       residual(conv<20, 3, same> | batch_norm<>) | relu |
                       branches(conv<16, 1>, max_pool<3, stride<1>, same>) | concat<> | conv<32, 3, same> |
                       flatten | dense<5>>>();
}

#if defined(__SSE3__) // the order of a dot product's sums is known
template <class Network>
void check_many() {
    constexpr std::size_t count = 21, inputs = Network::input_size, outputs = Network::output_size;
    std::vector<Network> networks;
    for (std::uint32_t i = 0; i < count; ++i)
        networks.emplace_back(seed{i});
    auto all = many<count>(networks);
    const auto drawn = numbers(count * inputs, 4);
    const std::vector<float> own(drawn.begin(), drawn.end());
    std::vector<float> answers(count * outputs);
    networks[7].set_weights(networks[3].weights());
    all.set_network(7, networks[7]);
    all.predict_each(std::span<const float, count * inputs>(own), std::span<float, count * outputs>(answers));
    const std::span<const float, inputs> x(own.data(), inputs);
    const auto together = all.predict(x);
    for (std::size_t i = 0; i < count; ++i) {
        std::array<float, outputs> shared, own_answer;
        networks[i].predict(x, std::span<float, outputs>(shared));
        networks[i].predict(std::span<const float, inputs>(own.data() + i * inputs, inputs),
                            std::span<float, outputs>(own_answer));
        for (std::size_t n = 0; n < outputs; ++n) {
            BOOST_TEST(together[i][n] == shared[n]);
            BOOST_TEST(answers[i * outputs + n] == own_answer[n]);
        }
    }
    networks.pop_back();
    BOOST_CHECK_EXCEPTION(static_cast<void>(many<count>(networks)), std::invalid_argument,
                          [](const auto& error) {
                              return std::string_view(error.what()) == "many: expected 21 networks, found 20";
                          });
}

BOOST_AUTO_TEST_CASE(networks_side_by_side_are_each_of_them) {
    check_many<model<input<1> | dense<8> | tanh | dense<8> | tanh | dense<1>>>();
    check_many<model<input<3> | repeat<3>(shared_weights<"part">(dense<3> | sigmoid)) | dense<2, no_bias>>>();
    check_many<model<input<4> | dense<6> | reshape<3, 2> | softmax>>();
}
#endif

BOOST_AUTO_TEST_CASE(fused_equals_unfused) {
    // The same layers in one network, and one by one with their results passed along by hand.
    using fused = model<input<12> | dense<19> | silu | dense<5> | softmax>;
    using first = model<input<12> | dense<19>>;
    using second = model<input<19> | silu>;
    using third = model<input<19> | dense<5>>;
    using fourth = model<input<5> | softmax>;
    const auto drawn = numbers(fused::parameter_count, 5);
    const std::vector<float> weights(drawn.begin(), drawn.end());
    fused net;
    first one;
    third three;
    net.set_weights(weights);
    one.set_weights(std::span(weights).first(first::parameter_count));
    three.set_weights(std::span(weights).subspan(first::parameter_count));
    const auto given = numbers(12, 6);
    std::array<float, 12> x{};
    std::copy(given.begin(), given.end(), x.begin());
    const auto together = net.predict(x);
    const auto apart = fourth{}.predict(three.predict(second{}.predict(one.predict(x))));
    for (std::size_t i = 0; i < 5; ++i)
        BOOST_TEST(together[i] == apart[i], boost::test_tools::tolerance(1e-6f));
}

BOOST_AUTO_TEST_CASE(dense_on_rows_is_dense_on_each_row) {
    using rows = model<input<3, 4> | dense<5>>;
    using row = model<input<4> | dense<5>>;
    rows all{seed{8}};
    row one;
    one.set_weights(all.weights());
    const auto drawn = numbers(12, 7);
    std::array<float, 12> x{};
    std::copy(drawn.begin(), drawn.end(), x.begin());
    const auto y = all.predict(x);
    for (std::size_t i = 0; i < 3; ++i) {
        const auto expected = one.predict(std::span<const float, 4>(&x[i * 4], 4));
        for (std::size_t n = 0; n < 5; ++n)
            BOOST_TEST(y[i * 5 + n] == expected[n]);
    }
}

BOOST_AUTO_TEST_CASE(a_network_with_branches_equals_its_parts) {
    // A residual block with a batch normalization in prediction, beside the layers one by one.
    using whole = model<input<5, 6, 4> | residual(conv<4, 3, same> | batch_norm<> | relu), double>;
    using convolved = model<input<5, 6, 4> | conv<4, 3, same>, double>;
    whole net{seed{3}};
    auto weights = numbers(whole::weight_count, 8);
    for (std::size_t i = weights.size() - 4; i < weights.size(); ++i)
        weights[i] = std::abs(weights[i]) + 0.1; // variances
    net.set_weights(weights);
    convolved one;
    one.set_weights(std::span(weights).first(convolved::weight_count));
    const double* const gamma = weights.data() + convolved::weight_count;
    const auto x = numbers(whole::input_size, 9);
    const auto together = net.predict(std::span<const double, whole::input_size>(x));
    const auto sums = one.predict(std::span<const double, whole::input_size>(x));
    for (std::size_t i = 0; i < sums.size(); ++i) {
        const std::size_t c = i % 4;
        const double normalized =
            gamma[c] * (sums[i] - gamma[8 + c]) / std::sqrt(gamma[12 + c] + 1e-3) + gamma[4 + c];
        BOOST_TEST(std::abs(together[i] - (x[i] + std::max(normalized, 0.0))) <= 1e-12);
    }
}

BOOST_AUTO_TEST_CASE(a_sum_of_rows_of_another_length_equals_its_parts) {
    // What is added in a product's registers was reshaped, and lies beside other values where it was made.
    using whole =
        model<input<8> | branches(reshape<4, 2> | conv<3, 1>, reshape<2, 4> | conv<6, 1>) |
                  with_all(pick<0>, with_all(pick<0> | reshape<2, 6>, pick<1>) | add | reshape<4, 3>) |
                  concat<>,
              double>;
    whole net{seed{3}};
    const auto weights = numbers(whole::weight_count, 8);
    net.set_weights(weights);
    const auto x = numbers(8, 9);
    const auto together = net.predict(std::span<const double, 8>(x));
    for (std::size_t i = 0; i < 12; ++i) {
        const auto added = plain_dense<2, 3>({weights.begin(), weights.begin() + 9}, &x[i / 3 * 2])[i % 3];
        const auto sum =
            plain_dense<4, 6>({weights.begin() + 9, weights.end()}, &x[i / 6 * 4])[i % 6] + added;
        BOOST_TEST(std::abs(together[i / 3 * 6 + i % 3] - added) <= 1e-14);
        BOOST_TEST(std::abs(together[i / 3 * 6 + 3 + i % 3] - sum) <= 1e-14);
    }
}

BOOST_AUTO_TEST_CASE(frozen_weights_stay_and_others_learn) {
    using network = model<input<4> | dense<6> | tanh | frozen_weights(dense<5> | tanh) | dense<1>>;
    network net{seed{3}};
    const auto first = net.weights();
    trainer teach{net, mean_squared_error, sgd{}};
    const auto drawn = numbers(64 * 4, 10);
    teach.fit(std::vector<float>(drawn.begin(), drawn.end()), std::vector<float>(64, 1.0F),
              {.verbose = verbosity::silent});
    const auto learnt = net.weights();
    const auto changed = [&](std::size_t begin, std::size_t end) {
        return std::memcmp(&first[begin], &learnt[begin], (end - begin) * sizeof(float)) != 0;
    };
    BOOST_TEST(changed(0, 24));
    BOOST_TEST(!changed(30, 30 + 35));
    BOOST_TEST(changed(65, 70));
}

BOOST_AUTO_TEST_CASE(several_inputs_and_outputs) {
    using network =
        model<inputs(input<3>, input<2, 2>) | branches(dense<4> | tanh, flatten | dense<4> | tanh) | add |
              branches(dense<3> | softmax, dense<1>)>;
    static_assert(network::input_count == 2 && network::output_count == 2);
    network net{seed{3}};
    trainer teach{net, losses(sparse_categorical_crossentropy, loss_weight<0.5>(mean_squared_error)),
                  adam{0.02}, accuracy, of_output<1>(metrics::mean_absolute_error)};
    constexpr std::size_t samples = 96;
    const auto drawn = numbers(samples * 7, 11);
    xt::xtensor<float, 2> first({samples, 3});
    xt::xtensor<float, 3> second({samples, 2, 2});
    std::vector<int> labels(samples);
    std::vector<float> values(samples);
    for (std::size_t i = 0; i < samples; ++i) {
        for (std::size_t j = 0; j < 3; ++j)
            first(i, j) = static_cast<float>(drawn[i * 7 + j]);
        for (std::size_t j = 0; j < 4; ++j)
            second(i, j / 2, j % 2) = static_cast<float>(drawn[i * 7 + 3 + j]);
        labels[i] = first(i, 0) > 0.3F ? 2 : second(i, 0, 1) > 0 ? 1 : 0;
        values[i] = first(i, 1) - second(i, 1, 1);
    }
    const auto seen = teach.fit(together(first, second), together(labels, values),
                                {.epochs = 120, .verbose = verbosity::silent});
    BOOST_TEST(seen["loss"].back() < 0.3 * seen["loss"].front());
    BOOST_TEST(seen["accuracy"].back() > 0.85);
    BOOST_TEST(seen["output_2_mean_absolute_error"].back() < 0.15);
    const auto [classes, regressed] = net.predict(together(first, second));
    BOOST_TEST(classes.shape(1) == 3u);
    BOOST_TEST(std::abs(regressed(5, 0) - values[5]) < 0.5);
    BOOST_CHECK_THROW(static_cast<void>(net.predict(together(first))), std::invalid_argument);
    BOOST_CHECK_THROW(teach.fit(first, together(labels, values)), std::invalid_argument);
    BOOST_CHECK_THROW(teach.fit(together(first, second), labels), std::invalid_argument);
}

BOOST_AUTO_TEST_CASE(what_layers_make_is_what_the_network_is_made_of) {
    static constexpr auto front = strata::input<6, 6, 2> | conv<3, 3>;
    static constexpr auto whole = front | batch_norm<> | relu | residual(dense<3>) | max_pool<2> | flatten |
                                  dense<4> | tanh | dropout<0.5> | dense<3> | softmax;
    model<whole> net{seed{5}};
    auto weights = net.weights();
    for (std::size_t i = 0; i < weights.size(); ++i) // scales and variances, too, that are not 1
        weights[i] += 0.01f * static_cast<float>(i % 7);
    net.set_weights(weights);
    using open_network = model<layer_outputs(whole)>;
    open_network layers;
    layers.set_weights(weights);
    BOOST_TEST(open_network::output_count == std::size_t{12});
    BOOST_TEST(open_network::parameter_count == net.parameter_count);

    constexpr std::size_t samples = 3;
    const auto drawn = numbers(samples * net.input_size, 6);
    const std::vector<float> x(drawn.begin(), drawn.end());
    std::array<std::vector<float>, open_network::output_count> made;
    std::array<float*, open_network::output_count> places{};
    for (std::size_t i = 0; i < made.size(); ++i) {
        made[i].resize(samples * open_network::output_sizes[i]);
        places[i] = made[i].data();
    }
    layers.predict_batch({x.data()}, places, samples);
    std::vector<float> y(samples * net.output_size);
    net.predict_batch(x.data(), y.data(), samples);
    BOOST_TEST(made.back() == y);

    // The first layer is the network that ends there, the relu what it is of the normalization.
    model<front> first;
    first.set_weights(std::span(weights).first(first.weight_count));
    std::vector<float> convolved(samples * first.output_size);
    first.predict_batch(x.data(), convolved.data(), samples);
    BOOST_TEST(made[0] == convolved);
    for (std::size_t i = 0; i < made[1].size(); ++i)
        BOOST_TEST(made[2][i] == std::max(made[1][i], 0.0f));

    // A stage makes what its last layer makes.
    struct expected_stage {
        const char* name;
        std::size_t last_layer;
    };
    const expected_stage stages[] = {{"conv<3, 3> | batch_norm | relu", 2},
                                     {"dense<3>", 3},
                                     {"residual", 4},
                                     {"max_pool<2> | flatten", 5},
                                     {"dense<4> | tanh | dropout", 9},
                                     {"dense<3> | softmax", 11}};
    std::size_t stage = 0;
    visit_layer_outputs(net, std::span(x).first<net.input_size>(), [&](const layer_output<float>& output) {
        BOOST_TEST_REQUIRE(stage < std::size(stages));
        BOOST_TEST(output.name == stages[stage].name);
        const std::vector<float>& expected = made[stages[stage++].last_layer];
        for (std::size_t row = 0; row < output.row_count; ++row)
            for (std::size_t i = 0; i < output.row_length; ++i)
                BOOST_TEST(output.rows.row(row)[i] == expected[row * output.row_length + i]);
    });
    BOOST_TEST(stage == std::size(stages));
}

// Rounding of many additions does not move the mean away from numbers that are far from zero.
constexpr float far_number = 1234.567F;
template <class Network>
void check_image_of_one_number() {
    const Network net{seed{1}};
    const std::vector<float> x(net.input_size, far_number);
    std::vector<float> y(net.output_size);
    net.predict_batch(x.data(), y.data(), 1);
    // As exactly as a shift by the mean over the deviation, here sqrt(epsilon), can be rounded.
    const float least = std::ldexp(far_number, -24) / std::sqrt(1e-3F);
    for (const float each : y)
        if (!(std::abs(each) <= 2 * least))
            BOOST_FAIL(each << " instead of 0");
}
BOOST_AUTO_TEST_CASE(a_large_image_of_one_number_is_normalized_to_zero) {
    check_image_of_one_number<model<input<224, 224, 2> | group_norm<2>>>();
    check_image_of_one_number<model<input<224, 224, 1> | layer_norm<last_axes<3>>>>();
}
template <class Network>
void check_mean_of_images() {
    Network net{seed{1}};
    const std::vector<float> x(2 * net.input_size, far_number);
    trainer teach{net, mean_squared_error, sgd{.learning_rate = 0}};
    teach.fit(x, x, {.batch_size = 2, .epochs = 1, .verbose = verbosity::silent});
    const float expected = far_number / 100; // that the moving mean has of a step
    for (const float mean : net.template parameter<"batch_norm.moving_mean">().values())
        BOOST_TEST(std::abs(mean - expected) < 2e-6F * expected);
}
BOOST_AUTO_TEST_CASE(the_mean_of_large_images_of_one_number_is_that_number) {
    check_mean_of_images<model<input<224, 224, 2> | batch_norm<>>>();
    check_mean_of_images<model<input<50, 61, 3> | batch_norm<>>>();
    check_mean_of_images<model<input<17, 31, 17> | batch_norm<>>>();
}

BOOST_AUTO_TEST_CASE(a_shift_behind_a_permutation_is_added) {
    const std::array<float, 6> x{0, 1, 2, 3, 4, 5};
    const auto check = [&](const auto& net) {
        const auto y = net.predict(x);
        for (std::size_t i = 0; i < 6; ++i)
            BOOST_TEST(y[i] == x[i % 2 * 3 + i / 2] + 3);
    };
    check(model<input<2, 3> | permute<1, 0> | rescaling<1.0, 3.0>>{});
    check(model<input<2, 3> | permute<1, 0> | activation<symbols::x + 3>>{});
}

// A value that is added in registers is read by whole registers, and lies where an output does.
BOOST_AUTO_TEST_CASE(nothing_is_read_behind_outputs) {
    using network =
        model<input<2, 2, 1> | branches(conv<3, 1>, conv<3, 1>) | with_all(add, pick<0>) | concat<>>;
    static_assert(network::output_size == 24);
    const network net{seed{1}};
    const std::array<float, 4> x{1, 2, 3, 4};
    std::array<float, 64> roomy{};
    net.predict_batch(x.data(), roomy.data(), 1);
    const std::unique_ptr<float[]> exact(new float[24]); // whose end AddressSanitizer knows
    net.predict_batch(x.data(), exact.get(), 1);
    for (std::size_t i = 0; i < 24; ++i)
        BOOST_TEST(exact[i] == roomy[i]);
    using wires = prediction_wiring<network::topology>;
    for (std::size_t stage = 0; stage < wires::count; ++stage)
        if (const std::size_t skip = wires::marks.stages[stage].skip; skip != detail::none)
            BOOST_TEST(!wires::lies_apart(skip - wires::inputs));
}

// Results of both directions stand where those of the layer do: with `backwards` the last step's first.
BOOST_AUTO_TEST_CASE(both_directions_of_a_backwards_layer) {
    const std::array<float, 4> x{1, 2, 3, 4};
    const std::vector<float> weights{1, 0, 0, 1, 0, 0}; // hands its input on: kernel, recurrent kernel, bias
    model<input<4, 1> | bidirectional(simple_rnn<1, linear>)> plain;
    plain.set_weights(weights);
    model<input<4, 1> | bidirectional(simple_rnn<1, linear, backwards>)> turned;
    turned.set_weights(weights);
    for (std::size_t step = 0; step < 4; ++step)
        for (std::size_t direction = 0; direction < 2; ++direction) {
            BOOST_TEST(plain.predict(x)[2 * step + direction] == x[step]);
            BOOST_TEST(turned.predict(x)[2 * step + direction] == x[3 - step]);
        }
}

BOOST_AUTO_TEST_CASE(a_square_root_goes_with_dropout) {
    const model<input<4> | activation<sqrt(symbols::x)> | dropout<0.2>> net;
    BOOST_TEST(net.predict(std::array{1.0f, 4.0f, 9.0f, 16.0f})[3] == 4.0f);
}

// First weights have the fans that Keras counts: of [taps, channels, filters of each].
BOOST_AUTO_TEST_CASE(depthwise_kernels_have_kerass_spread) {
    const auto check = [](const auto& net, double limit) {
        double largest = 0;
        for (const float each : net.weights())
            largest = std::max(largest, std::abs(static_cast<double>(each)));
        BOOST_TEST(largest <= limit * 1.0001);
        BOOST_TEST(largest >= limit * 0.95);
    };
    using in = model<input<8, 8, 64> | depthwise_conv<3, he_uniform, no_bias>>;
    check(in{seed{1}}, std::sqrt(6.0 / (9 * 64)));
    check(model<input<8, 8, 64> | depthwise_conv<3, depth_multiplier<2>, he_uniform, no_bias>>{seed{1}},
          std::sqrt(6.0 / (9 * 64)));
    check(model<input<8, 8, 64> | depthwise_conv<3, depth_multiplier<2>, no_bias>>{seed{1}},
          std::sqrt(6.0 / (9 * 64 + 2 * 9)));
}

namespace {
/// The largest gradient of weights in front of activations that are cut at their bounds.
template <class Network>
double gradient_before_cut() {
    using T = typename Network::value_type;
    Network net{seed{1}};
    net.set_weights(std::vector<T>(Network::weight_count, T(1)));
    const std::vector<T> x(8, T(100));
    const std::vector<T> y(8, T(0));
    const auto found = gradients(net, mean_squared_error, x, y);
    double largest = 0;
    for (const T each : (*found.parameters().begin()).values())
        largest = std::max(largest, std::abs(static_cast<double>(each)));
    return largest;
}
} // namespace

BOOST_AUTO_TEST_CASE(cut_elements_learn_nothing_behind_dropout) {
    BOOST_TEST((gradient_before_cut<
                   model<input<1> | dense<64, no_bias> | relu6 | dropout<0.5> | dense<1, no_bias>>>()) == 0);
    BOOST_TEST((gradient_before_cut<
                   model<input<1> | dense<64, no_bias> | relu6 | dropout<0.3> | dense<1, no_bias>>>()) == 0);
    BOOST_TEST(
        (gradient_before_cut<
            model<input<1> | dense<64, no_bias> | clip<-1.0, 1.0> | dropout<0.23> | dense<1, no_bias>>>()) ==
        0);
    BOOST_TEST(
        (gradient_before_cut<model<
             input<1> | dense<64, no_bias> | hard_sigmoid | dropout<0.05> | dense<1, no_bias>, double>>()) ==
        0);
}
