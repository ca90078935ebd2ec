// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// expect: strata: time_distributed takes layers of one value
#include <strata/layers/layers.hpp>

using namespace strata;

#ifdef WRONG
constexpr auto net = input<5, 4, 3> | time_distributed(branches(conv<2, 2>, conv<3, 2>) | concat<>);
#else
constexpr auto net = input<5, 4, 3> | time_distributed(conv<2, 2> | flatten);
#endif
