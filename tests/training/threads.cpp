// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#include <strata/strata.hpp>

#include <boost/test/unit_test.hpp>

#include <cstring>
#ifdef _OPENMP
#    include <omp.h>
#endif
#include <vector>

using namespace strata::bedrock;
using strata::tanh;

namespace {

/// The weights after some training on that many threads.
template <class Network, auto Loss, class Optimizer>
std::vector<float> trained(std::size_t threads, std::vector<double>& losses) {
    constexpr std::size_t samples = 47;
    using loss_type = std::remove_const_t<decltype(Loss)>;
    random_sequence random(seed{1}, draw_purpose::split);
    std::vector<float> x(samples * Network::input_size);
    for (float& each : x)
        each = static_cast<float>(random.uniform());
    constexpr bool labels = loss_type::targets == target_kind::labels;
    constexpr std::size_t targets =
        labels ? Network::output_size / Network::output_shape.last : Network::output_size;
    std::vector<float> y(samples * targets);
    for (std::size_t i = 0; i < y.size(); ++i) {
        y[i] = labels ? static_cast<float>(random.integer(Network::output_shape.last))
                      : static_cast<float>(random.uniform());
        if (loss_type::of_sequences && i % targets >= targets / 3)
            y[i] = 0; // so that all labels fit into the steps
    }

    Network net{seed{4}};
    const auto learn = [&](auto... metrics) {
        trainer teach{net, Loss, Optimizer{}, metrics...};
        return teach.fit(x, y,
                         {.batch_size = 32, // the last batch has 11
                          .epochs = 2,
                          .validation_split = 0.1,
                          .verbose = verbosity::silent,
                          .threads = threads});
    };
    const auto seen = [&] {
        if constexpr (loss_type::of_batches || loss_type::of_sequences)
            return learn();
        else
            return learn(accuracy);
    }();
    losses = seen["val_loss"];
    losses.insert(losses.end(), seen["loss"].begin(), seen["loss"].end());
    return net.weights();
}

// Parts of other sizes, and more threads than some layers have rows.
template <class Network, auto Loss, class Optimizer>
void check_threads() {
    std::vector<double> losses;
    const auto one = trained<Network, Loss, Optimizer>(1, losses);
    for (const std::size_t threads : {3u, 8u}) {
        std::vector<double> others;
        const auto many = trained<Network, Loss, Optimizer>(threads, others);
        BOOST_TEST(std::memcmp(one.data(), many.data(), one.size() * sizeof(float)) == 0);
        BOOST_TEST(losses == others);
    }
}
} // namespace

BOOST_AUTO_TEST_CASE(wide_layers_with_dropout) {
    check_threads<model<input<9, 9> | flatten | dense<300> | relu | dropout<0.3> | dense<10> | softmax>,
                  sparse_categorical_crossentropy, adam>();
}
BOOST_AUTO_TEST_CASE(narrow_layers) {
    check_threads<model<input<5> | dense<3> | tanh | dropout<0.5> | dense<1> | sigmoid>, mean_squared_error,
                  sgd_momentum>();
}
BOOST_AUTO_TEST_CASE(recurrent_layers) {
    check_threads<model<input<5, 3> | bidirectional(lstm<9, l2<0.01>, recurrent<dropout<0.3>>>) |
                        dropout<0.2> | gru<5, reset_before, last_step, recurrent<l1<0.001>>> | dense<2>>,
                  mean_squared_error, adam>();
}
BOOST_AUTO_TEST_CASE(softmax_between_and_rows) {
    check_threads<model<input<6, 8> | dense<40> | softmax | dense<96> | gelu | dense<2>>, mean_squared_error,
                  sgd>();
}

namespace {
constexpr auto block = conv<24, 3, same, no_bias> | batch_norm<> | relu;
constexpr auto images = input<6, 5, 3> | random_flip<> | block |
                        residual(block | spatial_dropout<0.2> | conv<24, 1>) |
                        branches(block, depthwise_conv<3, same>, max_pool<3, stride<1>, same>) | concat<> |
                        group_norm<4> | prelu<> | dropout<0.3> | average_pool<2> | global_average_pool;
} // namespace

BOOST_AUTO_TEST_CASE(images_and_branches) {
    check_threads<model<images | dense<10> | softmax>, sparse_categorical_crossentropy, adam>();
    check_threads<model<input<4, 3, 2> | conv_transpose<20, 3, stride<2>> | layer_norm<> | tanh |
                        upsample<2, bilinear> | crop<1> | conv<5, 3, dilation<2>> | flatten | dense<2>>,
                  mean_squared_error, adam>();
}
BOOST_AUTO_TEST_CASE(samples_that_look_at_each_other) {
    check_threads<model<input<30> | dense<50> | relu | dense<7>>, triplet_semi_hard<>, adam>();
}
BOOST_AUTO_TEST_CASE(sequences) {
    check_threads<model<input<12, 6> | dense<20> | relu | dense<5>>, ctc, adam>();
}
BOOST_AUTO_TEST_CASE(dot_products) {
    constexpr auto scores = branches(dense<17>, dense<17> | tanh) | dot<normalize> | dropout<0.2> | softmax;
    check_threads<model<input<6, 8> | branches(scores, dense<20>) | dot<1, 0> | flatten | dense<2>>,
                  mean_squared_error, adam>();
}
BOOST_AUTO_TEST_CASE(predictions_of_large_networks) {
    // More than the ten million operations from which several threads share one sample.
    using network = model<input<40, 41, 16> | block | conv<64, 3, same> |
                          residual(conv<64, 3, same> | batch_norm<> | relu) | max_pool<2> | conv<130, 1> |
                          global_average_pool | dense<10>>;
    static_assert(network::flops_per_sample > 10'000'000);
    const network net{seed{4}};
    constexpr std::size_t samples = 3;
    random_sequence random(seed{1}, draw_purpose::split);
    std::vector<float> x(samples * network::input_size);
    for (float& each : x)
        each = static_cast<float>(random.uniform());
    const auto predicted = [&]([[maybe_unused]] int threads) {
#ifdef _OPENMP
        omp_set_num_threads(threads);
#endif
        std::vector<float> y(samples * network::output_size);
        net.predict_batch(x.data(), y.data(), samples);
        return y;
    };
    const auto one = predicted(1);
    for (const int threads : {2, 5})
        BOOST_TEST((predicted(threads) == one));
}

BOOST_AUTO_TEST_CASE(no_more_threads_start_than_a_system_has) {
    BOOST_TEST(thread_count(0, 0, 100'000) == most_threads);
    BOOST_TEST(thread_count(0, 0, 3) == 3u);
}

// Samples of bytes are gathered by each thread for itself, floats by all together: the same numbers.
BOOST_AUTO_TEST_CASE(samples_of_bytes) {
    using network = model<input<100> | dense<64> | relu | dropout<0.2> | dense<3> | softmax>;
    constexpr std::size_t samples = 75;
    random_sequence random(seed{1}, draw_purpose::split);
    std::vector<std::uint8_t> bytes(samples * network::input_size);
    for (std::uint8_t& each : bytes)
        each = static_cast<std::uint8_t>(random.integer(256));
    const std::vector<float> floats(bytes.begin(), bytes.end());
    std::vector<std::uint8_t> labels(samples);
    std::vector<double> weights(samples);
    for (std::size_t i = 0; i < samples; ++i) {
        labels[i] = static_cast<std::uint8_t>(random.integer(3));
        weights[i] = random.uniform();
    }
    const auto learn = [&](const auto& x, std::size_t threads) {
        network net{seed{4}};
        trainer teach{net, sparse_categorical_crossentropy, adam{}, accuracy};
        std::vector<double> seen;
        // Later batches are larger, or need no room for weights.
        for (const std::size_t size : {16u, 48u, 32u}) {
            fit_options options{.batch_size = size,
                                .epochs = 2,
                                .verbose = verbosity::silent,
                                .threads = size == 16 ? 1 : threads};
            if (size == 48)
                options.sample_weight = weights;
            const auto history = teach.fit(x, labels, options);
            seen.insert(seen.end(), history["loss"].begin(), history["loss"].end());
            seen.push_back(
                teach.evaluate(x, labels, {.verbose = verbosity::silent, .threads = threads})["accuracy"]);
        }
        return std::pair(net.weights(), seen);
    };
    const auto expected = learn(floats, 1);
    for (const std::size_t threads : {1u, 2u, 5u}) {
        BOOST_TEST((learn(bytes, threads) == expected));
        BOOST_TEST((learn(floats, threads) == expected));
    }
}
