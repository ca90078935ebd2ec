// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// expect: the array of labels is a std::vector<bool>.*std::vector<std::uint8_t>
#include <strata/strata.hpp>

#include <string>
#include <vector>

using namespace strata;

using net = model<input<8> | dense<2> | softmax>;
#ifdef WRONG
using labels = std::vector<bool>;
#else
using labels = std::vector<std::uint8_t>;
#endif
void teach(net& network, const std::vector<float>& x, const labels& y) {
    trainer teacher{network, sparse_categorical_crossentropy, adam{}};
    teacher.fit(x, y);
}
