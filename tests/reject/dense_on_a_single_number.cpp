// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// expect: layer 1, dense<2>.*cannot take a single number.*it accepts a shape with a last axis
#include <strata/layers/layers.hpp>

using namespace strata;

#ifdef WRONG
constexpr auto net = input<> | dense<2>;
#else
constexpr auto net = input<1> | dense<2>;
#endif
