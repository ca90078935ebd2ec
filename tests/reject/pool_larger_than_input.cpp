// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// expect: layer 3, max_pool<5> cannot take 4 x 4 x 8 it accepts images of at least 5 x 5
#include <strata/layers/layers.hpp>

using namespace strata;

#ifdef WRONG
constexpr auto net = input<6, 6, 3> | conv<8, 3> | relu | max_pool<5>;
#else
constexpr auto net = input<6, 6, 3> | conv<8, 3> | relu | max_pool<5, padding<2>>;
#endif
