// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// expect: layer 2, reshape to 10 x 10.*cannot take 784.*it accepts 100 elements
#include <strata/layers/layers.hpp>

using namespace strata;

#ifdef WRONG
constexpr auto net = input<28, 28> | flatten | reshape<10, 10>;
#else
constexpr auto net = input<28, 28> | flatten | reshape<14, 56>;
#endif
