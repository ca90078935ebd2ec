// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// expect: layer 1, repeat_vector<4>.*cannot take 5 x 3.*it accepts a vector
#include <strata/layers/layers.hpp>

using namespace strata;

#ifdef WRONG
constexpr auto net = input<5, 3> | repeat_vector<4>;
#else
constexpr auto net = input<5> | repeat_vector<4>;
#endif
