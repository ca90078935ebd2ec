// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// expect: layer 1, conv<8, 3> cannot take 9 x 9 x 2 it accepts a stride of one number or 2
#include <strata/layers/layers.hpp>

using namespace strata;

#ifdef WRONG
constexpr auto net = input<9, 9, 2> | conv<8, 3, stride<spatial{1, 2, 2}>>;
#else
constexpr auto net = input<9, 9, 2> | conv<8, 3, stride<spatial{1, 2}>>;
#endif
