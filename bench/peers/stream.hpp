// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include "timing.hpp"

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdio>
#include <string>
#include <vector>

/// What all programs about streams have in common: the cases' names, weights, signals, and how they are
/// timed.
namespace streaming {

/// Weights in Keras's order, array after array.
inline std::vector<float> weights(std::size_t count) {
    std::vector<float> result;
    for (std::size_t i = 0; i < count; ++i)
        result.push_back(0.4f * static_cast<float>(std::sin(1.7 * static_cast<double>(i))));
    return result;
}

/// Two seconds of 48 kHz.
inline std::vector<float> signal() {
    std::vector<float> result;
    for (std::size_t i = 0; i < 96'000; ++i)
        result.push_back(0.5f * static_cast<float>(std::sin(0.031 * static_cast<double>(i))));
    return result;
}

/// step(x) gives y[0] for one step of `Inputs` numbers. Prints seconds a step, and what comes out of 100
/// steps.
template <std::size_t Inputs, class Step>
void time_steps(Step step) {
    constexpr std::size_t count = 4096;
    alignas(64) static float inputs[count][(Inputs + 15) / 16 * 16];
    for (std::size_t i = 0; i < count; ++i)
        for (std::size_t k = 0; k < Inputs; ++k)
            inputs[i][k] = static_cast<float>((7 * i + 13 * k) % 64) / 32 - 1;
    float y = 0;
    for (std::size_t i = 0; i < 100; ++i)
        y = step(inputs[i]);
    const double seconds = bench::median_seconds(41, 10, [&] {
        float sum = 0;
        for (const auto& x : inputs)
            sum += step(x);
        bench::keep(sum);
    });
    std::printf("seconds %.12f\nfirst %.5f\n", seconds / count, static_cast<double>(y));
}

/// process(x, y, steps) takes a block. Prints seconds for the whole signal, and its last sample.
template <class Process>
void time_blocks(std::size_t block, Process process) {
    const std::vector<float> x = signal();
    std::vector<float> y(x.size());
    const double seconds = bench::median_seconds(11, 1, [&] {
        for (std::size_t i = 0; i < x.size(); i += block)
            process(x.data() + i, y.data() + i, block);
    });
    std::printf("seconds %.9f\nfirst %.5f\n", seconds, static_cast<double>(y.back()));
}

} // namespace streaming
