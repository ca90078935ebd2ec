// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// expect: layer 1, conv_transpose<6, 3> cannot take 8 x 8 x 9 it accepts filters that its 9 groups divide
#include <strata/layers/layers.hpp>

using namespace strata;

#ifdef WRONG
constexpr auto net = input<8, 8, 9> | conv_transpose<6, 3, groups<9>>;
#else
constexpr auto net = input<8, 8, 9> | conv_transpose<6, 3, groups<3>>;
#endif
