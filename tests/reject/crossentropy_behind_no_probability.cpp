// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// expect: loss sparse_categorical_crossentropy.*cannot take dense<3>.*put softmax.*from_logits\(...\)
#include <strata/strata.hpp>

using namespace strata;

#ifdef WRONG
using net = model<input<2> | dense<3>>;
void teach(net& network) { trainer teacher{network, sparse_categorical_crossentropy, sgd{}}; }
#else
using net = model<input<2> | dense<3>>;
void teach(net& network) { trainer teacher{network, from_logits(sparse_categorical_crossentropy), sgd{}}; }
#endif
