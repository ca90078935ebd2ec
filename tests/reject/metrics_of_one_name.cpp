// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// expect: the metric bias.*is not the only one.*of its name
#include <strata/strata.hpp>

using namespace strata;
using namespace strata::symbols;

using net = model<input<2> | dense<3> | softmax>;

#ifdef WRONG
void teach(net& network) {
    trainer teacher{network, categorical_crossentropy, sgd{}, metric<"bias", prediction - target>,
                    metric<"bias", target - prediction>};
}
#else
void teach(net& network) {
    trainer teacher{network, categorical_crossentropy, sgd{}, metric<"bias", prediction - target>, top_k<1>,
                    top_k<2>};
}
#endif
