// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// expect at first: (field designator 'batchsize'.*fit_options|fit_options.*\.batchsize = 32)
#include <strata/strata.hpp>

#include <vector>

using namespace strata;

using net = model<input<8> | dense<16> | relu | dense<10> | softmax>;
void teach(net& network, const std::vector<float>& x, const std::vector<int>& y) {
    trainer teacher{network, sparse_categorical_crossentropy, adam{}, accuracy};
#ifdef WRONG
    teacher.fit(x, y, {.batchsize = 32});
#else
    teacher.fit(x, y, {.batch_size = 32});
#endif
}
