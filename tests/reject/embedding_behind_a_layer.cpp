// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// expect: layer 2, embedding<8>.*cannot take what layers make.*it accepts tokens, an input of the network
#include <strata/layers/layers.hpp>
using namespace strata;

#ifdef WRONG
constexpr auto network = input<5> | dense<4> | embedding<100, 8>;
#else
constexpr auto network = input<5> | branches(dense<4> | reshape<1, 4>, embedding<100, 4>) | concat<0>;
#endif
