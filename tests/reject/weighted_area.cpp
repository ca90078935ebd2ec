// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// expect: the metric weighted_roc_auc.*is no sum over rows,.*so it takes no weights and no ignored label
#include <strata/strata.hpp>

using namespace strata;

using net = model<input<2> | dense<1> | sigmoid>;

#ifdef WRONG
void teach(net& network) {
    trainer teacher{network, binary_crossentropy, sgd{}, weighted(roc_auc)};
    teacher.train_on_batch(std::vector<float>{1, 2}, std::vector<float>{1});
}
#else
void teach(net& network) {
    trainer teacher{network, binary_crossentropy, sgd{}, weighted(metrics::f1), roc_auc};
    teacher.train_on_batch(std::vector<float>{1, 2}, std::vector<float>{1});
}
#endif
