// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// expect: the metric accuracy.*cannot read the targets of triplet_hard
#include <strata/strata.hpp>

using namespace strata;

using net = model<input<2> | dense<3>>;
#ifdef WRONG
void teach(net& network) { trainer teacher{network, triplet_hard<>, sgd{}, accuracy}; }
#else
void teach(net& network) { trainer teacher{network, triplet_hard<>, sgd{}}; }
#endif
