// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// expect: layer 1, conv<8, 3> cannot take 64 it accepts one to three spatial axes and channels
#include <strata/layers/layers.hpp>

using namespace strata;

#ifdef WRONG
constexpr auto net = input<64> | conv<8, 3>;
#else
constexpr auto net = input<64, 1> | conv<8, 3>;
#endif
