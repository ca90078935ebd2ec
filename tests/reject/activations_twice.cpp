// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// expect: a layer takes one activation
#include <strata/strata.hpp>

using namespace strata;

#ifdef WRONG
using network = model<input<5, 2> | lstm<8, relu, sigmoid, last_step> | dense<1>>;
#else
using network = model<input<5, 2> | lstm<8, relu, recurrent<sigmoid>, last_step> | dense<1>>;
#endif

void run(const network& net, const std::vector<float>& x, std::vector<float>& y) {
    net.predict_batch(x.data(), y.data(), 1);
}
