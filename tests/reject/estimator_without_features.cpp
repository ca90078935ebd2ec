// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// expect: an estimator does not know.*how many features there are.*say so, as in linear_regression<3>
#include <strata/layers/layers.hpp>
#include <strata/regression/linear_regression.hpp>

#include <vector>

using namespace strata;

void learn(const std::vector<double>& x, const std::vector<double>& y) {
#ifdef WRONG
    linear_regression line;
#else
    linear_regression<1> line;
#endif
    line.fit(x, y);
}
