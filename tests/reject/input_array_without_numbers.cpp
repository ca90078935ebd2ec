// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// expect: the input array cannot be read.*an array of numbers.*a range of such rows
#include <strata/strata.hpp>

#include <string>
#include <vector>

using namespace strata;

using net = model<input<8> | dense<10> | softmax>;
#ifdef WRONG
using samples = std::vector<std::vector<std::vector<float>>>;
#else
using samples = std::vector<std::vector<float>>;
#endif
void teach(net& network, const samples& x, const std::vector<int>& y) {
    trainer teacher{network, sparse_categorical_crossentropy, adam{}};
    teacher.fit(x, y);
}
