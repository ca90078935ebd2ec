// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// expect: layer 1, conv<8, 3> cannot take 5 x 2 it accepts at least 7 places
#include <strata/layers/layers.hpp>

using namespace strata;

#ifdef WRONG
constexpr auto net = input<5, 2> | conv<8, 3, dilation<4>, padding<1>>;
#else
constexpr auto net = input<7, 2> | conv<8, 3, dilation<4>, padding<1>>;
#endif
