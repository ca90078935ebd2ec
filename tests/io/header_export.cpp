// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
//
// Headers that hold a network: what export_header writes, the texts of types, and predictions in constant
// expressions.
#include "../data/allocation_watch.hpp"
#include "weights_file.hpp"
#include "xor_net.hpp"

#include <strata/io/header_export.hpp>
#include <strata/layers/layers.hpp>

#include <boost/test/unit_test.hpp>

#include <array>
#include <cmath>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

using namespace strata;

// What export_header wrote for a network that had learnt it.
static_assert(xor_net.predict({1, 0})[0] > 0.9f && xor_net.predict({0, 1})[0] > 0.9f);
static_assert(xor_net.predict({0, 0})[0] < 0.1f && xor_net.predict({1, 1})[0] < 0.1f);

namespace {
// A layer of the user's own.
struct silent_layer : bedrock::layer_base {
    using role = bedrock::role::rearrangement;
    static constexpr auto label = bedrock::text("silent");
    template <class>
    static constexpr bool accepts = true;
    template <class>
    static constexpr auto wants = bedrock::text("any shape");
    template <class Shape>
    using output = Shape;
};
inline constexpr silent_layer silent;
} // namespace

BOOST_AUTO_TEST_CASE(a_header_holds_a_network) {
    const auto& numbers = xor_net_parts::weights::numbers;
    xor_net_parts::type net;
    net.set_weights(numbers);
    for (const auto& [a, b] : std::vector<std::pair<float, float>>{{0, 0}, {1, 0}, {-0.3f, 7}})
        BOOST_TEST((xor_net.predict({a, b}) == net.predict(std::array{a, b})));
    largest_allocation = 0;
    static_cast<void>(xor_net.predict({1, 0}));
    BOOST_TEST(largest_allocation == 0u);
    export_header(net, file, {.name = "xor_net"});
    BOOST_TEST(bytes_of(file) == bytes_of(STRATA_TESTS "/io/xor_net.hpp"));
    BOOST_TEST(error_message([&] { export_header(net, file, {.name = "1st"}); }) ==
               "export_header: expected a name of letters, digits and _, found \"1st\"");
    for (const std::string name : {"double", "xor", "strata", "main", "_x", "x__y"})
        BOOST_TEST(error_message([&] { export_header(net, file, {.name = name}); }) ==
                   "export_header: expected a name that is free, found \"" + name + "\"");
    model<input<3, 3, 1> | conv<1, 3, no_bias> | flatten | dense<1>> image;
    export_header(image, file, {.name = "image"});
    BOOST_TEST(bytes_of(file).find("using type = model<input<3, 3, 1> | conv<1, 3, no_bias> | flatten | "
                                   "dense<1>>;") != std::string::npos);
    model<input<2> | named<"a\"b">(dense<2>)> part;
    export_header(part, file, {.name = "part"});
    BOOST_TEST(bytes_of(file).find("embedded_array{\"a\\\"b.dense\", \"kernel\", {2, 2}}") !=
               std::string::npos);
    export_header(image, file, {.name = "image", .type = "a text"});
    BOOST_TEST(bytes_of(file).find("using type = a text;") != std::string::npos);
    model<input<2> | silent | dense<1>> unknown;
    BOOST_TEST(error_message([&] { export_header(unknown, file, {.name = "unknown"}); }) ==
               "export_header: silent does not say its text: give that of the type");
    using bedrock::internal::has_arrays;
    static_assert(has_arrays<xor_net_parts::type::topology>(xor_net_parts::weights::arrays));
    static_assert(
        !has_arrays<model<input<4> | dense<2> | dense<1>>::topology>(xor_net_parts::weights::arrays));
    static_assert(
        !has_arrays<model<input<2> | dense<3> | tanh | dense<1>>::topology>(xor_net_parts::weights::arrays));

    using bedrock::internal::number_literal;
    BOOST_TEST(number_literal(1.0f) == "1.0f");
    BOOST_TEST(number_literal(-0.1) == "-0.1");
    BOOST_TEST(number_literal(1e-30f) == "1e-30f");
    BOOST_TEST(number_literal(-INFINITY) == "-std::numeric_limits<float>::infinity()");
    BOOST_TEST(number_literal(double(NAN)) == "std::numeric_limits<double>::quiet_NaN()");
}

namespace {
struct sines {
    using type =
        model<input<2, 2> | dense<3> | elu<0.7> | dropout<0.5> | flatten | dense<2, no_bias> | softmax,
              double>;
    static constexpr std::array<embedded_array, 3> arrays{
        {{"dense", "kernel", {2, 3}}, {"dense", "bias", {3}}, {"dense_1", "kernel", {6, 2}}}};
    static constexpr auto numbers = [] {
        std::array<double, type::weight_count> result{};
        for (std::size_t i = 0; i < result.size(); ++i)
            result[i] = (i % 2 == 0 ? 0.1 : -0.2) * double(i % 5);
        return result;
    }();
};
} // namespace

BOOST_AUTO_TEST_CASE(the_text_of_a_type_makes_it_again) {
#define STRATA_TEXT                                                                                          \
    model<input<2, 2> | dense<3> | elu<0.7> | dropout<0.5> | flatten | dense<2, no_bias> | softmax, double>
#define STRATA_STRING(...) #__VA_ARGS__
#define STRATA_TEXT_OF(...) STRATA_STRING(__VA_ARGS__)
    BOOST_TEST(bedrock::internal::type_text<double>(sines::type::topology{}) == STRATA_TEXT_OF(STRATA_TEXT));
    static_assert(std::is_same_v<sines::type, STRATA_TEXT>);
}

BOOST_AUTO_TEST_CASE(a_constant_expression_predicts_what_a_network_does) {
    constexpr embedded<sines::type, sines> constants;
    constexpr std::array<double, 4> x{-0.5, 2, 0.3, -1};
    constexpr auto found = constants.predict(x);
    sines::type net;
    net.set_weights(sines::numbers);
    const auto expected = net.predict(x);
    for (std::size_t i = 0; i < found.size(); ++i)
        BOOST_TEST(std::abs(found[i] - expected[i]) < 1e-14);

    namespace constant = bedrock::internal::constants;
    static_assert(constant::exp(0) == 1 && constant::tanh(0) == 0 && constant::sqrt(4) == 2);
    const auto check = [](double value, double right, double x_value) {
        const bool is_same = value == right || (std::isnan(value) && std::isnan(right));
        BOOST_TEST((is_same || std::abs(value - right) <= 4e-15 * std::abs(right)),
                   x_value << ": " << value << " " << right);
    };
    for (const double each :
         {-1e9, -744.0, -50.3, -20.0, -3.7, -1.0, -0.3, -1e-9, 0.0, 1e-300, 5e-309,           1e-9,
          0.2,  0.7,    1.0,   2.5,   5.9,  7.0,  88.0, 709.7, 1e9, 1e308,  double(INFINITY), double(NAN)}) {
        if (each > -700)
            check(constant::exp(each), std::exp(each), each);
        check(constant::expm1(each), std::expm1(each), each);
        check(constant::log(each), std::log(each), each);
        check(constant::log1p(each), std::log1p(each), each);
        check(constant::tanh(each), std::tanh(each), each);
        check(constant::sqrt(each), std::sqrt(each), each);
        check(constant::erf(each), std::erf(each), each);
        check(constant::sin(each), std::sin(each), each);
        check(constant::cos(each), std::cos(each), each);
        if (each > -700)
            check(constant::sigmoid(each), 1 / (1 + std::exp(-each)), each);
    }
}
