// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
//
// Solves a regression, which needs LAPACK.
#include <strata/layers/layers.hpp>
#include <strata/regression/regression.hpp>

#include <cmath>
#include <cstdio>

using namespace strata;

int main() {
    linear_regression<1> line;
    line.fit(std::vector<double>{0, 1, 2, 3}, std::vector<double>{1, 3, 5, 7});
    const double slope = line.coef()(0);
    std::printf("a slope of %.3f\n", slope);
    return std::abs(slope - 2) < 1e-12 ? 0 : 1;
}
