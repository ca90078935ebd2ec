// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// expect: strata: bidirectional takes recurrent layers
#include <strata/layers/layers.hpp>

using namespace strata;

#ifdef WRONG
constexpr auto net = input<5, 3> | bidirectional(conv<8, 3>);
#else
constexpr auto net = input<5, 3> | bidirectional(gru<8> | relu);
#endif
