// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// expect: layer 1, average_pool<3 x 1> cannot take 6 x 6 x 3 it accepts a padding less than its window
#include <strata/layers/layers.hpp>

using namespace strata;

#ifdef WRONG
constexpr auto net = input<6, 6, 3> | average_pool<spatial{3, 1}, stride<1>, padding<1>>;
#else
constexpr auto net = input<6, 6, 3> | average_pool<spatial{3, 1}, stride<1>, padding<spatial{1, 0}>>;
#endif
