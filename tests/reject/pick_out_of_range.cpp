// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// expect: layer 3, pick<2> cannot take 8 beside 4 it accepts 3 values or more
#include <strata/layers/layers.hpp>

using namespace strata;

#ifdef WRONG
constexpr auto net = input<8> | branches(dense<8>, dense<4>) | pick<2>;
#else
constexpr auto net = input<8> | branches(dense<8>, dense<4>) | pick<1>;
#endif
