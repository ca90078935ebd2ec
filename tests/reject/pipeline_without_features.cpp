// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// expect: the pipeline does not know.*how many features there are.*put input<3> in front, if it is 3
#include <strata/data/scaling.hpp>
#include <strata/layers/layers.hpp>
#include <strata/regression/linear_regression.hpp>
#include <strata/selection/pipeline.hpp>

using namespace strata;

#ifdef WRONG
inline const pipeline steps{standard_scaler{}, linear_regression{}};
#else
inline const pipeline steps{input<3>, standard_scaler{}, linear_regression{}};
#endif
