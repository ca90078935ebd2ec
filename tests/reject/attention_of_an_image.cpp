// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// expect: layer 1, attention<2, 4>.*cannot take 5 x 5 x 3.*steps, features
#include <strata/layers/layers.hpp>
using namespace strata;

#ifdef WRONG
constexpr auto network = input<5, 5, 3> | attention<2, 4>;
#else
constexpr auto network = input<25, 3> | attention<2, 4>;
#endif
