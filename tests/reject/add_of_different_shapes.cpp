// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// expect: layer 3, add cannot take 8 beside 4 beside 8 it accepts two or more values of one shape
#include <strata/layers/layers.hpp>

using namespace strata;

#ifdef WRONG
constexpr auto net = input<8> | branches(dense<8>, dense<4>, identity) | add;
#else
constexpr auto net = input<8> | branches(dense<8>, dense<8>, identity) | add;
#endif
