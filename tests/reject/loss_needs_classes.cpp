// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// expect: the loss sparse_categorical_crossentropy.*cannot take 1.*it needs 2 classes or more
#include <strata/strata.hpp>

using namespace strata;

#ifdef WRONG
using net = model<input<2> | dense<1> | sigmoid>;
#else
using net = model<input<2> | dense<2> | softmax>;
#endif
void teach(net& network) { trainer teacher{network, sparse_categorical_crossentropy, sgd{}}; }
