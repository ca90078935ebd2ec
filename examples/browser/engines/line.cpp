// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// The engine of the page Line. Numbers that belong together come in one array, which source/line/worker.ts
// takes apart. Its equations are small, and many types of them are compiled.
// Options: -Os
// Options in tests: -O0
#include "line.hpp"
#include "exchange.hpp"
#include "line_program.hpp"

namespace {
std::span<const line::point> taken_points(const double* coordinates, std::size_t count) {
    return {reinterpret_cast<const line::point*>(coordinates), count / 2};
}

const exchange::view* give_clusters(const line::clusters& found) {
    std::vector<double> numbers{found.inertia, static_cast<double>(found.iterations)};
    numbers.insert(numbers.end(), found.centers.begin(), found.centers.end());
    numbers.insert(numbers.end(), found.labels.begin(), found.labels.end());
    return exchange::give(std::move(numbers));
}
} // namespace

/// R^2, the condition, the rank, degree + 1 coefficients, a fitted number of each point, and one of each x in
/// `drawn`.
OFFERED_TO_PAGE(fit_curve)
const exchange::view* fit_curve(const double* x, const double* y, std::size_t points, std::size_t degree,
                                double l2, const double* drawn, std::size_t drawn_count) {
    const line::curve fitted = line::fit_curve({x, points}, {y, points}, degree, l2, {drawn, drawn_count});
    std::vector<double> numbers{fitted.r_squared, fitted.condition, static_cast<double>(fitted.rank)};
    for (const auto* part : {&fitted.coefficients, &fitted.fitted, &fitted.drawn})
        numbers.insert(numbers.end(), part->begin(), part->end());
    return exchange::give(std::move(numbers));
}

/// [clusters][2]
OFFERED_TO_PAGE(draw_centers)
const exchange::view* draw_centers(const double* points, std::size_t count, std::size_t clusters,
                                   std::size_t seed) {
    return exchange::give(line::draw_centers(taken_points(points, count), clusters, seed));
}

/// The inertia, the iterations, [clusters][2] centers, and the labels.
OFFERED_TO_PAGE(move_centers)
const exchange::view* move_centers(const double* points, std::size_t count, const double* centers,
                                   std::size_t centers_count, std::size_t steps) {
    return give_clusters(
        line::move_centers(taken_points(points, count), taken_points(centers, centers_count), steps));
}

/// As move_centers.
OFFERED_TO_PAGE(find_clusters)
const exchange::view* find_clusters(const double* points, std::size_t count, std::size_t clusters,
                                    std::size_t seed) {
    return give_clusters(line::find_clusters(taken_points(points, count), clusters, seed));
}

namespace {
std::vector<float> shares; // of the last boundary
}

/// The accuracy, the iterations, and the coefficients; `boundary_shares` has the rest.
OFFERED_TO_PAGE(find_boundary)
const exchange::view* find_boundary(const double* points, std::size_t count, const std::int32_t* labels,
                                    std::size_t classes, std::size_t degree, double c, const double* drawn,
                                    std::size_t drawn_count) {
    line::boundary found = line::find_boundary(taken_points(points, count), {labels, count / 2}, classes,
                                               degree, c, taken_points(drawn, drawn_count));
    shares = std::move(found.shares);
    std::vector<double> numbers{found.accuracy, static_cast<double>(found.iterations)};
    numbers.insert(numbers.end(), found.coefficients.begin(), found.coefficients.end());
    return exchange::give(std::move(numbers));
}

/// [drawn][classes], the probabilities of the last boundary.
OFFERED_TO_PAGE(boundary_shares) const exchange::view* boundary_shares() {
    return exchange::show(std::span<const float>(shares));
}

OFFERED_TO_PAGE(curve_program)
const exchange::view* curve_program(const double* x, const double* y, std::size_t points, std::size_t degree,
                                    double l2) {
    return exchange::give(line::write_curve_program({x, points}, {y, points}, degree, l2));
}

OFFERED_TO_PAGE(cluster_program)
const exchange::view* cluster_program(const double* points, std::size_t count, std::size_t clusters,
                                      std::size_t seed) {
    return exchange::give(line::write_cluster_program({points, count}, clusters, seed));
}

OFFERED_TO_PAGE(boundary_program)
const exchange::view* boundary_program(const double* points, std::size_t count, const std::int32_t* labels,
                                       std::size_t classes, std::size_t degree, double c) {
    return exchange::give(
        line::write_boundary_program({points, count}, {labels, count / 2}, classes, degree, c));
}
