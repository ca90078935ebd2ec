// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include "peers/controller_weights.hpp"
#include "timing.hpp"

#include <array>
#include <cmath>
#include <cstdio>
#include <ctime>
#include <stdexcept>
#include <string>
#include <vector>

/// What all programs that train small networks which control something have in common: data, first weights,
/// settings, and how they are timed.
///   PROGRAM 6_64_8_4|4_32_32_2 sgd|adam 1|32
namespace controller {

inline constexpr std::size_t samples = 64;
inline constexpr float rate_of_descent = 0.01F;
inline constexpr float rate_of_adam = 0.001F;

/// The samples go round: [samples][inputs] and [samples][outputs], aligned for any register.
template <std::size_t Inputs, std::size_t Outputs>
struct experience {
    alignas(64) std::array<float, samples * Inputs> x;
    alignas(64) std::array<float, samples * Outputs> y;

    experience() {
        for (std::size_t i = 0; i < x.size(); ++i)
            x[i] = static_cast<float>(std::sin(0.37 * static_cast<double>(i)));
        for (std::size_t i = 0; i < y.size(); ++i)
            y[i] = 0.8F * static_cast<float>(std::cos(0.53 * static_cast<double>(i)));
    }
};

struct task {
    std::string network;
    bool uses_adam;
    std::size_t batch;
};
inline task read_task(int count, char** arguments) {
    if (count != 4)
        throw std::runtime_error("expected 6_64_8_4|4_32_32_2 sgd|adam 1|32");
    return {arguments[1], std::string(arguments[2]) == "adam", std::string(arguments[3]) == "1" ? 1U : 32U};
}

/// Prints the seconds of a step and the last loss. learn() makes so many steps and returns the loss of the
/// last one. The time is the processor's, of one thread, since a machine may be busy.
template <class Learn>
void time_learning(std::size_t steps, Learn learn) {
    double loss = 0;
    std::vector<double> times;
    for (int run = 0; run < 31; ++run) {
        const std::clock_t begin = std::clock();
        loss = learn();
        times.push_back(static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC);
    }
    std::printf("seconds %.12f\nloss %.5f\n", bench::median(times) / static_cast<double>(steps), loss);
}

/// The same of steps one by one: train(first) trains with a batch, whose first sample that is, and returns
/// its loss.
template <class Train>
void time_steps(std::size_t batch, Train train) {
    constexpr std::size_t rounds = 40;
    time_learning(rounds * samples / batch, [&] {
        double loss = 0;
        for (std::size_t round = 0; round < rounds; ++round)
            for (std::size_t first = 0; first < samples; first += batch)
                loss = static_cast<double>(train(first));
        return loss;
    });
}

} // namespace controller
