// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// expect: layer 1, random_rotation.*cannot take 28 x 3.*it accepts images of height, width and channels
#include <strata/layers/layers.hpp>

using namespace strata;

#ifdef WRONG
constexpr auto net = input<28, 3> | random_rotation<0.1>;
#else
constexpr auto net = input<28, 28, 3> | random_rotation<0.1>;
#endif
