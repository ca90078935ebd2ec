// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// expect: the array of labels holds texts.*a label is a number, 0 for the first class
#include <strata/strata.hpp>

#include <string>
#include <vector>

using namespace strata;

using net = model<input<8> | dense<10> | softmax>;
#ifdef WRONG
using labels = std::vector<std::string>;
#else
using labels = std::vector<int>;
#endif
void teach(net& network, const std::vector<float>& x, const labels& y) {
    trainer teacher{network, sparse_categorical_crossentropy, adam{}};
    teacher.fit(x, y);
}
