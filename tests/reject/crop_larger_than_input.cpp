// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// expect: layer 1, crop cannot take 4 x 9 x 3 it accepts images of at least 5 x 4
#include <strata/layers/layers.hpp>

using namespace strata;

#ifdef WRONG
constexpr auto net = input<4, 9, 3> | crop<margins{spatial{2, 1}, spatial{2, 2}}>;
#else
constexpr auto net = input<5, 4, 3> | crop<margins{spatial{2, 1}, spatial{2, 2}}>;
#endif
