// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// expect: conv takes stride, padding or causal, dilation, groups, no_bias, direct, an initializer and
#include <strata/layers/layers.hpp>

using namespace strata;

#ifdef WRONG
constexpr auto net = input<8, 8, 3> | conv<8, 3, depth_multiplier<2>>;
#else
constexpr auto net =
    input<8, 8, 3> | conv<8, 3, stride<2>, same, dilation<2>, groups<1>, no_bias, he_normal, l2<0.1>>;
#endif
