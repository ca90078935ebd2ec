// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#include <strata/kernels/random/dropout.hpp>
#include <strata/layers/dropout.hpp>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <numeric>
#include <vector>

using namespace strata::bedrock;

namespace {
std::array<std::uint32_t, 4> draw(std::array<std::uint32_t, 4> counter, std::uint64_t key) {
    const auto words = philox<1>::draw({{{counter[0]}, {counter[1]}, {counter[2]}, {counter[3]}}}, key);
    return {words[0][0], words[1][0], words[2][0], words[3][0]};
}
using four = std::array<std::uint32_t, 4>;
} // namespace

BOOST_AUTO_TEST_CASE(philox_gives_the_known_answers) {
    // The test vectors of the authors' library (Random123) for philox4x32-10.
    BOOST_TEST((draw({0, 0, 0, 0}, 0) == four{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
    BOOST_TEST((draw({~0u, ~0u, ~0u, ~0u}, ~0ull) == four{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
    BOOST_TEST((draw({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, 0x299f31d0a4093822ull) ==
                four{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

BOOST_AUTO_TEST_CASE(wide_draws_equal_narrow_ones) {
    philox<16>::words counter{};
    for (std::uint32_t j = 0; j < 16; ++j)
        for (std::uint32_t w = 0; w < 4; ++w)
            counter[w][j] = 1000 * w + j;
    const auto wide = philox<16>::draw(counter, 77);
    for (std::uint32_t j = 0; j < 16; ++j) {
        const auto narrow = draw({j, 1000 + j, 2000 + j, 3000 + j}, 77);
        for (std::size_t w = 0; w < 4; ++w)
            BOOST_TEST(wide[w][j] == narrow[w]);
    }
}

BOOST_AUTO_TEST_CASE(sequences_are_even_and_apart) {
    random_sequence random(seed{1}, draw_purpose::split);
    random_sequence other(seed{1}, draw_purpose::shuffle);
    random_sequence third(seed{1}, draw_purpose::split, 1);
    strata::random_sequence of_program(seed{1}, strata::draw_purpose::program);
    BOOST_TEST(random() != other());
    BOOST_TEST(random() != third());
    BOOST_TEST(other() != of_program());
    std::array<int, 7> counts{};
    for (int i = 0; i < 70'000; ++i)
        ++counts[random.integer(7)];
    for (const int count : counts)
        BOOST_TEST(std::abs(count - 10'000) < 500);
    double sum = 0;
    for (int i = 0; i < 10'000; ++i)
        sum += random.uniform();
    BOOST_TEST(std::abs(sum / 10'000 - 0.5) < 0.02);
    std::vector<int> order(1000);
    std::iota(order.begin(), order.end(), 0);
    random.shuffle(order);
    BOOST_TEST(!std::is_sorted(order.begin(), order.end()));
    std::sort(order.begin(), order.end());
    for (int i = 0; i < 1000; ++i)
        BOOST_TEST(order[static_cast<std::size_t>(i)] == i);
}

BOOST_AUTO_TEST_CASE(dropout_depends_on_the_element_alone) {
    const dropout_key key{5, 9, 2};
    constexpr std::size_t rows = 24;
    constexpr std::size_t columns = 32;
    float all[rows][columns];
    draw_dropout<rows, columns, 1>(all, key, 0, 0.25, 0, 0, columns);
    // Any tile of it finds the same.
    for (std::size_t row = 0; row + 3 <= rows; ++row)
        for (std::size_t column = 0; column + 8 <= columns; column += 8) {
            float tile[3][8];
            draw_dropout<3, 8, 1>(tile, key, 0, 0.25, row, column, columns);
            for (std::size_t i = 0; i < 3; ++i)
                for (std::size_t j = 0; j < 8; ++j)
                    BOOST_REQUIRE_EQUAL(tile[i][j], all[row + i][column + j]);
        }
    // Two rows a sample are one row of twice the width.
    float halves[rows][columns / 2];
    draw_dropout<rows, columns / 2, 2>(halves, key, 0, 0.25, 0, 0, columns / 2);
    for (std::size_t row = 0; row < rows; ++row)
        for (std::size_t j = 0; j < columns / 2; ++j)
            BOOST_REQUIRE_EQUAL(halves[row][j], all[row / 2][row % 2 * columns / 2 + j]);
    // Anything else in the key gives other choices.
    for (const dropout_key& changed : {dropout_key{6, 9, 2}, dropout_key{5, 10, 2}, dropout_key{5, 9, 3}}) {
        float others[rows][columns];
        draw_dropout<rows, columns, 1>(others, changed, 0, 0.25, 0, 0, columns);
        BOOST_TEST(!std::equal(&all[0][0], &all[0][0] + rows * columns, &others[0][0]));
    }
}

BOOST_AUTO_TEST_CASE(dropout_drops_its_share) {
    constexpr std::size_t columns = 64;
    std::size_t dropped = 0;
    for (std::uint32_t step = 0; step < 400; ++step) {
        float tile[4][columns];
        draw_dropout<4, columns, 1>(tile, {1, step, 0}, 0, 0.2, 0, 0, columns);
        for (const auto& row : tile)
            for (const float factor : row) {
                BOOST_REQUIRE(factor == 0.0f || factor == 1.25f);
                dropped += factor == 0.0f;
            }
    }
    BOOST_TEST(std::abs(static_cast<double>(dropped) / (400 * 4 * columns) - 0.2) < 0.005);
}
