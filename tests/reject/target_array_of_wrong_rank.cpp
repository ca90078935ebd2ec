// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// expect: the target array has rank 3.*it must have rank 2
#include <strata/strata.hpp>

using namespace strata;

using net = model<input<8> | dense<10> | softmax>;
#ifdef WRONG
using targets = xt::xtensor<float, 3>;
#else
using targets = xt::xtensor<float, 2>;
#endif
void teach(net& network, const xt::xtensor<float, 2>& x, const targets& y) {
    trainer teacher{network, categorical_crossentropy, sgd{}};
    teacher.fit(x, y);
}
