// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// expect: layer 2, sampling.*it accepts a mean and a log-variance of one shape
#include <strata/layers/layers.hpp>

using namespace strata;

#ifdef WRONG
constexpr auto net = input<4> | dense<2> | sampling;
#else
constexpr auto net = input<4> | branches(dense<2>, dense<2>) | sampling;
#endif
