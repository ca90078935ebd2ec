// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// expect: the array of labels has rank 3.*it must have rank 2.*one-hot rows are for categorical_crossentropy
#include <strata/strata.hpp>

#include <string>
#include <vector>

using namespace strata;

using net = model<input<7, 8> | dense<10> | softmax>;
#ifdef WRONG
using labels = xt::xtensor<float, 3>;
#else
using labels = xt::xtensor<int, 2>;
#endif
void teach(net& network, const std::vector<float>& x, const labels& y) {
    trainer teacher{network, sparse_categorical_crossentropy, adam{}};
    teacher.fit(x, y);
}
