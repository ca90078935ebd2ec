// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#include <strata/kernels/formula/evaluate.hpp>
#include <strata/kernels/formula/softmax.hpp>
#include <strata/kernels/sequence/gate_formulas.hpp>
#include <strata/layers/layers.hpp>

#include "../larger_error.hpp"

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
    // Where an angle is large, too.
    BOOST_TEST(largest_error(strata::bedrock::sin(x), [](double argument) { return std::sin(argument); }) <=
               1);
    BOOST_TEST(largest_error(strata::bedrock::cos(x), [](double argument) { return std::cos(argument); }) <=
               1);
    BOOST_TEST(largest_error(strata::sigmoid(x),
                             [](double argument) { return 1 / (1 + std::exp(-argument)); }) <= 2);
}

BOOST_AUTO_TEST_CASE(a_sigmoid_of_one_number_is_exact_to_some_units_in_the_last_place) {
    const auto value = [](float x) { return evaluate_at(strata::sigmoid.formula, symbols::x, x); };
    double worst = 0;
    for (std::uint64_t bits = 0; bits < (std::uint64_t{1} << 32); bits += 4999)
        if (const auto x = std::bit_cast<float>(static_cast<std::uint32_t>(bits)); std::abs(x) < 87)
            worst = larger_error(worst, error_in_ulp(value(x), 1 / (1 + std::exp(-static_cast<double>(x)))));
    BOOST_TEST(worst <= 2.6);
    constexpr float infinity = std::numeric_limits<float>::infinity();
    BOOST_TEST((value(infinity) == 1 && value(100) == 1 && value(-infinity) < 2e-38f));
    BOOST_TEST(std::isnan(value(std::numeric_limits<float>::quiet_NaN())));
}

#if defined(__FMA__)
namespace {
template <class T, std::size_t Lanes>
void check_fused() {
    using R = simd<T, Lanes>;
    constexpr T e = std::numeric_limits<T>::epsilon();
    // (1 + e)(1 - e) = 1 - e^2, which is 1 when it is rounded before the 1 is taken away.
    BOOST_TEST(xsimd::fma(R(1 + e), R(1 - e), R(T(-1))).get(0) == -e * e, Lanes << " lanes");
    BOOST_TEST(xsimd::fms(R(1 + e), R(1 - e), R(T(1))).get(0) == -e * e, Lanes << " lanes");
    BOOST_TEST(xsimd::fnma(R(1 + e), R(1 - e), R(T(1))).get(0) == e * e, Lanes << " lanes");
}
} // namespace

BOOST_AUTO_TEST_CASE(products_of_registers_of_all_widths_are_added_before_they_are_rounded) {
    check_fused<float, 4>();
    check_fused<double, 2>();
#    if defined(__AVX__)
    check_fused<float, 8>();
    check_fused<double, 4>();
#    endif
#    if defined(__AVX512F__)
    check_fused<float, 16>();
    check_fused<double, 8>();
#    endif
}
#endif

BOOST_AUTO_TEST_CASE(approximations_are_as_near_as_they_say) {
    double largest = 0, largest_share = 0, largest_of_logistic = 0;
    for (std::uint32_t bits = 0; bits < std::bit_cast<std::uint32_t>(100.0f); bits += 1999) {
        const auto x = std::bit_cast<float>(bits);
        const double exact = std::tanh(static_cast<double>(x));
        alignas(alignment) std::array<float, V::size> found;
        evaluate_at(strata::approximate_tanh.formula, symbols::x, V(x)).store_aligned(found.data());
        const double error = std::abs(static_cast<double>(found[0]) - exact);
        largest = larger_error(largest, error);
        if (exact != 0 && x < 6)
            largest_share = larger_error(largest_share, x < 1e-30f ? 0 : error / exact);
        BOOST_TEST_REQUIRE(found[0] <= 1.0f);
        evaluate_at(strata::approximate_tanh.formula, symbols::x, V(-x)).store_aligned(found.data());
        BOOST_TEST_REQUIRE(std::abs(std::abs(static_cast<double>(found[0]) + exact) - error) == 0);
        for (const float signed_x : {x, -x}) {
            evaluate_at(strata::approximate_sigmoid.formula, symbols::x, V(signed_x))
                .store_aligned(found.data());
            largest_of_logistic = larger_error(
                largest_of_logistic,
                std::abs(static_cast<double>(found[0]) - 1 / (1 + std::exp(-static_cast<double>(signed_x)))));
        }
    }
    const V nan(std::numeric_limits<float>::quiet_NaN());
    BOOST_TEST(std::isnan(evaluate_at(strata::approximate_tanh.formula, symbols::x, nan).get(0)));
    BOOST_TEST(largest <= 2e-5);
    BOOST_TEST(largest_share <= 8e-6);
    BOOST_TEST(largest_of_logistic <= 1e-5);
    // Training goes by what a network has computed.
    static_assert(
        std::same_as<decltype(strata::approximate_tanh.from_output<>), decltype(tanh_layer::from_output<>)>);
    static_assert(std::same_as<decltype(strata::approximate_sigmoid.from_output<>),
                               decltype(strata::sigmoid.from_output<>)>);
}

// An angle next to a zero has lost its first digits there, and a large one takes another way than its
// neighbours.
BOOST_AUTO_TEST_CASE(waves_do_not_depend_on_neighbours) {
    const auto check = [](auto reg, auto far) {
        using R = decltype(reg);
        using T = value_type_of<R>;
        alignas(alignment) std::array<T, R::size> angles, together;
        for (std::size_t i = 0; i < R::size; ++i)
            angles[i] = i % 3 == 1 ? far * static_cast<T>(i)
                                   : static_cast<T>(1.5707963267948966 * static_cast<double>(i + 7));
        const auto compare = [&](auto wave, double (*wanted)(double)) {
            store(wave(load<R>(angles.data())), together.data());
            for (std::size_t i = 0; i < R::size; ++i) {
                BOOST_TEST(together[i] == wave(angles[i]), angles[i] << " in lane " << i);
                const double exact = wanted(static_cast<double>(angles[i]));
                BOOST_TEST(std::abs(static_cast<double>(together[i]) - exact) <=
                           3 * static_cast<double>(std::numeric_limits<T>::epsilon()) * std::abs(exact));
            }
        };
        compare([](auto x) { return sine_of(x); }, [](double x) { return std::sin(x); });
        compare([](auto x) { return cosine_of(x); }, [](double x) { return std::cos(x); });
    };
    check(V(0.0f), 1e30f);
    check(simd<double, lanes_of<double, 64>>(0.0), 1e300);
    // The double that is next to a zero of the cosine (Ng, "Good to the last bit", 1992).
    BOOST_TEST(std::abs(cosine_of(0x1.6ac5b262ca1ffp+849) / -4.687165924254627611e-19 - 1) < 5e-16);
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
            worst = larger_error(worst, error_in_ulp(x[i], exact[i] / sum));
    }
    BOOST_TEST_MESSAGE("the largest error is " << worst);
    BOOST_TEST(worst <= 3.5);
}
