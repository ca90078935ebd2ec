// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#include <strata/kernels/formula/softmax.hpp>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cmath>
#include <vector>

using namespace strata::bedrock;

namespace {
template <std::size_t Length, class T>
void check(double scale, double shift) {
    std::vector<T> row(Length);
    for (std::size_t i = 0; i < Length; ++i)
        row[i] = static_cast<T>(scale * std::sin(static_cast<double>(3 * i + 1)) + shift);
    std::vector<double> expected(Length);
    double largest = row[0];
    for (const T each : row)
        largest = std::max(largest, static_cast<double>(each));
    double sum = 0;
    for (std::size_t i = 0; i < Length; ++i)
        sum += expected[i] = std::exp(static_cast<double>(row[i]) - largest);
    std::vector<T> row_copy(row);
    row_copy.push_back(T(7)); // must stay
    const auto sums = softmax_row<Length>(row_copy.data());
    const double tolerance = sizeof(T) == 4 ? 1e-6 : 1e-14;
    for (std::size_t i = 0; i < Length; ++i)
        BOOST_TEST(std::abs(static_cast<double>(row_copy[i]) - expected[i] / sum) <= tolerance);
    BOOST_TEST(row_copy[Length] == T(7));
    BOOST_TEST(static_cast<double>(sums.largest) == largest);
    BOOST_TEST(std::abs(static_cast<double>(sums.sum) - sum) <= 4 * tolerance * sum);

    // The gradient against its formula.
    std::vector<T> delta(Length);
    double product = 0;
    for (std::size_t i = 0; i < Length; ++i) {
        delta[i] = static_cast<T>(std::cos(static_cast<double>(i)));
        product += static_cast<double>(delta[i]) * static_cast<double>(row_copy[i]);
    }
    std::vector<double> wanted(Length);
    for (std::size_t i = 0; i < Length; ++i)
        wanted[i] = static_cast<double>(row_copy[i]) * (static_cast<double>(delta[i]) - product);
    softmax_gradient_row<Length>(row_copy.data(), delta.data());
    for (std::size_t i = 0; i < Length; ++i)
        BOOST_TEST(std::abs(static_cast<double>(delta[i]) - wanted[i]) <= tolerance);
}

template <std::size_t... Lengths>
void check_all(std::index_sequence<Lengths...>) {
    (check<Lengths + 1, float>(3, 0), ...);
    (check<Lengths + 1, float>(30, 1e4), ...); // without overflow
    (check<Lengths + 1, double>(300, -1e6), ...);
}
} // namespace

BOOST_AUTO_TEST_CASE(rows_of_every_length) { check_all(std::make_index_sequence<40>{}); }

// However many rows are computed at once, each comes out as if alone; and what a row of few numbers comes to
// is what halves added to each other make, whatever registers there are.
template <std::size_t Length, class T>
void check_rows() {
    constexpr std::size_t rows = 37;
    std::vector<T> all(rows * Length + 1, T(7));
    for (std::size_t i = 0; i < rows * Length; ++i)
        all[i] = static_cast<T>(9 * std::sin(static_cast<double>(7 * i)));
    for (const std::size_t count : {0u, 1u, 15u, 16u, 37u}) {
        std::vector<T> together(all), alone(all);
        softmax_rows<Length>(together.data(), count);
        for (std::size_t row = 0; row < count; ++row) {
            const auto sums = softmax_row<Length>(alone.data() + row * Length);
            if constexpr (Length <= 16) {
                std::vector<T> lanes(32);
                for (std::size_t i = 0; i < Length; ++i) {
                    using V = simd<T, 16 / sizeof(T)>;
                    exponential_of(V(all[row * Length + i] - sums.largest)).store_unaligned(&lanes[i]);
                }
                std::fill(lanes.begin() + Length, lanes.end(), T(0));
                for (std::size_t half = 8; half > 0; half /= 2)
                    for (std::size_t i = 0; i < half; ++i)
                        lanes[i] += lanes[i + half];
                BOOST_TEST(sums.sum == lanes[0]);
            }
        }
        BOOST_TEST((together == alone));
    }
}
BOOST_AUTO_TEST_CASE(many_rows_are_as_each_alone) {
    [&]<std::size_t... I>(std::index_sequence<I...>) {
        (check_rows<I + 1, float>(), ...);
        (check_rows<2 * I + 1, double>(), ...);
    }
    (std::make_index_sequence<17>{});
}

BOOST_AUTO_TEST_CASE(extremes_stay_finite) {
    float row[3] = {1e30f, -1e30f, 0};
    softmax_row<3>(row);
    BOOST_TEST(row[0] == 1.0f);
    BOOST_TEST(row[1] == 0.0f);
    float nan[3] = {1, NAN, 0};
    softmax_row<3>(nan);
    BOOST_TEST(std::isnan(nan[0]));
}
