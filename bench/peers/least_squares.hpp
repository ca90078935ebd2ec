// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include "timing.hpp"

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <vector>

/// The rows that the C++ programs about least squares fit: 1,000,000 x 20 or 100,000 x 200 doubles.
namespace least_squares {

inline bool is_wide(int count, char** arguments) {
    return count > 1 && std::strcmp(arguments[1], "wide") == 0;
}

struct problem {
    std::size_t features;
    std::vector<double> x, y;

    explicit problem(bool wide)
        : features(wide ? 200 : 20), x((wide ? 100'000 : 1'000'000) * features), y(x.size() / features) {
        std::uint64_t state = 1;
        const auto draw = [&] { // from -1 to 1, by Knuth's linear congruential generator
            state = state * 6364136223846793005u + 1442695040888963407u;
            return static_cast<double>(state >> 11) * 0x1p-52 - 1;
        };
        for (double& each : x)
            each = draw();
        for (std::size_t i = 0; i < y.size(); ++i) {
            y[i] = 3 + draw();
            for (std::size_t j = 0; j < features; ++j)
                y[i] += x[i * features + j] * (static_cast<double>(j % 7) - 3);
        }
    }
};

/// fit() returns the first weight.
template <class Fit>
void time(Fit fit) {
    double weight = 0;
    const double time = bench::median_seconds(7, 1, [&] { weight = fit(); });
    std::printf("seconds %.6f\nfirst %.9f\n", time, weight);
}

} // namespace least_squares
