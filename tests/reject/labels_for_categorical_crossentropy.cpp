// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// expect: the target array has rank 1.*it must have rank 2.*labels are for sparse_categorical_crossentropy
#include <strata/strata.hpp>

#include <string>
#include <vector>

using namespace strata;

using net = model<input<8> | dense<10> | softmax>;
#ifdef WRONG
using targets = xt::xtensor<int, 1>;
#else
using targets = xt::xtensor<float, 2>;
#endif
void teach(net& network, const std::vector<float>& x, const targets& y) {
    trainer teacher{network, categorical_crossentropy, adam{}};
    teacher.fit(x, y);
}
