// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// expect: layer 1, reduce_mean<0, 2> cannot take 8 x 7 x 6 it accepts axes without others between them
#include <strata/layers/layers.hpp>

using namespace strata;

#ifdef WRONG
constexpr auto net = input<8, 7, 6> | reduce_mean<0, 2>;
#else
constexpr auto net = input<8, 7, 6> | reduce_mean<2> | reduce_mean<0>;
#endif
