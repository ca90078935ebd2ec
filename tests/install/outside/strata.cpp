// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
//
// A program outside the project, which knows strata as it was installed. It links zlib because of
// a data file.
#include <strata/strata.hpp>

#include <cmath>
#include <cstdio>
#include <filesystem>

using namespace strata;

int main() {
    model<input<1> | dense<1>> net{seed{7}};
    const std::vector<float> x{0, 1, 2, 3};
    const std::vector<float> y{1, 3, 5, 7};
    trainer teach{net, mean_squared_error, sgd{0.1}};
    teach.fit(x, y, {.epochs = 500, .verbose = verbosity::silent});
    write_idx("outside.idx.gz", xt::xtensor<float, 1>{9});
    const auto expected = read_idx<float, 1>("outside.idx.gz");
    std::filesystem::remove("outside.idx.gz");

    const float guess = net.predict(std::array{4.0f})[0];
    std::printf("2 * 4 + 1 = %.3f\n", static_cast<double>(guess));
    return std::abs(guess - expected(0)) < 0.01f ? 0 : 1;
}
