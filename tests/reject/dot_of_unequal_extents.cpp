// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// expect: layer 2, dot cannot take 4 x 6 beside 4 x 5.*it accepts equal extents along the axes
#include <strata/layers/layers.hpp>

using namespace strata;

#ifdef WRONG
constexpr auto net = input<4, 6> | branches(identity, dense<5>) | dot<1>;
#else
constexpr auto net = input<4, 6> | branches(identity, dense<5>) | dot<0, normalize>;
#endif
