// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// expect: layer 1, gate<0>.*cannot take 5.*it accepts at least one unit
#include <strata/layers/layers.hpp>
using namespace strata;

#ifdef WRONG
constexpr auto network = input<5> | swiglu<0>;
#else
constexpr auto network = input<5> | swiglu<1>;
#endif
