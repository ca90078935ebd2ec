// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
//
// An activation, a loss and an optimizer that the library does not have. Each is a formula: its derivative is
// taken by the compiler, and it runs in the same kernels as the built-in ones.
#include "command_line.hpp"

#include <strata/strata.hpp>

#include <array>
#include <cmath>
#include <cstdio>
#include <random>
#include <vector>

using namespace strata;

namespace own {
using namespace strata::symbols;
constexpr auto m = variable<"m">; // a state of the optimizer, one number a weight

// Misra 2019.
constexpr auto mish = named_activation<"mish", x * tanh(softplus(x))>;

// Outliers count little, by the logarithm of their distance.
constexpr auto cauchy = loss<"cauchy", log1p(square(prediction - target))>;

// Chen et al. 2023, without weight decay: every weight takes a step of the same length.
struct lion {
    schedule learning_rate = 1e-3;

    auto scalars(double step) const { return bind(rate = learning_rate(step)); }
    static constexpr auto update = rule<(w = w - rate * sign(0.9 * m + 0.1 * g)), (m = 0.99 * m + 0.01 * g)>;
};
} // namespace own

struct points {
    std::vector<float> x, y;
};

float curve(float x) { return std::sin(3 * x) + 0.5f * x; }

/// Points near the curve, of which every tenth is far above it.
points measure_points(std::size_t count) {
    points result;
    std::mt19937 random;
    std::uniform_real_distribution<float> position(-2, 2);
    std::normal_distribution<float> noise(0, 0.1f);
    for (std::size_t i = 0; i < count; ++i) {
        const float x = position(random);
        result.x.push_back(x);
        result.y.push_back(curve(x) + noise(random) + (i % 10 == 0 ? 5.0f : 0.0f));
    }
    return result;
}

template <auto Activation, class Loss, class Optimizer>
void compare(const char* name, const points& data, const given_options& options, Loss loss,
             Optimizer optimizer) {
    model<input<1> | dense<16> | Activation | dense<16> | Activation | dense<1>> net{
        seed{options.count("seed")}};
    trainer teach{net, loss, optimizer};
    teach.fit(data.x, data.y, {.epochs = options.count("epochs"), .verbose = verbosity::silent});

    double sum = 0;
    constexpr int positions = 201;
    for (int i = 0; i < positions; ++i) {
        const std::array<float, 1> x{0.02f * static_cast<float>(i) - 2};
        sum += std::abs(net.predict(x)[0] - curve(x[0]));
    }
    std::printf("%-32s %.3f\n", name, sum / positions);
}

void learn(const given_options& options) {
    using symbols::x;
    std::printf("mish(x)  = %s\n", to_string(own::mish.formula).c_str());
    std::printf("mish'(x) = %s\n\n", to_string(derivative(own::mish.formula, x)).c_str());
    std::printf("cauchy   = %s\n", to_string(own::cauchy.formula).c_str());
    std::printf("cauchy'  = %s\n\n", to_string(derivative(own::cauchy.formula, symbols::prediction)).c_str());

    const points data = measure_points(1000);
    std::puts("mean distance from the curve, learnt from points of which a tenth are 5 too high:");
    compare<own::mish>("mish, cauchy, lion", data, options, own::cauchy, own::lion{});
    compare<own::mish>("mish, cauchy, adam", data, options, own::cauchy, adam{3e-3});
    compare<relu>("relu, huber, adam", data, options, huber<>, adam{3e-3});
    compare<relu>("relu, mean_squared_error, adam", data, options, mean_squared_error, adam{3e-3});
}

int main(int count, char** arguments) {
    return run_example(count, arguments,
                       "Fits a curve with an activation, a loss and an optimizer of its own.",
                       {{"seed", "draws the first weights and the order of the points", "7"},
                        {"epochs", "passes over the 1,000 points", "200"}},
                       learn);
}
