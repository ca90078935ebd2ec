// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#include <strata/strata.hpp>
#include <strata/training/gradients.hpp>

#include "../larger_error.hpp"

#include <boost/test/unit_test.hpp>
#include <xtensor/xtensor.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <random>
#include <vector>

using namespace strata::bedrock;

namespace {
template <std::size_t Rank>
using array = xt::xtensor<float, Rank>;

/// Numbers in [-1, 1), or whole ones below `most`; the same ones every time.
template <std::size_t Rank>
array<Rank> draw(std::array<std::size_t, Rank> shape, unsigned most = 0) {
    std::mt19937 random(7);
    array<Rank> result(shape);
    for (float& each : result)
        each = most > 0 ? static_cast<float>(random() % most)
                        : static_cast<float>(random() % 2000) / 1000.0F - 1.0F;
    return result;
}
template <std::size_t Rank>
array<Rank> rows(const array<Rank>& all, std::size_t first, std::size_t count) {
    auto shape = all.shape();
    shape[0] = count;
    array<Rank> result(shape);
    const std::size_t size = all.size() / all.shape(0);
    std::copy_n(all.data() + first * size, count * size, result.data());
    return result;
}

constexpr std::size_t piece = default_piece;
constexpr std::size_t all = 4 * piece;

/// The gradients of four pieces, each a batch of its own, make those of all samples when they are added as a
/// tree: they are means, whose quarter is exact.
template <class Network, std::size_t Rank>
void check(const array<Rank>& x, std::size_t outputs) {
    const Network net{seed{3}};
    const auto y = draw<2>({x.shape(0), outputs});
    const auto gradient = [&](std::size_t first, std::size_t count, std::size_t threads) {
        const auto found = gradients(net, mean_squared_error, rows(x, first, count), rows(y, first, count),
                                     {.threads = threads});
        return std::vector<float>(found.block().begin(), found.block().end());
    };
    const auto add = [](std::vector<float> left, const std::vector<float>& right, float factor) {
        for (std::size_t i = 0; i < left.size(); ++i)
            left[i] = (left[i] + right[i]) * factor;
        return left;
    };
    const auto expected = add(add(gradient(0, piece, 1), gradient(piece, piece, 1), 0.5F),
                              add(gradient(2 * piece, piece, 1), gradient(3 * piece, piece, 1), 0.5F), 0.5F);
    const auto found = gradient(0, all, 1);
    BOOST_TEST(found == expected, boost::test_tools::per_element());
    BOOST_TEST(gradient(0, all, 3) == found, boost::test_tools::per_element());

    // The last piece may be shorter, which then counts less.
    for (const std::size_t count : {piece + 36, 2 * piece + 22}) {
        const auto whole = gradient(0, count, 1);
        std::vector<double> sums(whole.size());
        for (std::size_t first = 0; first < count; first += piece) {
            const std::size_t samples = std::min(piece, count - first);
            const auto one = gradient(first, samples, 1);
            for (std::size_t i = 0; i < sums.size(); ++i)
                sums[i] +=
                    static_cast<double>(one[i]) * static_cast<double>(samples) / static_cast<double>(count);
        }
        double error = 0;
        for (std::size_t i = 0; i < sums.size(); ++i)
            error = larger_error(error, std::abs(sums[i] - static_cast<double>(whole[i])));
        BOOST_TEST(error < 1e-5);
        BOOST_TEST(gradient(0, count, 3) == whole, boost::test_tools::per_element());
    }
}
} // namespace

BOOST_AUTO_TEST_CASE(dense_layers_add_pieces_as_a_tree) {
    check<model<input<40> | dense<33> | relu | dense<1>>>(draw<2>({all, 40}), 1);
}

BOOST_AUTO_TEST_CASE(image_layers_add_pieces_as_a_tree) {
    check<model<input<24, 5> | conv<18, 3, same> | group_norm<3> | prelu<> | batch_norm<ghost_batches> |
                depthwise_conv<3> | layer_norm<> | conv<4, 1, no_bias> | flatten | dense<2>>>(
        draw<3>({all, 24, 5}), 2);
}

BOOST_AUTO_TEST_CASE(sequence_layers_add_pieces_as_a_tree) {
    check<model<input<9> | embedding<21, 12> | positions<> | residual(layer_norm<> | attention<2, 6>) |
                gru<7> | lstm<5, last_step> | dense<2>>>(draw<2>({all, 9}, 21), 2);
}

namespace {
/// A network's weights behind an epoch of one batch.
template <class Network>
std::vector<float> train(const array<2>& x, double learning_rate, std::size_t piece_size) {
    Network net{seed{3}};
    trainer teach{net, mean_squared_error, sgd{.learning_rate = learning_rate}};
    teach.fit(
        x, draw<2>({x.shape(0), 3}),
        {.batch_size = x.shape(0), .shuffle = false, .verbose = verbosity::silent, .piece_size = piece_size});
    return net.weights();
}
} // namespace

BOOST_AUTO_TEST_CASE(one_ghost_batch_is_a_batch) {
    const auto x = draw<2>({40, 5});
    const auto found = train<model<input<5> | dense<7> | batch_norm<ghost_batches> | dense<3>>>(x, 0.1, 40);
    const auto expected = train<model<input<5> | dense<7> | batch_norm<> | dense<3>>>(x, 0.1, 40);
    BOOST_REQUIRE_EQUAL(found.size(), expected.size());
    for (std::size_t i = 0; i < found.size(); ++i)
        BOOST_TEST(std::abs(found[i] - expected[i]) < 1e-6F);
}

// Of 100 samples the first 64 are one piece and the others one.
BOOST_AUTO_TEST_CASE(moving_averages_observe_ghost_batches) {
    const auto x = draw<2>({100, 3});
    const auto found =
        train<model<input<3> | batch_norm<ghost_batches, no_scale, no_center, momentum<0.75>>>>(x, 0, 64);
    const auto observe = [&](std::size_t channel, std::size_t first, std::size_t end) {
        const auto count = static_cast<double>(end - first);
        std::array<double, 2> seen{}; // mean and unbiased variance
        for (std::size_t i = first; i < end; ++i)
            seen[0] += static_cast<double>(x(i, channel)) / count;
        for (std::size_t i = first; i < end; ++i)
            seen[1] += std::pow(static_cast<double>(x(i, channel)) - seen[0], 2) / (count - 1);
        return seen;
    };
    for (std::size_t channel = 0; channel < 3; ++channel) {
        const auto first = observe(channel, 0, 64);
        const auto last = observe(channel, 64, 100);
        const double mean = 0.25 * (0.64 * first[0] + 0.36 * last[0]);
        const double variance = 0.75 + 0.25 * (0.64 * first[1] + 0.36 * last[1]);
        BOOST_TEST(std::abs(static_cast<double>(found[channel]) - mean) < 1e-6);
        BOOST_TEST(std::abs(static_cast<double>(found[3 + channel]) - variance) < 1e-6);
    }
}
