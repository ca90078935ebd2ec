// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// expect: the loss ctc.*cannot take softmax.*it wants logits: leave it out
#include <strata/strata.hpp>

using namespace strata;

#ifdef WRONG
using net = model<input<8, 4> | dense<3> | softmax>;
#else
using net = model<input<8, 4> | dense<3>>;
#endif
void teach(net& network) { trainer teacher{network, ctc, sgd{}}; }
