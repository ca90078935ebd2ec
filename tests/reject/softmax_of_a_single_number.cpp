// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// expect: layer 1, softmax.*cannot take a single number.*it accepts a shape with a last axis
#include <strata/layers/layers.hpp>

using namespace strata;

#ifdef WRONG
constexpr auto net = input<> | softmax;
#else
constexpr auto net = input<2> | softmax;
#endif
