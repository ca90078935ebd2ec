// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// expect: layer 1, reflect_pad cannot take 3 x 8 x 6 it accepts images of at least 4 x 4
#include <strata/layers/layers.hpp>

using namespace strata;

#ifdef WRONG
constexpr auto net = input<3, 8, 6> | reflect_pad<3>;
#else
constexpr auto net = input<4, 8, 6> | reflect_pad<3>;
#endif
