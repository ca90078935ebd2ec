// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// expect: layer 1, lstm<8>.*cannot take 28 x 28 x 1.*it accepts steps of features
#include <strata/layers/layers.hpp>

using namespace strata;

#ifdef WRONG
constexpr auto net = input<28, 28, 1> | lstm<8>;
#else
constexpr auto net = input<28, 28> | lstm<8>;
#endif
