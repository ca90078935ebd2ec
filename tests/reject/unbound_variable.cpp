// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// expect: layer 2, activation.*cannot take 3.*it accepts a formula of x, without w
#include <strata/layers/layers.hpp>

using namespace strata;

using namespace strata::symbols;
#ifdef WRONG
constexpr auto net = input<4> | dense<3> | activation<x * w>;
#else
constexpr auto net = input<4> | dense<3> | activation<x * x>;
#endif
