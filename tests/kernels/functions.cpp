// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#include <strata/kernels/formula/evaluate.hpp>
#include <strata/kernels/formula/softmax.hpp>
#include <strata/kernels/sequence/gate_formulas.hpp>
#include <strata/layers/layers.hpp>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <bit>
#include <cmath>
#include <concepts>
#include <cstdint>
#include <limits>
#include <vector>

using namespace strata::bedrock;

namespace {

using V = simd<float, lanes_of<float, 64>>;

/// How many units in the last place of the exact result a float is off.
double error_in_ulp(float found, double exact) {
    if (std::isnan(exact) || std::isnan(found))
        return std::isnan(exact) == std::isnan(found) ? 0 : 1e9;
    const auto rounded = static_cast<float>(exact);
    if (std::isinf(rounded) || std::isinf(found))
        return rounded == found ? 0 : 1e9;
    const int exponent = std::max(exact == 0 ? -126 : std::ilogb(exact), -126);
    return std::abs(static_cast<double>(found) - exact) / std::ldexp(1.0, exponent - 23);
}

/// The largest error over every 4999th float, and over those where results become infinite, zero or denormal;
/// or over the part of them in [-limit, limit].
template <class Function>
    requires std::invocable<Function, V>
double largest_error(Function function, double (*reference)(double),
                     float limit = std::numeric_limits<float>::infinity()) {
    std::vector<float> arguments;
    for (std::uint64_t bits = 0; bits < (std::uint64_t{1} << 32); bits += 4999)
        arguments.push_back(std::bit_cast<float>(static_cast<std::uint32_t>(bits)));
    for (const float edge : {0.0f, 1.0f, 17.0f, 88.0f, 88.722839f, 87.336548f, 103.97208f, 104.0f})
        for (float shifted = edge; shifted < edge + 1.5f; shifted += 0.0001f) {
            arguments.push_back(shifted - 0.75f);
            arguments.push_back(0.75f - shifted);
        }
    for (const float special :
         {0.0f, -0.0f, std::numeric_limits<float>::infinity(), -std::numeric_limits<float>::infinity(),
          std::numeric_limits<float>::quiet_NaN()})
        arguments.push_back(special);
    std::erase_if(arguments, [limit](float argument) { return std::abs(argument) > limit; });
    arguments.resize((arguments.size() + V::size - 1) / V::size * V::size, 0.0f);
    double worst = 0;
    float where = 0;
    alignas(alignment) std::array<float, V::size> found;
    for (std::size_t i = 0; i < arguments.size(); i += V::size) {
        function(V::load_unaligned(&arguments[i])).store_aligned(found.data());
        for (std::size_t j = 0; j < V::size; ++j)
            if (const double error = error_in_ulp(found[j], reference(static_cast<double>(arguments[i + j])));
                error > worst) {
                worst = error;
                where = arguments[i + j];
            }
    }
    BOOST_TEST_MESSAGE("the largest error is " << worst << " at " << where);
    return worst;
}

template <term Formula>
double largest_error(Formula formula, double (*reference)(double)) {
    return largest_error([=](V x) { return evaluate_at(formula, symbols::x, x); }, reference);
}

} // namespace

BOOST_AUTO_TEST_CASE(functions_are_exact_to_two_units_in_the_last_place) {
    using symbols::x;
    BOOST_TEST(largest_error(strata::bedrock::exp(x), [](double argument) { return std::exp(argument); }) <=
               2);
    BOOST_TEST(
        largest_error(strata::bedrock::expm1(x), [](double argument) { return std::expm1(argument); }) <= 2);
    BOOST_TEST(largest_error(strata::bedrock::log(x), [](double argument) { return std::log(argument); }) <=
               2);
    BOOST_TEST(
        largest_error(strata::bedrock::log1p(x), [](double argument) { return std::log1p(argument); }) <= 2);
    BOOST_TEST(largest_error(strata::tanh(x), [](double argument) { return std::tanh(argument); }) <= 2);
    BOOST_TEST(largest_error(strata::bedrock::erf(x), [](double argument) { return std::erf(argument); }) <=
               2);
    BOOST_TEST(largest_error(strata::sigmoid(x),
                             [](double argument) { return 1 / (1 + std::exp(-argument)); }) <= 2);
}

// Those of recurrent layers take a shorter way.
BOOST_AUTO_TEST_CASE(functions_of_gates_are_exact_to_two_units_in_the_last_place) {
    const auto logistic = [](double argument) { return 1 / (1 + std::exp(-argument)); };
    const auto gate = [](V x) { return gate_logistic(x); };
    BOOST_TEST(largest_error(gate, logistic, 16.0f) <= 2);
    BOOST_TEST(largest_error(gate, logistic, 87.0f) <= 2.6);
    // Where it is smaller than 1.7e-38 it may be 0.
    BOOST_TEST(largest_error([](V x) { return V(gate_logistic(x) + V(1e-30f)); },
                             [](double argument) { return 1 / (1 + std::exp(-argument)) + 1e-30; }) <= 3);
    BOOST_TEST(largest_error([](V x) { return gate_tangent(x); },
                             [](double argument) { return std::tanh(argument); }) <= 1.5);
}

BOOST_AUTO_TEST_CASE(softmax_is_exact_to_its_size) {
    double worst = 0;
    for (int row = 0; row < 10'000; ++row) {
        std::array<float, 10> x;
        double sum = 0;
        float largest = -1e9f;
        for (std::size_t i = 0; i < x.size(); ++i) {
            x[i] =
                static_cast<float>(std::sin(row * 10 + static_cast<int>(i))) * static_cast<float>(row % 20);
            largest = std::max(largest, x[i]);
        }
        std::array<double, 10> exact;
        for (std::size_t i = 0; i < x.size(); ++i)
            sum += exact[i] = std::exp(static_cast<double>(x[i] - largest)); // what softmax sees
        softmax_row<10>(x.data());
        for (std::size_t i = 0; i < x.size(); ++i)
            worst = std::max(worst, error_in_ulp(x[i], exact[i] / sum));
    }
    BOOST_TEST_MESSAGE("the largest error is " << worst);
    BOOST_TEST(worst <= 3.5);
}
