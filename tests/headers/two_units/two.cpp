// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#include "task.hpp"

#include <strata/strata.hpp>
#include <strata/training/learner_definition.hpp>

template class strata::learner<exclusive_or>;

using namespace strata::bedrock;
using network = model<input<2> | dense<2> | tanh | dense<1>>;

double loss_of(network& net);

double loss_of(network& net) {
    const xt::xtensor<float, 2> x{{0, 1}, {1, 0}};
    const xt::xtensor<float, 2> y{{1}, {0}};
    trainer teach{net, mean_squared_error, adam{}};
    return teach.evaluate(x, y, {.verbose = verbosity::silent}).loss();
}
