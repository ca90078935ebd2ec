// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// expect: layer 1, conv_transpose<4, 3> cannot take 1 x 1 x 6 it accepts a padding that leaves an output
#include <strata/layers/layers.hpp>

using namespace strata;

#ifdef WRONG
constexpr auto net = input<1, 1, 6> | conv_transpose<4, 3, padding<2>>;
#else
constexpr auto net = input<3, 3, 6> | conv_transpose<4, 3, padding<2>>;
#endif
