// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// expect: from_logits cannot take mean_squared_error.*it takes a cross-entropy
#include <strata/strata.hpp>

using namespace strata;

#ifdef WRONG
using net = model<input<2> | dense<3>>;
void teach(net& network) { trainer teacher{network, from_logits(mean_squared_error), sgd{}}; }
#else
using net = model<input<2> | dense<3>>;
void teach(net& network) { trainer teacher{network, mean_squared_error, sgd{}}; }
#endif
