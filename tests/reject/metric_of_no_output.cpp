// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// expect: the metric output_3_accuracy.*is of output 3.*the network has 2
#include <strata/strata.hpp>

using namespace strata;

#ifdef WRONG
using net = model<input<2> | branches(dense<3> | softmax, dense<1> | sigmoid)>;
void teach(net& network) {
    trainer teacher{network, losses(sparse_categorical_crossentropy, binary_crossentropy), sgd{},
                    of_output<2>(accuracy)};
}
#else
using net = model<input<2> | branches(dense<3> | softmax, dense<1> | sigmoid)>;
void teach(net& network) {
    trainer teacher{network, losses(sparse_categorical_crossentropy, binary_crossentropy), sgd{},
                    of_output<1>(accuracy)};
}
#endif
