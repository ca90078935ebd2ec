// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// expect: layer 1, dense<4>.*cannot take 5.*it accepts a sequence
#include <strata/layers/layers.hpp>

using namespace strata;

#ifdef WRONG
constexpr auto net = input<5> | time_distributed(dense<4>);
#else
constexpr auto net = input<5, 3> | time_distributed(dense<4>);
#endif
