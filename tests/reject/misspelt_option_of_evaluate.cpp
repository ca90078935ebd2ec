// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// expect at first: (field designator 'threat'.*evaluate_options|evaluate_options.*\.threat = 2)
#include <strata/strata.hpp>

#include <vector>

using namespace strata;

using net = model<input<8> | dense<16> | relu | dense<10> | softmax>;
void teach(net& network, const std::vector<float>& x, const std::vector<int>& y) {
    trainer teacher{network, sparse_categorical_crossentropy, adam{}, accuracy};
#ifdef WRONG
    teacher.evaluate(x, y, {.threat = 2});
#else
    teacher.evaluate(x, y, {.threads = 2});
#endif
}
