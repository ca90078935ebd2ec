// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// expect: label_smoothing cannot take mean_squared_error.*it takes a cross-entropy
#include <strata/strata.hpp>

using namespace strata;

using net = model<input<2> | dense<3> | softmax>;
#ifdef WRONG
void teach(net& network) { trainer teacher{network, label_smoothing<0.1>(mean_squared_error), sgd{}}; }
#else
void teach(net& network) { trainer teacher{network, label_smoothing<0.1>(categorical_crossentropy), sgd{}}; }
#endif
