// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// expect: layer 1, concat cannot take 4 x 3 beside 4 x 3 it accepts an axis that its values have
#include <strata/layers/layers.hpp>

using namespace strata;

#ifdef WRONG
constexpr auto net = inputs(input<4, 3>, input<4, 3>) | concat<2>;
#else
constexpr auto net = inputs(input<4, 3>, input<4, 3>) | concat<1>;
#endif
