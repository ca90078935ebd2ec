// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// expect at first: (field designator 'thraeds'.*fit_options|fit_options.*\.thraeds = 2)
#include <strata/strata.hpp>

using namespace strata;

using net = model<input<8> | dense<16> | relu | dense<10> | softmax>;
void teach(net& network, batch_source& source) {
    trainer teacher{network, sparse_categorical_crossentropy, adam{}, accuracy};
#ifdef WRONG
    teacher.fit_batches(source, {.thraeds = 2});
#else
    teacher.fit_batches(source, {.threads = 2});
#endif
}
