// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#include <strata/strata.hpp>
#include <strata/training/gradients.hpp>

#include <boost/test/unit_test.hpp>
#include <xtensor/xtensor.hpp>

#include <algorithm>
#include <array>
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
}
} // namespace

BOOST_AUTO_TEST_CASE(dense_layers_add_pieces_as_a_tree) {
    check<model<input<40> | dense<33> | relu | dense<1>>>(draw<2>({all, 40}), 1);
}

BOOST_AUTO_TEST_CASE(image_layers_add_pieces_as_a_tree) {
    check<model<input<24, 5> | conv<18, 3, same> | group_norm<3> | prelu<> | depthwise_conv<3> |
                layer_norm<> | conv<4, 1, no_bias> | flatten | dense<2>>>(draw<3>({all, 24, 5}), 2);
}

BOOST_AUTO_TEST_CASE(sequence_layers_add_pieces_as_a_tree) {
    check<model<input<9> | embedding<21, 12> | positions<> | residual(layer_norm<> | attention<2, 6>) |
                gru<7> | lstm<5, last_step> | dense<2>>>(draw<2>({all, 9}, 21), 2);
}
