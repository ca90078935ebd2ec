// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// expect: layer 1, split<4, -1> cannot take 8 x 6 it accepts an extent that its 4 parts divide
#include <strata/layers/layers.hpp>

using namespace strata;

#ifdef WRONG
constexpr auto net = input<8, 6> | split<4>;
#else
constexpr auto net = input<8, 6> | split<4, 0>;
#endif
