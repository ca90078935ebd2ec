// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// expect: dense takes no_bias, an initializer and a regularizer
#include <strata/layers/layers.hpp>

using namespace strata;

#ifdef WRONG
constexpr auto net = input<4> | dense<3, 5>;
#else
constexpr auto net = input<4> | dense<3, he_normal, no_bias, l2<0.1>>;
#endif
