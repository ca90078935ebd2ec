// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// expect: layer 1, lstm<8>.*cannot take 5 x 3 beside 8 beside 7.*it accepts a sequence and its state, 2 of 8
#include <strata/layers/layers.hpp>

using namespace strata;

#ifdef WRONG
constexpr auto net = inputs(input<5, 3>, input<8>, input<7>) | lstm<8, take_state>;
#else
constexpr auto net = inputs(input<5, 3>, input<8>, input<8>) | lstm<8, take_state>;
#endif
