// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).

// What regressions compute with in WebAssembly, by Eigen, beside what they compute with here, by LAPACK.
#include <strata/random/philox.hpp>
#include <strata/regression/eigen.hpp>
#include <strata/regression/lapack.hpp>

#include <boost/test/unit_test.hpp>

#include <cmath>
#include <limits>
#include <vector>

using namespace strata::bedrock;

namespace {
std::vector<double> draw(std::size_t count, std::uint64_t key) {
    random_sequence random(strata::seed{key}, draw_purpose::split);
    std::vector<double> numbers(count);
    for (double& number : numbers)
        number = 2 * random.uniform() - 1;
    return numbers;
}

/// A^T A of a rows x n matrix, which is positive definite where rows are enough.
std::vector<double> square(const std::vector<double>& a, std::size_t rows, std::size_t n) {
    std::vector<double> result(n * n, 0.0);
    for (std::size_t j = 0; j < n; ++j)
        for (std::size_t i = 0; i < n; ++i)
            for (std::size_t r = 0; r < rows; ++r)
                result[j * n + i] += a[i * rows + r] * a[j * rows + r];
    return result;
}

void check_close(const std::vector<double>& found, const std::vector<double>& expected, double error) {
    BOOST_REQUIRE_EQUAL(found.size(), expected.size());
    for (std::size_t i = 0; i < found.size(); ++i)
        BOOST_TEST(std::abs(found[i] - expected[i]) <= error);
}
} // namespace

BOOST_AUTO_TEST_CASE(cholesky_factors_and_solves_as_lapack_does) {
    for (const std::size_t n : {1U, 2U, 7U}) {
        const auto symmetric = square(draw(20 * n, n), 20, n);
        auto factor = symmetric;
        auto expected_factor = symmetric;
        const double reciprocal = eigen::cholesky(factor, n);
        const double expected = lapack::cholesky(expected_factor, n);
        // Both estimate; of such small matrices exactly.
        BOOST_TEST(std::abs(reciprocal - expected) <= 1e-12 * expected);
        for (std::size_t j = 0; j < n; ++j)
            for (std::size_t i = j; i < n; ++i)
                BOOST_TEST(std::abs(factor[j * n + i] - expected_factor[j * n + i]) <= 1e-13);
        auto sides = draw(3 * n, 50);
        auto expected_sides = sides;
        eigen::cholesky_solve(factor, n, sides.data(), 3);
        lapack::cholesky_solve(expected_factor, n, expected_sides.data(), 3);
        check_close(sides, expected_sides, 1e-12);
    }
    std::vector<double> indefinite{1, 2, 2, 1};
    BOOST_TEST(eigen::cholesky(indefinite, 2) == 0);
    std::vector<double> undefined{1, 0, 0, std::numeric_limits<double>::quiet_NaN()};
    BOOST_TEST(eigen::cholesky(undefined, 2) == 0);
}

BOOST_AUTO_TEST_CASE(eigenvalues_ascend_and_vectors_belong_to_them) {
    constexpr std::size_t n = 6;
    const auto symmetric = square(draw(9 * n, 2), 9, n);
    auto vectors = symmetric;
    auto unused = symmetric;
    const auto values = eigen::eigenvalues(vectors, n, true);
    check_close(values, lapack::eigenvalues(unused, n, false), 1e-13);
    for (std::size_t e = 0; e < n; ++e)
        for (std::size_t i = 0; i < n; ++i) {
            double product = 0;
            for (std::size_t j = 0; j < n; ++j)
                product += symmetric[j * n + i] * vectors[e * n + j];
            BOOST_TEST(std::abs(product - values[e] * vectors[e * n + i]) <= 1e-13);
        }
}

BOOST_AUTO_TEST_CASE(orthogonal_factors_are_those_of_lapack) {
    constexpr std::size_t rows = 11;
    constexpr std::size_t columns = 4;
    const auto matrix = draw(rows * columns, 3);
    const eigen::orthogonal_factors factors(matrix, rows, columns);
    const lapack::orthogonal_factors expected(matrix, rows, columns);
    check_close(eigen::singular_values(factors.upper(), columns),
                lapack::singular_values(expected.upper(), columns), 1e-13);
    for (const bool transposed : {false, true}) {
        auto found = draw(rows, 4);
        auto known = found;
        factors.multiply_by_q(transposed, found);
        expected.multiply_by_q(transposed, known);
        check_close(found, known, 1e-13);
        factors.divide_by_r(transposed, found);
        expected.divide_by_r(transposed, known);
        check_close(found, known, 1e-12);
    }
}

BOOST_AUTO_TEST_CASE(the_shortest_solution_is_found_whatever_the_rank) {
    // More rows, fewer rows, and a column that is twice another.
    for (const auto [rows, columns, dependent] :
         {std::array<std::size_t, 3>{9, 4, 0}, {3, 5, 0}, {8, 4, 1}}) {
        auto matrix = draw(rows * columns, 5);
        if (dependent != 0)
            for (std::size_t i = 0; i < rows; ++i)
                matrix[i] = 2 * matrix[rows + i];
        auto same_matrix = matrix;
        auto sides = draw(2 * std::max(rows, columns), 6);
        auto expected_sides = sides;
        const auto found = eigen::minimum_norm(matrix, rows, columns, sides, 2, 1e-14);
        const auto expected = lapack::minimum_norm(same_matrix, rows, columns, expected_sides, 2, 1e-14);
        BOOST_TEST(found.rank == expected.rank);
        BOOST_TEST(found.rank == std::min(rows, columns) - dependent);
        check_close(found.singular_values, expected.singular_values, 1e-13);
        for (std::size_t side = 0; side < 2; ++side)
            for (std::size_t j = 0; j < columns; ++j) {
                const std::size_t place = side * std::max(rows, columns) + j;
                BOOST_TEST(std::abs(sides[place] - expected_sides[place]) <= 1e-12);
            }
    }
}
