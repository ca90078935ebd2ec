// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// expect: strata: the factors of a penalty are 0 or more
#include <strata/layers/layers.hpp>

using namespace strata;

#ifdef WRONG
constexpr auto net = input<4> | dense<3, l2<-1.0>>;
#else
constexpr auto net = input<4> | dense<3, l2<1.0>>;
#endif
