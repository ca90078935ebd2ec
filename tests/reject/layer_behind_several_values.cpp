// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// expect: layer 3, flatten cannot take 4 x 4 x 2 beside 8 x 8 x 3.*one value: put add or concat before it
#include <strata/layers/layers.hpp>

using namespace strata;

#ifdef WRONG
constexpr auto net = input<8, 8, 3> | branches(conv<2, 2, stride<2>>, relu) | flatten;
#else
constexpr auto net =
    input<8, 8, 3> | branches(conv<2, 2, stride<2>> | flatten, relu | flatten) | concat<> | relu;
#endif
