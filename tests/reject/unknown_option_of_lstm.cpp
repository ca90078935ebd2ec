// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// expect: lstm takes activations, last_step, backwards
#include <strata/layers/layers.hpp>

using namespace strata;

#ifdef WRONG
constexpr auto net = input<5, 3> | lstm<8, dropout<0.2>>;
#else
constexpr auto net = input<5, 3> | lstm<8, recurrent<dropout<0.2>>>;
#endif
