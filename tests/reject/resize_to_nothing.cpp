// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// expect: layer 1, resize<0> cannot take 8 x 8 x 6 it accepts a size above 0
#include <strata/layers/layers.hpp>

using namespace strata;

#ifdef WRONG
constexpr auto net = input<8, 8, 6> | resize<0>;
#else
constexpr auto net = input<8, 8, 6> | resize<1>;
#endif
