// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// expect: layer 2, dropout.*cannot take 8.*it accepts a rate in \[0, 1\)
#include <strata/layers/layers.hpp>

using namespace strata;

#ifdef WRONG
constexpr auto net = input<4> | dense<8> | dropout<1.5>;
#else
constexpr auto net = input<4> | dense<8> | dropout<0.5>;
#endif
