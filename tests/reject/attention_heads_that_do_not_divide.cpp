// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// expect: layer 1, dot_attention<3>.*it accepts widths that.*its heads divide
#include <strata/layers/layers.hpp>
using namespace strata;

#ifdef WRONG
constexpr auto network = inputs(input<5, 8>, input<7, 8>, input<7, 8>) | dot_attention<3>;
#else
constexpr auto network = inputs(input<5, 8>, input<7, 8>, input<7, 8>) | dot_attention<4>;
#endif
