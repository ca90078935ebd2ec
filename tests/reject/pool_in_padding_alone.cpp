// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// expect: layer 2, max_pool<2> cannot take 4 x 4 x 8 it accepts a padding less than its window
#include <strata/layers/layers.hpp>

using namespace strata;

#ifdef WRONG
constexpr auto net = input<6, 6, 3> | conv<8, 3> | max_pool<2, padding<2>>;
#else
constexpr auto net =
    input<6, 6, 3> | conv<8, 3> | max_pool<2, padding<1>> | average_pool<2, padding<2>, count_padding>;
#endif
