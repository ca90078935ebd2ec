// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// expect: layer 2, conv<8, 5> cannot take 4 x 28 x 3 it accepts images of at least 5 x 5
#include <strata/layers/layers.hpp>

using namespace strata;

#ifdef WRONG
constexpr auto net = input<6, 30, 3> | conv<3, 3> | conv<8, 5>;
#else
constexpr auto net = input<7, 30, 3> | conv<3, 3> | conv<8, 5>;
#endif
