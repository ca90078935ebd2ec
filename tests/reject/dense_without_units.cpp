// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// expect: layer 3, dense<0>.*cannot take 8.*it accepts at least one unit
#include <strata/layers/layers.hpp>

using namespace strata;

#ifdef WRONG
constexpr auto net = input<4> | dense<8> | relu | dense<0>;
#else
constexpr auto net = input<4> | dense<8> | relu | dense<1>;
#endif
