// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// expect: step 3 of the pipeline.*takes 6 features.*it is given 9
#include <strata/data/polynomial_features.hpp>
#include <strata/data/scaling.hpp>
#include <strata/layers/layers.hpp>
#include <strata/regression/linear_regression.hpp>
#include <strata/selection/pipeline.hpp>

using namespace strata;

#ifdef WRONG
inline const pipeline steps{standard_scaler{}, polynomial_features<3, 2>{}, linear_regression<6>{}};
#else
inline const pipeline steps{standard_scaler{}, polynomial_features<3, 2>{}, linear_regression<9>{}};
#endif
