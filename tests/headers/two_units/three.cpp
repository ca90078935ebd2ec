// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).

// Uses what two.cpp makes of templates, and sees no kernel.
#include "task.hpp"

#ifdef XSIMD_HPP
#    error "strata/training/learner.hpp includes kernels"
#endif

std::vector<float> numbers_of_learner() {
    const xt::xtensor<float, 2> x{{0, 1}, {1, 0}, {1, 1}};
    const xt::xtensor<float, 2> y{{1}, {1}, {0}};
    strata::learner<exclusive_or> net{strata::seed{7}};
    net.fit(x, y, {.batch_size = 2, .epochs = 3, .verbose = strata::verbosity::silent});
    const strata::training_snapshot state = net.snapshot();
    net.train_on_batch(x, y);
    net.restore(state);

    strata::learner<exclusive_or> other{strata::seed{8}};
    other.set_weights(net.weights());
    std::vector<float> result = other.weights();
    const auto predicted = other.predict(x);
    result.insert(result.end(), predicted.begin(), predicted.end());
    result.push_back(std::move(other).predict({{1, 0}})[0]);
    result.push_back(static_cast<float>(net.evaluate(x, y, {.verbose = strata::verbosity::silent}).loss()));
    return result;
}
