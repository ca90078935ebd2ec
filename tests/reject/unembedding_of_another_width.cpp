// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// expect: layer 1, unembedding<100>.*cannot take 5 x 6.*it accepts rows of 8, those of the table
#include <strata/layers/layers.hpp>
using namespace strata;

#ifdef WRONG
constexpr auto network = input<5, 6> | unembedding<embedding<100, 8>>;
#else
constexpr auto network = input<5, 8> | unembedding<embedding<100, 8>>;
#endif
