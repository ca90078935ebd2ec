// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/cluster/kmeans.hpp>
#include <strata/data/polynomial_features.hpp>
#include <strata/layers/layers.hpp>
#include <strata/regression/linear_regression.hpp>
#include <strata/regression/logistic_regression.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

// What the page Line computes, for points of a plane. The page's choices become types: a function here is
// handed one that it picks from those that are compiled.
namespace line {

using point = std::array<double, 2>;

inline constexpr std::size_t largest_degree = 8;   ///< of a polynomial
inline constexpr std::size_t largest_clusters = 8; ///< how many k-means may look for
inline constexpr std::size_t largest_classes = 4;
inline constexpr std::size_t largest_boundary_degree = 3;

/// Calls function.operator()<N>() for the N of First to Last that `chosen` is; outside of these, for the
/// nearest.
template <std::size_t First, std::size_t Last, class Function>
auto pick(std::size_t chosen, const Function& function) {
    if constexpr (First == Last)
        return function.template operator()<First>();
    else if (chosen <= First)
        return function.template operator()<First>();
    else
        return pick<First + 1, Last>(chosen, function);
}

struct curve {
    std::vector<double> coefficients; ///< the constant, then those of x, x^2, ...
    std::vector<double> fitted;       ///< of each point
    std::vector<double> drawn;        ///< of each x that is asked for
    double r_squared = 0;
    double condition = 0; ///< of the equations: about so many times rounding errors are enlarged
    std::size_t rank = 0;
};

/// The polynomial of that degree for which the sum of the squared residuals, and l2 times that of the
/// coefficients but the constant, is least. There has to be a point.
inline curve fit_curve(std::span<const double> x, std::span<const double> y, std::size_t degree, double l2,
                       std::span<const double> drawn) {
    return pick<1, largest_degree>(degree, [&]<std::size_t Degree>() {
        using powers = strata::polynomial_features<1, Degree>;
        const auto features = powers::transform(x);
        strata::linear_regression<Degree> regression;
        regression.fit(features, y, {.l2 = l2});
        curve result;
        result.coefficients.push_back(regression.intercept());
        const auto coefficients = regression.coef();
        result.coefficients.insert(result.coefficients.end(), coefficients.begin(), coefficients.end());
        const auto fitted = regression.predict(features);
        result.fitted.assign(fitted.begin(), fitted.end());
        if (!drawn.empty()) {
            const auto shown = regression.predict(powers::transform(drawn));
            result.drawn.assign(shown.begin(), shown.end());
        }
        result.r_squared = regression.score(features, y);
        result.condition = regression.condition();
        result.rank = regression.rank();
        return result;
    });
}

struct clusters {
    std::vector<double> centers; ///< [K][2]
    std::vector<std::int32_t> labels;
    double inertia = 0;
    std::size_t iterations = 0;
};

template <std::size_t K>
clusters describe(const strata::kmeans<K, 2>& found) {
    return {{found.centers().begin(), found.centers().end()},
            found.labels(),
            found.inertia(),
            found.iterations()};
}

/// First centers that k-means++ draws: [K][2]. There have to be K points.
inline std::vector<double> draw_centers(std::span<const point> points, std::size_t count,
                                        std::uint64_t seed) {
    return pick<1, largest_clusters>(count, [&]<std::size_t K>() {
        namespace rooms = strata::bedrock;
        const rooms::observations<double> rows(points, 2, "the points");
        const rooms::internal::lloyd<K, 2, double> pass(rows, 1);
        rooms::random_sequence random(strata::seed{seed}, rooms::draw_purpose::centers);
        auto centers = rooms::internal::seeding<K, 2, double>(pass).draw(random);
        for (std::size_t i = 0; i < centers.size(); ++i)
            centers[i] += pass.means()[i % 2];
        return centers;
    });
}

/// Moves centers, [K][2], to the means of the points that are nearest to them, so many times or until none
/// moves.
inline clusters move_centers(std::span<const point> points, std::span<const point> centers,
                             std::size_t steps) {
    return pick<1, largest_clusters>(centers.size(), [&]<std::size_t K>() {
        strata::kmeans<K, 2> found({.max_iterations = steps, .tolerance = 0});
        found.fit(points, centers);
        return describe(found);
    });
}

/// The best of ten runs of k-means.
inline clusters find_clusters(std::span<const point> points, std::size_t count, std::uint64_t seed) {
    return pick<1, largest_clusters>(count, [&]<std::size_t K>() {
        strata::kmeans<K, 2> found({.random = strata::seed{seed}});
        found.fit(points);
        return describe(found);
    });
}

struct boundary {
    std::vector<double>
        coefficients;          ///< [outputs][features], then [outputs] constants; one output for two classes
    std::vector<float> shares; ///< [drawn][classes], the probability of each class
    double accuracy = 0;
    std::size_t iterations = 0;
};

template <std::size_t Degree, std::size_t Classes>
struct boundary_regression {
    using type = strata::softmax_regression<strata::polynomial_features<2, Degree>::count, Classes>;
};
template <std::size_t Degree>
struct boundary_regression<Degree, 2> {
    using type = strata::logistic_regression<strata::polynomial_features<2, Degree>::count>;
};
/// What tells so many classes apart by the products of two coordinates up to a degree.
template <std::size_t Degree, std::size_t Classes>
using regression_of = typename boundary_regression<Degree, Classes>::type;

/// Logistic regression of points with labels 0 to classes - 1, each of which has to occur, on the products of
/// their coordinates up to a degree.
inline boundary find_boundary(std::span<const point> points, std::span<const std::int32_t> labels,
                              std::size_t classes, std::size_t degree, double c,
                              std::span<const point> drawn) {
    return pick<1, largest_boundary_degree>(degree, [&]<std::size_t Degree>() {
        using products = strata::polynomial_features<2, Degree>;
        return pick<2, largest_classes>(classes, [&]<std::size_t Classes>() {
            regression_of<Degree, Classes> found;
            const auto features = products::transform(points);
            found.fit(features, labels, {.C = c});
            boundary result;
            const auto coefficients = found.coef();
            result.coefficients.assign(coefficients.begin(), coefficients.end());
            const auto constants = found.intercept();
            if constexpr (Classes == 2)
                result.coefficients.push_back(constants);
            else
                result.coefficients.insert(result.coefficients.end(), constants.begin(), constants.end());
            if (!drawn.empty()) {
                const auto shares = found.predict_probability(products::transform(drawn));
                result.shares.assign(shares.begin(), shares.end());
            }
            result.accuracy = found.score(features, labels);
            result.iterations = found.iterations();
            return result;
        });
    });
}

} // namespace line
