// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// expect: the array to predict has rank 4.*it must have rank 3
#include <strata/strata.hpp>

using namespace strata;

using net = model<input<28, 28> | flatten | dense<10> | softmax>;
#ifdef WRONG
using images = xt::xtensor<float, 4>;
#else
using images = xt::xtensor<float, 3>;
#endif
auto predict(const net& network, const images& x) { return network.predict(x); }
