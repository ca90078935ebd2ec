// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// expect: the loss triplet_hard.*cannot take 2 x 3.*a place in a space is.*one row of numbers: flatten
#include <strata/strata.hpp>

using namespace strata;

#ifdef WRONG
using net = model<input<2, 4> | dense<3>>;
#else
using net = model<input<2, 4> | dense<3> | flatten>;
#endif
void teach(net& network) { trainer teacher{network, triplet_hard<>, sgd{}}; }
