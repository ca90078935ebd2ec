// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// expect: layer 1, conv<8, 3 x 3> cannot take 64 x 2 it accepts a kernel of one number
#include <strata/layers/layers.hpp>

using namespace strata;

#ifdef WRONG
constexpr auto net = input<64, 2> | conv<8, spatial{3, 3}>;
#else
constexpr auto net = input<64, 2, 2> | conv<8, spatial{3, 2}>;
#endif
