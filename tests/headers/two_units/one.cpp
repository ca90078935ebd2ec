// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
//
// Two translation units include everything and link: nothing is defined twice, and both mean the same.
#include "task.hpp"

#include <strata/strata.hpp>

using namespace strata::bedrock;
using network = model<input<2> | dense<2> | tanh | dense<1>>;

double loss_of(network& net);
std::vector<float> expected_numbers();

// The same by a network and a trainer that this file makes.
std::vector<float> expected_numbers() {
    const xt::xtensor<float, 2> x{{0, 1}, {1, 0}, {1, 1}};
    const xt::xtensor<float, 2> y{{1}, {1}, {0}};
    network net{seed{7}};
    trainer teach{net, mean_squared_error, adam{}};
    teach.fit(x, y, {.batch_size = 2, .epochs = 3, .verbose = verbosity::silent});
    std::vector<float> result = net.weights();
    const auto predicted = net.predict(x);
    result.insert(result.end(), predicted.begin(), predicted.end());
    result.push_back(net.predict({{1, 0}})[0]);
    result.push_back(static_cast<float>(teach.evaluate(x, y, {.verbose = verbosity::silent}).loss()));
    return result;
}

int main() {
    network net{seed{7}};
    const xt::xtensor<float, 2> x{{0, 1}, {1, 0}};
    const xt::xtensor<float, 2> y{{1}, {0}};
    trainer teach{net, mean_squared_error, adam{}};
    const bool same_loss = teach.evaluate(x, y, {.verbose = verbosity::silent}).loss() == loss_of(net);
    return same_loss && numbers_of_learner() == expected_numbers() ? 0 : 1;
}
