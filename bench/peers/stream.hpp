// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include "raw_file.hpp"
#include "sine_weights.hpp"
#include "timing.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdio>
#include <stdexcept>
#include <string>
#include <vector>

/// What all programs about streams have in common: the cases' names, weights, signals, and how they are
/// timed.
namespace streaming {

/// Weights in Keras's order, array after array.
inline std::vector<float> weights(std::size_t count) { return sine_weights(count, 0.4F); }

/// Two seconds of 48 kHz: a tone and what sweeps through all others.
inline std::vector<float> signal() {
    std::vector<float> result;
    for (std::size_t i = 0; i < 96'000; ++i) {
        const auto time = static_cast<double>(i);
        result.push_back(
            static_cast<float>(0.3 * std::sin(0.031 * time) + 0.2 * std::sin(1e-5 * time * time)));
    }
    return result;
}

/// The samples of silence that networks hear first, more than any of them looks back.
constexpr std::size_t silence = 16'384;

/// process(x, y, steps) takes a block. What it makes of the whole signal.
template <class Process>
std::vector<float> answers(std::size_t block, Process process) {
    const std::vector<float> x = signal();
    std::vector<float> y(x.size());
    for (std::size_t i = 0; i < x.size(); i += block)
        process(x.data() + i, y.data() + i, block);
    return y;
}

/// Prints how far answers are from those that strata wrote to a file, at most.
inline void print_difference(const std::vector<float>& y, const std::string& file) {
    const std::vector<float> wanted = bench::read_numbers<float>(file);
    if (wanted.size() != y.size())
        throw std::runtime_error(file + " has " + std::to_string(wanted.size()) + " numbers, not " +
                                 std::to_string(y.size()));
    double largest = 0;
    for (std::size_t i = 0; i < y.size(); ++i)
        largest = std::max(largest, static_cast<double>(std::abs(y[i] - wanted[i])));
    std::printf("difference %.9f\n", largest);
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
    const double seconds = bench::median_seconds(21, 10, [&] {
        float sum = 0;
        for (const auto& x : inputs)
            sum += step(x);
        bench::keep(sum);
    });
    std::printf("seconds %.12f\nfirst %.5f\n", seconds / count, static_cast<double>(y));
}

/// process(x, y, steps) takes a block. Prints seconds for the whole signal.
template <class Process>
void time_blocks(std::size_t block, Process process) {
    const std::vector<float> x = signal();
    std::vector<float> y(x.size());
    const double seconds = bench::median_seconds(5, 1, [&] {
        for (std::size_t i = 0; i < x.size(); i += block)
            process(x.data() + i, y.data() + i, block);
        bench::keep(y[0]);
    });
    std::printf("seconds %.9f\n", seconds);
}

} // namespace streaming
