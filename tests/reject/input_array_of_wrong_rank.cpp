// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// expect: the input array has rank 2.*it must have rank 3
#include <strata/strata.hpp>

using namespace strata;

using net = model<input<28, 28> | flatten | dense<10> | softmax>;
#ifdef WRONG
using images = xt::xtensor<float, 2>;
#else
using images = xt::xtensor<float, 3>;
#endif
void teach(net& network, const images& x, const xt::xtensor<int, 1>& y) {
    trainer teacher{network, sparse_categorical_crossentropy, sgd{}};
    teacher.fit(x, y);
}
