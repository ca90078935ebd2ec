// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// expect: layer 3, 3 branches cannot take 8 beside 4 it accepts one value, or one each
#include <strata/layers/layers.hpp>

using namespace strata;

#ifdef WRONG
constexpr auto net = input<8> | branches(dense<8>, dense<4>) | branches(relu, relu, relu);
#else
constexpr auto net = input<8> | branches(dense<8>, dense<4>) | branches(relu, identity);
#endif
