// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// expect: layer 1, conv<8, 3> cannot take 28 x 28 x 1 it accepts steps of features, on two axes
#include <strata/layers/layers.hpp>

using namespace strata;

#ifdef WRONG
constexpr auto net = input<28, 28, 1> | conv<8, 3, causal>;
#else
constexpr auto net = input<28, 28> | conv<8, 3, causal>;
#endif
