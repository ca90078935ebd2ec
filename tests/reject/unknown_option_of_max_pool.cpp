// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// expect: pooling takes stride, padding, dilation and ceil_mode; average_pool also count_padding
#include <strata/layers/layers.hpp>

using namespace strata;

#ifdef WRONG
constexpr auto net = input<8, 8, 3> | max_pool<2, same, count_padding>;
#else
constexpr auto net = input<8, 8, 3> | average_pool<2, same, count_padding>;
#endif
