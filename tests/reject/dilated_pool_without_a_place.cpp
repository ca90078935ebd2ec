// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// expect: layer 1, max_pool<2> cannot take 2 x 2 x 3 it accepts an image of which each window has a place
#include <strata/layers/layers.hpp>

using namespace strata;

#ifdef WRONG
constexpr auto net = input<2, 2, 3> | max_pool<2, dilation<3>, padding<1>>;
#else
constexpr auto net = input<3, 3, 3> | max_pool<2, dilation<3>, padding<1>>;
#endif
