// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// expect: layer 1, permute cannot take 4 x 5 x 6 it accepts each of 3 axes once, counted from 0
#include <strata/layers/layers.hpp>

using namespace strata;

#ifdef WRONG
constexpr auto net = input<4, 5, 6> | permute<1, 0>;
#else
constexpr auto net = input<4, 5> | permute<1, 0>;
#endif
