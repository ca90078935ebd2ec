// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#include "error_message.hpp"
#include "larger_error.hpp"

#include <strata/model/narrow_model.hpp>
#include <strata/strata.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <random>
#include <span>
#include <vector>

using namespace strata;

BOOST_AUTO_TEST_SUITE(narrow)

namespace {
using bedrock::lanes_of;
using bedrock::narrow_factor;
using bedrock::simd;

std::uint32_t bits_of(float number) { return std::bit_cast<std::uint32_t>(number); }
float rounded(std::uint32_t bits) { return static_cast<float>(bfloat16(std::bit_cast<float>(bits))); }
} // namespace

BOOST_AUTO_TEST_CASE(bfloat16_rounds_to_the_nearest) {
    BOOST_TEST(bits_of(rounded(0x3f800000)) == 0x3f800000u); // 1
    BOOST_TEST(bits_of(rounded(0x3f807fff)) == 0x3f800000u);
    BOOST_TEST(bits_of(rounded(0x3f808000)) == 0x3f800000u); // half way: the last bit becomes 0
    BOOST_TEST(bits_of(rounded(0x3f818000)) == 0x3f820000u);
    BOOST_TEST(bits_of(rounded(0x3f808001)) == 0x3f810000u);
    BOOST_TEST(bits_of(rounded(0xbf808001)) == 0xbf810000u);
    BOOST_TEST(bits_of(rounded(0x3fffffff)) == 0x40000000u); // the carry goes into the exponent
    BOOST_TEST(bits_of(rounded(0x7f7fffff)) == 0x7f800000u); // the largest float
    BOOST_TEST(bits_of(rounded(0x7f800000)) == 0x7f800000u);
    BOOST_TEST(bits_of(rounded(0xff800000)) == 0xff800000u);
    BOOST_TEST(bits_of(rounded(0x80000000)) == 0x80000000u);
    BOOST_TEST(bits_of(rounded(0x00008001)) == 0x00010000u); // below the normal numbers
    for (const std::uint32_t nan : {0x7f800001u, 0x7fffffffu, 0xff800001u, 0xffffffffu, 0x7fc00000u})
        BOOST_TEST(std::isnan(rounded(nan)));
}

BOOST_AUTO_TEST_CASE(factors_are_in_the_range_of_exact_products) {
    const auto factor = [](float number) { return static_cast<float>(narrow_factor::of_number(number)); };
    constexpr float infinity = std::numeric_limits<float>::infinity(), below = 1 - 0x1p-7f;
    BOOST_TEST(factor(0x1p-56f) == 0x1p-56f);
    BOOST_TEST(bits_of(factor(-0x1p-56f * below)) == 0u);
    BOOST_TEST(factor(0x1p-56f * (1 - 0x1p-12f)) == 0x1p-56f); // rounds up into the range
    BOOST_TEST(factor(-0x1p64f * below) == -0x1p64f * below);
    BOOST_TEST(factor(-0x1p64f) == -infinity);
    BOOST_TEST(factor(0x1p64f * (1 - 0x1p-12f)) == infinity);
    BOOST_TEST(factor(infinity) == infinity);
    BOOST_TEST(std::isnan(factor(std::numeric_limits<float>::quiet_NaN())));
    BOOST_TEST(narrow_factor::start_of(-0x1p-103f) == -0x1p-103f);
    BOOST_TEST(bits_of(narrow_factor::start_of(-0x1p-104f)) == 0u);
    BOOST_TEST(std::isinf(narrow_factor::start_of(infinity)));

    // Registers do the same as numbers.
    using V = simd<float, lanes_of<float, 16>>;
    std::mt19937 random(1);
    bool same = true;
    for (int round = 0; round < 5'000; ++round) {
        alignas(64) std::array<float, V::size> numbers;
        alignas(64) std::array<std::uint32_t, V::size> factors;
        for (float& number : numbers)
            number = std::bit_cast<float>(static_cast<std::uint32_t>(random()));
        bedrock::internal::narrow_factors(V::load_aligned(numbers.data())).store_aligned(factors.data());
        for (std::size_t j = 0; j < V::size; ++j) {
            const std::uint32_t expected = std::uint32_t{narrow_factor::of_number(numbers[j]).bits()} << 16;
            same &= std::isnan(numbers[j]) ? std::isnan(std::bit_cast<float>(factors[j]))
                                           : factors[j] == expected;
        }
    }
    BOOST_TEST(same);
}

namespace {
// A factor of any size that may be one, zero, infinite or NaN among them.
std::uint32_t any_factor(std::mt19937& random) {
    const auto bits = static_cast<std::uint32_t>(random());
    if (bits % 64 == 0) {
        constexpr std::array<std::uint32_t, 6> special = {0,          0x80000000, 0x7f800000,
                                                          0xff800000, 0x7fc00000, 0x5f7f0000}; // the largest
        return special[bits / 64 % special.size()];
    }
    const std::uint32_t range = bits % 3, exponent = range == 0   ? 127 - 56 + bits / 4 % 3
                                                     : range == 1 ? 127 + 61 + bits / 4 % 3
                                                                  : 127 - 8 + bits / 4 % 16;
    return (bits & 0x807f0000u) | exponent << 23;
}
bool is_same(float a, float b) { return std::isnan(a) ? std::isnan(b) : bits_of(a) == bits_of(b); }

// Registers of so many lanes against std::fma, and against multiplying first: sums that go on, as a kernel's.
template <std::size_t Lanes>
void check_products() {
    using V = simd<float, Lanes>;
    using words = bedrock::internal::words_of<V>;
    std::mt19937 random(Lanes);
    std::size_t wrong = 0, wrong_without = 0, wrong_in_two = 0;
    alignas(64) std::array<float, Lanes> sums{}, found, emulated;
    for (int round = 0; round < 30'000; ++round) {
        alignas(64) std::array<std::uint32_t, Lanes> x, w;
        for (std::size_t j = 0; j < Lanes; ++j) {
            x[j] = any_factor(random) | any_factor(random) >> 16;
            w[j] = any_factor(random) | any_factor(random) >> 16;
            if (!std::isfinite(sums[j]) || random() % 8 == 0)
                sums[j] = random() % 2 == 0 ? 0.0f : 0x1p-103f * static_cast<float>(random() % 9);
        }
        const V start = V::load_aligned(sums.data());
        const words left = words::load_aligned(x.data()), right = words::load_aligned(w.data());
        bedrock::internal::add_products(start, left, right).store_aligned(found.data());
        bedrock::internal::add_both_products(start, left, right).store_aligned(emulated.data());
        for (std::size_t j = 0; j < Lanes; ++j) {
            const auto first = [](std::uint32_t pair) { return std::bit_cast<float>(pair & 0xffff0000u); };
            const auto second = [](std::uint32_t pair) { return std::bit_cast<float>(pair << 16); };
            const float expected =
                std::fma(second(x[j]), second(w[j]), std::fma(first(x[j]), first(w[j]), sums[j]));
            volatile float product = first(x[j]) * first(w[j]);
            volatile float sum = sums[j] + product;
            product = second(x[j]) * second(w[j]);
            sum = sum + product;
            wrong += !is_same(found[j], expected);
            wrong_without += !is_same(emulated[j], expected);
            wrong_in_two += !is_same(sum, expected);
        }
        sums = found;
    }
    BOOST_TEST(wrong == 0u);
    BOOST_TEST(wrong_without == 0u);
    BOOST_TEST(wrong_in_two == 0u);
}
} // namespace

BOOST_AUTO_TEST_CASE(products_are_the_same_with_any_instructions) {
    check_products<lanes_of<float, 4>>();
    check_products<lanes_of<float, 8>>();
    check_products<lanes_of<float, 16>>();
}

namespace {
float factor_of(float number) { return static_cast<float>(narrow_factor::of_number(number)); }

// The sum of one output as it is documented, one number after the other.
template <std::size_t K, std::size_t N>
float reference(const float* x, const float* kernel, float bias) {
    constexpr std::size_t pairs = (K + 1) / 2;
    constexpr std::size_t chains = N == 1 ? 16 : std::min<std::size_t>(N <= 16 ? 4 : N <= 32 ? 2 : 1, pairs);
    std::array<float, chains> sums{};
    if (N > 1)
        sums[0] = bias;
    for (std::size_t pair = 0; pair < pairs; ++pair) {
        const std::size_t block = pair / 16 * 32, half = (std::min<std::size_t>(K - block, 32) + 1) / 2;
        for (std::size_t k = block + pair % 16; k < std::min(K, block + 2 * half); k += half)
            sums[pair % chains] = std::fma(factor_of(x[k]), factor_of(kernel[k * N]), sums[pair % chains]);
    }
    if (N == 1) {
        for (std::size_t count = 8; count > 0; count /= 2)
            for (std::size_t c = 0; c < count; ++c)
                sums[c] += sums[c + count];
        return sums[0] + bias;
    }
    for (std::size_t distance = 1; distance < chains; distance *= 2)
        for (std::size_t c = 0; c + distance < chains; c += 2 * distance)
            sums[c] += sums[c + distance];
    return sums[0];
}

// One layer beside the reference: one sample, sparse or not, and batches.
template <std::size_t K, std::size_t N>
void check_layer() {
    constexpr auto topology = input<K> | dense<N>;
    model<topology> net(seed{K + N});
    std::mt19937 random(5);
    std::vector<float> numbers = net.weights();
    for (float& number : numbers)
        number = static_cast<float>(random() % 2001) / 1000 - 1;
    net.set_weights(numbers);
    const model<topology, float, weights<bfloat16>> narrow(net);
    constexpr std::size_t samples = 19;
    for (const unsigned zeros : {0u, 80u}) {
        std::vector<float> x(samples * K), y(samples * N);
        for (float& number : x)
            number = random() % 100 < zeros ? 0 : static_cast<float>(random() % 2001) / 1000 - 1;
        narrow.predict_batch(x.data(), y.data(), samples);
        std::size_t wrong = 0, wrong_alone = 0;
        for (std::size_t i = 0; i < samples; ++i) {
            const auto alone = narrow.predict(std::span<const float, K>(x.data() + i * K, K));
            for (std::size_t n = 0; n < N; ++n) {
                wrong +=
                    y[i * N + n] != reference<K, N>(x.data() + i * K, numbers.data() + n, numbers[K * N + n]);
                wrong_alone += alone[n] != y[i * N + n];
            }
        }
        BOOST_TEST(wrong == 0u, K << " x " << N << ": " << wrong << " of a batch");
        BOOST_TEST(wrong_alone == 0u, K << " x " << N << ": " << wrong_alone << " alone");
    }
}
} // namespace

BOOST_AUTO_TEST_CASE(sums_are_those_of_the_rule) {
    check_layer<1, 3>();
    check_layer<77, 101>();
    check_layer<64, 32>();
    check_layer<41, 7>();
    check_layer<75, 1>();
}

BOOST_AUTO_TEST_CASE(networks_are_near_those_of_float) {
    constexpr auto topology =
        input<5, 77> | dense<101> | relu | dropout<0.2> | dense<20, no_bias> | tanh | dense<1> | sigmoid;
    const model<topology> net(seed{3});
    const model<topology, float, weights<bfloat16>> narrow(net);
    constexpr std::size_t samples = 67, inputs = 5 * 77;
    std::mt19937 random(5);
    std::vector<float> x(samples * inputs), y(samples * 5), z(samples * 5);
    for (float& number : x)
        number = static_cast<float>(random() % 2001) / 1000 - 1;
    narrow.predict_batch(x.data(), y.data(), samples);
    net.predict_batch(x.data(), z.data(), samples);
    float largest = 0;
    for (std::size_t i = 0; i < y.size(); ++i)
        largest = larger_error(largest, std::abs(y[i] - z[i]));
    BOOST_TEST(largest < 0.01f);
    BOOST_TEST(largest > 0.0f);

    model<topology> widened;
    widened.set_weights(narrow.weights());
    const model<topology, float, weights<bfloat16>> again(widened);
    std::vector<float> repeated(y.size());
    again.predict_batch(x.data(), repeated.data(), samples);
    BOOST_TEST((repeated == y));
}

BOOST_AUTO_TEST_CASE(digits_are_told_as_well_as_with_float) {
    if (const char* place = std::getenv("STRATA_MNIST"); place == nullptr || *place == '\0') {
        BOOST_TEST_MESSAGE("skipped: STRATA_MNIST is not set");
        return;
    }
    // Without optimization the whole of it takes a minute, which a fiftieth shows as well.
#ifdef __OPTIMIZE__
    constexpr std::size_t units = 512, learnt = 10'000, asked = 10'000;
#else
    constexpr std::size_t units = 64, learnt = 4'000, asked = 2'000;
#endif
    constexpr auto topology =
        input<28, 28> | flatten | dense<units> | relu | dropout<0.2> | dense<10> | softmax;
    const auto [train, test] = datasets::mnist();
    model<topology> net{seed{7}};
    const std::vector<std::uint8_t> labels(train.y.begin(), train.y.begin() + learnt);
    trainer{net, sparse_categorical_crossentropy, adam{}}.fit(train.x.rows(0, learnt), labels,
                                                              {.verbose = verbosity::silent});
    const model<topology, float, weights<bfloat16>> narrow(net);
    const auto exact = net.predict(test.x.rows(0, asked)), near = narrow.predict(test.x.rows(0, asked));
    std::size_t told = 0, told_narrow = 0;
    for (std::size_t i = 0; i < asked; ++i) {
        const auto digit = [&](const auto& scores) {
            return std::max_element(&scores(i, 0), &scores(i, 0) + 10) - &scores(i, 0);
        };
        told += digit(exact) == test.y(i);
        told_narrow += digit(near) == test.y(i);
    }
    BOOST_TEST(told > asked / 10 * (units == 512 ? 9 : 8));
    BOOST_TEST(told_narrow + asked / 1000 >= told);
    BOOST_TEST(told_narrow <= told + asked / 1000);
}

BOOST_AUTO_TEST_CASE(memory_is_half) {
    constexpr auto topology = input<28, 28> | flatten | dense<512> | relu | dense<10> | softmax;
    using narrow = model<topology, float, weights<bfloat16>>;
    static_assert(narrow::parameter_bytes < 2 * (784 * 512 + 512 * 16) + 4 * 1024);
    BOOST_TEST(narrow::summary().find("kernels rest as bfloat16: 8") != std::string::npos);
}

// They would become infinite, and times a zero that one row leaves out be no number in a batch.
BOOST_AUTO_TEST_CASE(weights_that_are_too_large_are_refused) {
    constexpr auto topology = input<7> | dense<5> | relu | dense<3>;
    model<topology> net(seed{1});
    net.parameter<"dense_1.kernel">()(4, 2) = 0x1p64f;
    using narrowed = model<topology, float, weights<bfloat16>>;
    BOOST_TEST(error_message<std::invalid_argument>([&] { narrowed{net}; }) ==
               "weights of bfloat16: expected numbers below 2^64, found another in layer dense_1, input 4, "
               "output 2");
    net.parameter<"dense_1.kernel">()(4, 2) = 0x1p63f;
    BOOST_TEST(std::isfinite(narrowed{net}.predict(std::array<float, 7>{1})[2]));
}

BOOST_AUTO_TEST_SUITE_END()
