// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// expect at first: (cannot initialize a member.*char\[5\]|fit_options).*\.epochs = "five"
#include <strata/strata.hpp>

#include <vector>

using namespace strata;

using net = model<input<8> | dense<16> | relu | dense<10> | softmax>;
void teach(net& network, const std::vector<float>& x, const std::vector<int>& y) {
    trainer teacher{network, sparse_categorical_crossentropy, adam{}, accuracy};
#ifdef WRONG
    teacher.fit(x, y, {.epochs = "five"});
#else
    teacher.fit(x, y, {.epochs = 5});
#endif
}
