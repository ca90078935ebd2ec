// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// expect: layer 2, conv<6, 3> cannot take 6 x 6 x 8 it accepts channels that its 3 groups divide
#include <strata/layers/layers.hpp>

using namespace strata;

#ifdef WRONG
constexpr auto net = input<8, 8, 3> | conv<8, 3> | conv<6, 3, groups<3>>;
#else
constexpr auto net = input<8, 8, 3> | conv<9, 3> | conv<6, 3, groups<3>>;
#endif
