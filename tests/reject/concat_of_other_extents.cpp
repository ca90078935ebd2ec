// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// expect: layer 3, concat cannot take 4 x 4 x 2 beside 8 x 8 x 3.*values that differ in axis 2 alone
#include <strata/layers/layers.hpp>

using namespace strata;

#ifdef WRONG
constexpr auto net = input<8, 8, 3> | branches(conv<2, 3, same> | max_pool<2>, identity) | concat<>;
#else
constexpr auto net = input<8, 8, 3> | branches(conv<2, 3, same> | max_pool<2>, max_pool<2>) | concat<>;
#endif
