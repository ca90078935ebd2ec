// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// expect: layer 1, dropout.*cannot take 3 x 4.*it accepts a rate in \[0, 1\)
#include <strata/layers/layers.hpp>

using namespace strata;

#ifdef WRONG
constexpr auto net = input<3, 4> | dropout<-0.1>;
#else
constexpr auto net = input<3, 4> | dropout<0.0>;
#endif
