// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// expect: layer 1, group_norm<4> cannot take 8 x 8 x 6 it accepts channels that its 4 groups divide
#include <strata/layers/layers.hpp>

using namespace strata;

#ifdef WRONG
constexpr auto net = input<8, 8, 6> | group_norm<4>;
#else
constexpr auto net = input<8, 8, 6> | group_norm<3>;
#endif
