// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// expect: layer 2, spatial_dropout.*cannot take 8.*it accepts one to three spatial axes
#include <strata/layers/layers.hpp>

using namespace strata;

#ifdef WRONG
constexpr auto net = input<4> | dense<8> | spatial_dropout<0.5>;
#else
constexpr auto net = input<4, 4> | dense<8> | spatial_dropout<0.5>;
#endif
