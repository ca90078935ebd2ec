// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// expect: layer 1, slice<1, 6> cannot take 8 x 6 it accepts a slice with a place at least
#include <strata/layers/layers.hpp>

using namespace strata;

#ifdef WRONG
constexpr auto net = input<8, 6> | slice<1, 6>;
#else
constexpr auto net = input<8, 6> | slice<1, 5>;
#endif
