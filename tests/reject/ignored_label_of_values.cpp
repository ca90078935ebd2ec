// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// expect: ignore_label cannot take mean_squared_error.*it takes a loss of labels
#include <strata/strata.hpp>

using namespace strata;

using net = model<input<2> | dense<3> | softmax>;

#ifdef WRONG
void teach(net& network) { trainer teacher{network, ignore_label<255>(mean_squared_error), sgd{}}; }
#else
void teach(net& network) {
    trainer teacher{network, ignore_label<255>(sparse_categorical_crossentropy), sgd{}};
}
#endif
