// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
//
// Four clouds of points, and the clusters that k-means finds in them; a picture of both.
#include "command_line.hpp"

#include <strata/cluster/kmeans.hpp>
#include <strata/plot/classes.hpp>

#include <cmath>
#include <cstdio>
#include <filesystem>
#include <numbers>

using namespace strata;

void learn(const given_options& options) {
    constexpr std::size_t clouds = 4;
    const std::size_t points = options.count("points");
    const double spread = options.number<double>("spread");
    constexpr std::array<std::array<double, 2>, clouds> middles{{{0, 0}, {4, 1}, {1, 4}, {5, 5}}};

    using strata::bedrock::draw_purpose;
    strata::bedrock::random_sequence random(seed{options.count("seed")}, draw_purpose::split);
    auto x = xt::xtensor<double, 2>::from_shape({points, 2});
    for (std::size_t i = 0; i < points; ++i) {
        // Box and Muller: two uniform numbers make two normal ones.
        const double radius = spread * std::sqrt(-2 * std::log(1 - random.uniform()));
        const double angle = 2 * std::numbers::pi * random.uniform();
        x(i, 0) = middles[i % clouds][0] + radius * std::cos(angle);
        x(i, 1) = middles[i % clouds][1] + radius * std::sin(angle);
    }

    kmeans<clouds, 2> clusters({.random = seed{options.count("seed")}});
    clusters.fit(x);
    std::array<std::size_t, clouds> sizes{};
    for (const auto label : clusters.labels())
        ++sizes[static_cast<std::size_t>(label)];
    for (std::size_t k = 0; k < clouds; ++k)
        std::printf("cluster %zu: center (%.3f, %.3f), %zu points\n", k, clusters.centers()(k, 0),
                    clusters.centers()(k, 1), sizes[k]);
    std::printf("inertia %.3f after %zu iterations\n", clusters.inertia(), clusters.iterations());
    for (const std::array<double, 2> point : {std::array{0.5, 0.5}, std::array{4.5, 5.5}})
        std::printf("(%.1f, %.1f) belongs to cluster %d\n", point[0], point[1], clusters.predict(point)(0));

    const std::filesystem::path picture = options.text("picture");
    plot::clusters(x, clusters.labels(), clusters.centers(), picture, "Four clouds");
    std::printf("picture: %s\n", picture.c_str());
}

int main(int count, char** arguments) {
    return run_example(count, arguments, "Finds four clouds of points by k-means and draws them.",
                       {{"points", "how many points", "400"},
                        {"spread", "standard deviation of a cloud", "0.8"},
                        {"seed", "draws the points and the first centers", "1"},
                        {"picture", "a .png or .svg file", "kmeans.png"}},
                       learn);
}
