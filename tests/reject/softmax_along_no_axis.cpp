// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// expect: layer 1, log_softmax<2> cannot take 8 x 6 it accepts a shape with an axis 2, counted from 0
#include <strata/layers/layers.hpp>

using namespace strata;

#ifdef WRONG
constexpr auto net = input<8, 6> | log_softmax<2>;
#else
constexpr auto net = input<8, 6> | log_softmax<1>;
#endif
