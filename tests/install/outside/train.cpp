// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
//
// Trains, saves and goes on, without zlib, and with OpenMP where there is some.
#include <strata/io/checkpoint.hpp>
#include <strata/layers/layers.hpp>
#include <strata/learning/optimizers.hpp>
#include <strata/training/trainer.hpp>

#include <cmath>
#include <cstdio>
#include <filesystem>

using namespace strata;

int main() {
    model<input<1> | dense<1>> net{seed{7}};
    const std::vector<float> x{0, 1, 2, 3};
    const std::vector<float> y{1, 3, 5, 7};
    trainer teach{net, mean_squared_error, sgd{0.1}};
    teach.fit(x, y, {.epochs = 250, .verbose = verbosity::silent});
    teach.save("outside.strata");
    teach.load("outside.strata");
    std::filesystem::remove("outside.strata");
    teach.fit(x, y, {.epochs = 250, .verbose = verbosity::silent});
    const float guess = net.predict(std::array{4.0f})[0];
#ifdef _OPENMP
    const char* const threads = "with OpenMP";
#else
    const char* const threads = "without OpenMP";
#endif
    std::printf("2 * 4 + 1 = %.3f, %s\n", static_cast<double>(guess), threads);
    return std::abs(guess - 9) < 0.01f ? 0 : 1;
}
