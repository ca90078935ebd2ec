// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// expect: the loss binary_crossentropy.*cannot take relu.*put sigmoid.*or take from_logits\(...\)
#include <strata/strata.hpp>

using namespace strata;

#ifdef WRONG
using net = model<input<4> | reshape<2, 2, 1> | conv<1, 1> | relu | max_pool<2> | flatten>;
void teach(net& network) { trainer teacher{network, binary_crossentropy, sgd{}}; }
#else
using net = model<input<4> | reshape<2, 2, 1> | conv<1, 1> | sigmoid | max_pool<2> | flatten>;
void teach(net& network) { trainer teacher{network, binary_crossentropy, sgd{}}; }
#endif
