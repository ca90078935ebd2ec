// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
//
// Two translation units include everything and link: nothing is defined twice, and both mean the same.
#include <strata/strata.hpp>

using namespace strata::bedrock;
using network = model<input<2> | dense<2> | tanh | dense<1>>;

double loss_of(network& net);

int main() {
    network net{seed{7}};
    const xt::xtensor<float, 2> x{{0, 1}, {1, 0}};
    const xt::xtensor<float, 2> y{{1}, {0}};
    trainer teach{net, mean_squared_error, adam{}};
    return teach.evaluate(x, y, {.verbose = verbosity::silent}).loss() == loss_of(net) ? 0 : 1;
}
