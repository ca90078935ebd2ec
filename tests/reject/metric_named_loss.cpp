// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// expect: the metric loss.*has the name of.*a loss or a score of validation
#include <strata/strata.hpp>

using namespace strata;
using namespace strata::symbols;

using net = model<input<2> | dense<1>>;

#ifdef WRONG
void teach(net& network) {
    trainer teacher{network, mean_squared_error, sgd{}, metric<"loss", prediction - target>};
}
#else
void teach(net& network) {
    trainer teacher{network, mean_squared_error, sgd{}, metric<"lost", prediction - target>};
}
#endif
