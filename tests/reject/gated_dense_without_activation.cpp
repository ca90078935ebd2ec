// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// expect: strata: gated_dense takes the activation of its gate
#include <strata/layers/layers.hpp>
using namespace strata;

#ifdef WRONG
constexpr auto network = input<5> | gated_dense<8, no_bias>;
#else
constexpr auto network = input<5> | gated_dense<8, relu, no_bias>;
#endif
