// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
//
// What does an iteration of k-means cost? 1,000,000 rows of 16 doubles, 32 clusters, 20 iterations from the
// same first centers.
#include <strata/cluster/kmeans.hpp>

#include "bedrock.hpp"
#include "timing.hpp"

#include <cstdio>
#include <cstdlib>

using namespace strata;

int main() {
    constexpr std::size_t rows = 1'000'000;
    constexpr std::size_t features = 16;
    constexpr std::size_t clusters = 32;
    std::vector<double> x(rows * features);
    random_sequence random(seed{1}, draw_purpose::split);
    for (double& each : x)
        each = random.uniform();
    const std::vector<double> first(x.begin(), x.begin() + clusters * features);

    // Reading and centring once costs both sides; the difference of two lengths is the iterations.
    const auto fit = [&](std::size_t iterations) {
        kmeans<clusters, features> all(
            {.max_iterations = iterations, .tolerance = 0, .threads = bench::threads()});
        return bench::seconds([&] { all.fit(x, first); });
    };
    std::vector<double> each;
    for (int round = 0; round < 3; ++round) {
        const double few = fit(2);
        each.push_back((fit(12) - few) / 10);
    }
    std::printf("seconds %.6f\n", bench::median(each));
}
