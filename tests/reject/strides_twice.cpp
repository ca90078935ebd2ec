// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// expect: a layer takes one option of a kind
#include <strata/strata.hpp>

using namespace strata;

#ifdef WRONG
using network = model<input<8, 8, 1> | conv<4, 3, stride<2>, stride<3>> | flatten | dense<1>>;
#else
using network = model<input<8, 8, 1> | conv<4, 3, stride<3>> | flatten | dense<1>>;
#endif

void run(const network& net, const std::vector<float>& x, std::vector<float>& y) {
    net.predict_batch(x.data(), y.data(), 1);
}
