// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// expect: strata: the momentum of moving averages is from 0 to 1
#include <strata/layers/layers.hpp>

using namespace strata;

#ifdef WRONG
constexpr auto net = input<4> | batch_norm<momentum<1.5>>;
#else
constexpr auto net = input<4> | batch_norm<momentum<0.5>>;
#endif
