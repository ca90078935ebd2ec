// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// expect: a layer takes one option of a kind
#include <strata/strata.hpp>

using namespace strata;

#ifdef WRONG
using network = model<input<2> | dense<1, l1<0.5>, l2<100.0>>>;
#else
using network = model<input<2> | dense<1, l1_l2<0.5, 100.0>>>;
#endif

void teach(network& net, const std::vector<float>& x, const std::vector<float>& y) {
    trainer teacher{net, mean_squared_error, sgd{}};
    teacher.fit(x, y);
}
