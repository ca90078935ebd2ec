// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#include <strata/layers/layers.hpp>
#include <strata/model/narrow_model.hpp>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <vector>

using namespace strata;

BOOST_AUTO_TEST_SUITE(narrow)

namespace {
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

namespace {
// A narrow network beside the one that has its weights as float: one sample, sparse or not, and batches.
template <class Network, class Narrow>
void check_bits() {
    const Network net(seed{3});
    const Narrow narrow(net);
    Network widened;
    widened.set_weights(narrow.weights());
    const auto exact = net.weights(), weights = widened.weights();
    std::size_t first_that_differs = 0;
    while (first_that_differs < exact.size() &&
           (std::abs(weights[first_that_differs] - exact[first_that_differs]) <=
            std::abs(exact[first_that_differs]) / 256))
        ++first_that_differs;
    BOOST_TEST(first_that_differs == exact.size());

    constexpr std::size_t samples = 67, inputs = Network::input_size, outputs = Network::output_size;
    std::mt19937 random(5);
    for (const unsigned zeros : {0u, 80u}) {
        std::vector<float> x(samples * inputs), y(samples * outputs), z(samples * outputs);
        for (float& number : x)
            number = random() % 100 < zeros ? 0 : static_cast<float>(random() % 2001) / 1000 - 1;
        narrow.predict_batch(x.data(), y.data(), samples);
        widened.predict_batch(x.data(), z.data(), samples);
        BOOST_TEST((y == z));
        const std::span<const float, inputs> sample(x.data() + 3 * inputs, inputs);
        BOOST_TEST((narrow.predict(sample) == widened.predict(sample)));
    }
}
} // namespace

BOOST_AUTO_TEST_CASE(sums_are_those_of_the_rounded_weights) {
    // Panels in pairs and alone, with AVX-512 as with SSE; inputs of odd numbers; one output.
    constexpr auto wide =
        input<7, 11> | flatten | dense<101> | relu | dropout<0.2> | dense<80> | tanh | dense<7> | softmax;
    check_bits<model<wide>, model<wide, float, weights<bfloat16>>>();
    constexpr auto dots = input<75> | dense<17, no_bias> | sigmoid | dense<1>;
    check_bits<model<dots>, model<dots, float, weights<bfloat16>>>();
    constexpr auto steps = input<5, 9> | dense<33> | relu | dense<3> | softmax;
    check_bits<model<steps>, model<steps, float, weights<bfloat16>>>();
}

BOOST_AUTO_TEST_CASE(memory_is_half) {
    constexpr auto topology = input<28, 28> | flatten | dense<512> | relu | dense<10> | softmax;
    using narrow = model<topology, float, weights<bfloat16>>;
    static_assert(narrow::parameter_bytes < 2 * (784 * 512 + 512 * 16) + 4 * 1024);
    BOOST_TEST(narrow::summary().find("kernels rest as bfloat16: 8") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
