// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
//
// 2 x + 1, learnt from four points.
#include <strata.hpp>

#include "network.hpp"

#include <cmath>
#include <cstdio>

using namespace strata;

// Called as what is local in the header.
int samples = 1, size = 1, place = 1, rows = 1, weight = 1, number = 1;

int main(int count, char** arguments) {
    if (count != 2)
        return 2;
    line net{seed{7}};
    const std::vector<float> x{0, 1, 2, 3};
    const std::vector<float> y{1, 3, 5, 7};
    trainer teach{net, mean_squared_error, sgd{0.1}};
    teach.fit(x, y, {.epochs = 500, .verbose = verbosity::silent});
    teach.save(arguments[1]);
    teach.load(arguments[1]);

    const float here = net.predict(std::array{4.0f})[0];
    const float there = predict_in_other(net, 4);
    std::printf("2 * 4 + 1 = %.3f\n", static_cast<double>(here));
    return std::abs(here - 9) < 0.01f && here == there && write_and_read(arguments[1], x) == x ? 0 : 1;
}
