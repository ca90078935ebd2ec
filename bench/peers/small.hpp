// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include "peers/controller_weights.hpp"
#include "timing.hpp"

#include <array>
#include <cmath>
#include <cstdio>
#include <stdexcept>
#include <string>
#include <vector>

/// What all programs about small networks have in common: data, first weights, and how they are timed.
namespace small {

inline constexpr std::array<float, 8> corners{0, 0, 0, 1, 1, 0, 1, 1};
inline constexpr std::array<float, 4> truths{0, 1, 1, 0};
inline constexpr std::size_t xor_epochs = 10'000;
/// Kernel [2][2], bias [2], kernel [2][1], bias [1].
inline const std::vector<float> xor_weights{0.7f, -0.4f, 0.3f, 0.9f, 0, 0, -0.8f, 0.6f, 0};

/// The weights of the 1-8-8-1 network, in Keras's order.
inline std::vector<float> tanh_weights() {
    std::vector<float> result;
    for (int i = 0; i < 1 * 8 + 8 + 8 * 8 + 8 + 8 + 1; ++i)
        result.push_back(0.6f * static_cast<float>(std::sin(1.7 * i)));
    return result;
}

inline std::string mode(int count, char** arguments) {
    if (count != 2)
        throw std::runtime_error("expected xor|given|fed_back|6_64_8_4|4_32_32_2");
    return arguments[1];
}

template <class Learn>
void time_xor(Learn learn) {
    std::printf("seconds %.9f\n", bench::median_seconds(11, 1, learn));
}

/// predict(x) gives y.
template <class Predict>
void time_predictions(const std::string& mode, Predict predict) {
    constexpr std::size_t count = 200'000;
    float last = 0;
    std::vector<double> times;
    for (int run = 0; run < 11; ++run)
        times.push_back(bench::seconds([&] {
                            float sum = 0;
                            last = 0.1f;
                            if (mode == "given")
                                for (std::size_t i = 0; i < count; ++i)
                                    sum += predict(static_cast<float>(i % 1024) * 1e-3f);
                            else
                                for (std::size_t i = 0; i < count; ++i)
                                    last = predict(last);
                            bench::keep(sum);
                            bench::keep(last);
                        }) /
                        count);
    std::printf("seconds %.12f\nfirst %.6f\n", bench::median(times), static_cast<double>(predict(0.1f)));
}

/// predict(x, y) makes y of x, `inputs` numbers at a place that is aligned for any register.
template <class Predict>
void time_controller(std::size_t inputs, Predict predict) {
    constexpr std::size_t count = 100'000, rows = 64, step = 16;
    alignas(64) static float x[rows * step], y[64];
    for (std::size_t i = 0; i < rows * step; ++i)
        x[i] = i % step < inputs ? static_cast<float>(std::sin(0.37 * static_cast<double>(i))) : 0.0f;
    std::vector<double> times;
    for (int run = 0; run < 11; ++run)
        times.push_back(bench::seconds([&] {
                            float sum = 0;
                            for (std::size_t i = 0; i < count; ++i) {
                                predict(x + i % rows * step, y);
                                sum += y[0];
                            }
                            bench::keep(sum);
                        }) /
                        count);
    predict(x, y);
    std::printf("seconds %.12f\nfirst %.6f\n", bench::median(times), static_cast<double>(y[0]));
}

} // namespace small
