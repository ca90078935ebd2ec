// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#include <strata/kernels/random/dropout_choices.hpp>
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

namespace {
/// Whether a dropout keeps an element of a sample, by Philox's word for it.
bool keeps(const dropout_key& key, std::uint32_t dropout, double rate, std::size_t sample,
           std::size_t element) {
    const auto words =
        draw({static_cast<std::uint32_t>(element), static_cast<std::uint32_t>(sample / 4), key.step,
              static_cast<std::uint32_t>(draw_purpose::dropout) + ((key.layer * 8 + dropout) << 4)},
             key.seed);
    return words[sample % 4] >= rate * 0x1p32;
}

/// The bits of a dropout, drawn by so many threads one after the other.
std::vector<std::uint8_t> choices_of(const dropout_key& key, double rate, std::size_t elements,
                                     std::size_t samples, std::size_t threads) {
    std::vector<std::uint8_t> bits(dropout_choices::bytes_of(samples * elements), 0xA5);
    for (std::size_t rank = 0; rank < threads; ++rank)
        draw_choices(bits.data(), key, 1, rate, elements, samples, team{rank, threads});
    return bits;
}
} // namespace

BOOST_AUTO_TEST_CASE(dropout_depends_on_the_element_alone) {
    const dropout_key key{5ull << 33 | 5, 9, 2};
    using V = simd<float, lanes_of<float, 4>>;
    // Words are compared as numbers without a sign: those of the greatest rates begin where signs would
    // count.
    for (const double rate : {0.0, 0.25, 0.5, 0.75}) {
        const auto scale = static_cast<float>(1 / (1 - rate));
        for (const std::size_t elements : std::vector<std::size_t>{1, 7, 8, 24, 100, 300, 512, 1000})
            for (const std::size_t samples : std::vector<std::size_t>{1, 4, 6, 17}) {
                const auto bits = choices_of(key, rate, elements, samples, 1);
                const dropout_choices choices{bits.data(), 0};
                for (std::size_t sample = 0; sample < samples; ++sample) {
                    std::vector<float> factors(elements);
                    draw_dropout(factors.data(), elements, key, 1, rate, sample);
                    for (std::size_t element = 0; element < elements; ++element) {
                        const std::size_t place = sample * elements + element;
                        const bool kept = keeps(key, 1, rate, sample, element);
                        BOOST_REQUIRE_EQUAL(factors[element], kept ? scale : 0);
                        BOOST_REQUIRE_EQUAL(bits[place / 8] >> place % 8 & 1, kept);
                        float read[V::size];
                        choices.factors<V>(1, place, 3.0f).store_unaligned(read);
                        BOOST_REQUIRE_EQUAL(read[0], kept ? 3 : 0);
                    }
                }
                for (const std::size_t threads : std::vector<std::size_t>{2, 3})
                    BOOST_TEST(
                        std::equal(bits.begin(),
                                   bits.begin() + static_cast<std::ptrdiff_t>((samples * elements + 7) / 8),
                                   choices_of(key, rate, elements, samples, threads).begin()));
            }
    }
    // Anything else in the key gives other choices.
    const auto all = choices_of(key, 0.25, 32, 24, 1);
    for (const dropout_key& changed :
         {dropout_key{6, 9, 2}, dropout_key{key.seed, 10, 2}, dropout_key{key.seed, 9, 3}})
        BOOST_TEST(all != choices_of(changed, 0.25, 32, 24, 1));
}

BOOST_AUTO_TEST_CASE(registers_read_the_choices_of_their_elements) {
    const dropout_key key{7, 1, 0};
    const auto bits = choices_of(key, 0.5, 75, 4, 1);
    const dropout_choices choices{bits.data(), bits.size()};
    const auto check = [&]<class V>(V) {
        using T = value_type_of<V>;
        for (std::size_t first = 0; first + V::size <= 300; ++first) {
            T read[V::size];
            choices.factors<V>(0, first, T(2)).store_unaligned(read);
            for (std::size_t j = 0; j < V::size; ++j)
                BOOST_REQUIRE_EQUAL(read[j], 2 * (bits[(first + j) / 8] >> (first + j) % 8 & 1));
        }
    };
    check(simd<float, lanes_of<float, 4>>(0));
    check(simd<float, lanes_of<float, 64>>(0));
    check(simd<double, lanes_of<double, 2>>(0));
    check(simd<double, lanes_of<double, 64>>(0));
}

BOOST_AUTO_TEST_CASE(dropout_drops_its_share) {
    constexpr std::size_t elements = 64;
    std::size_t dropped = 0;
    for (std::uint32_t step = 0; step < 400; ++step)
        for (std::size_t sample = 0; sample < 4; ++sample) {
            float factors[elements];
            draw_dropout(factors, elements, {1, step, 0}, 0, 0.2, sample);
            for (const float factor : factors) {
                BOOST_REQUIRE(factor == 0.0f || factor == 1.25f);
                dropped += factor == 0.0f;
            }
        }
    BOOST_TEST(std::abs(static_cast<double>(dropped) / (400 * 4 * elements) - 0.2) < 0.005);
}
