// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
//
// The same network as xor.cpp learns the easier or: every first weights will do.
#include "command_line.hpp"

#include <strata/strata.hpp>

#include <chrono>
#include <cstdio>

using namespace strata;

using inclusive_or = model<input<2> | dense<2> | sigmoid | dense<1> | sigmoid>;

void learn(const given_options& options) {
    const xt::xtensor<float, 2> x{{0, 0}, {0, 1}, {1, 0}, {1, 1}};
    const xt::xtensor<float, 2> y{{0}, {1}, {1}, {1}};

    const auto begin = std::chrono::steady_clock::now();
    inclusive_or net{seed{options.count("seed")}};
    trainer teach{net, mean_squared_error, sgd{options.number<double>("rate")}};
    teach.fit(x, y, {.batch_size = 1, .epochs = options.count("epochs"), .verbose = verbosity::silent});
    const std::chrono::duration<double> time = std::chrono::steady_clock::now() - begin;

    const auto p = net.predict(x);
    for (std::size_t i = 0; i < 4; ++i)
        std::printf("%.0f or %.0f = %.4f\n", x(i, 0), x(i, 1), p(i, 0));
    std::printf("learnt in %.3f s, loss %.2e\n", time.count(),
                teach.evaluate(x, y, {.verbose = verbosity::silent}).loss());
}

int main(int count, char** arguments) {
    return run_example(count, arguments, "Learns or with a 2-2-1 network.",
                       {{"seed", "draws the first weights and the order of the samples", "7"},
                        {"epochs", "passes over the four samples", "10000"},
                        {"rate", "learning rate", "0.1"}},
                       learn);
}
