// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// expect: callbacks of a learner.*know no snapshots.*they come with strata/training/callbacks.hpp
#include <strata/layers/dense.hpp>
#include <strata/learning/adam.hpp>
#include <strata/learning/cross_entropies.hpp>
#include <strata/training/learner.hpp>
#ifndef WRONG
#    include <strata/training/callbacks.hpp>
#endif

using namespace strata;

struct task {
    static constexpr auto topology = input<2> | dense<1> | sigmoid;
    static constexpr auto loss = binary_crossentropy;
    using optimizer = adam;
};

void teach(learner<task>& network, const xt::xtensor<float, 2>& x, const xt::xtensor<float, 1>& y) {
    network.fit(x, y, {.callbacks = {[](auto& state) { state.restore(state.snapshot()); }}});
}
