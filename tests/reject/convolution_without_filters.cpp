// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// expect: layer 1, conv<0, 3> cannot take 8 x 8 x 3 it accepts at least one filter
#include <strata/layers/layers.hpp>

using namespace strata;

#ifdef WRONG
constexpr auto net = input<8, 8, 3> | conv<0, 3>;
#else
constexpr auto net = input<8, 8, 3> | conv<1, 3>;
#endif
