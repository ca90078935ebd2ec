// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// expect: from_logits\(...\) cannot take softmax.*leave one of both out
#include <strata/strata.hpp>

using namespace strata;

#ifdef WRONG
using net = model<input<2> | dense<3> | softmax>;
void teach(net& network) { trainer teacher{network, from_logits(categorical_crossentropy), sgd{}}; }
#else
using net = model<input<2> | dense<3> | softmax>;
void teach(net& network) { trainer teacher{network, categorical_crossentropy, sgd{}}; }
#endif
