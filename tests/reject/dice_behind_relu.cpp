// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// expect: the loss dice.*cannot take relu.*it wants probabilities: put sigmoid behind it
#include <strata/strata.hpp>

using namespace strata;

#ifdef WRONG
using net = model<input<2> | dense<3> | relu>;
#else
using net = model<input<2> | dense<3> | sigmoid>;
#endif
void teach(net& network) { trainer teacher{network, dice, sgd{}}; }
