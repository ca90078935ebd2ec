// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// expect: layer 3, residual cannot take 8 x 8 x 16 beside 8 x 8 x 3.*keeps the shape, or a projection
#include <strata/layers/layers.hpp>

using namespace strata;

#ifdef WRONG
constexpr auto net = input<8, 8, 3> | residual(conv<16, 3, same> | relu);
#else
constexpr auto net = input<8, 8, 3> | residual(conv<16, 3, same> | relu, conv<16, 1>);
#endif
