// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// expect: layer 1, conv<8, 3> cannot take 8 x 8 x 6 it accepts filters that its 3 groups divide
#include <strata/layers/layers.hpp>

using namespace strata;

#ifdef WRONG
constexpr auto net = input<8, 8, 6> | conv<8, 3, groups<3>>;
#else
constexpr auto net = input<8, 8, 6> | conv<9, 3, groups<3>>;
#endif
