// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
//
// Reinforcement learning: the agent of examples/cart_pole.cpp learns for some lessons. Prints the
// microseconds of a step, lessons included, and how long the pole stands afterwards, without exploring.
//   cart_pole LESSONS SEED
#include "../../examples/cart_pole/actor_critic.hpp"

#include <cstdio>
#include <cstdlib>
#include <ctime>

using namespace cart_pole;
using agent = actor_critic<32>;

namespace {
double mean_of_holding(const agent& learnt, strata::seed key) {
    constexpr std::uint32_t attempts = 100;
    std::size_t sum = 0;
    for (std::uint32_t i = 0; i < attempts; ++i) {
        strata::random_sequence random(key, strata::draw_purpose::program, i + 1);
        episode attempt{draw_start([&] { return random.uniform(); })};
        while (!attempt.is_over())
            attempt.step(learnt.judge(attempt.current).best(), {});
        sum += attempt.steps;
    }
    return static_cast<double>(sum) / attempts;
}
} // namespace

int main(int count, char** arguments) {
    if (count != 3)
        return 1;
    const std::size_t lessons = std::strtoul(arguments[1], nullptr, 10);
    const strata::seed key{std::strtoul(arguments[2], nullptr, 10)};
    agent pupil{key};
    std::size_t steps = 0;
    const std::clock_t begin = std::clock(); // one thread, on a machine that may be busy
    for (std::size_t taken = 0; taken < lessons; steps += agent::environments)
        taken += pupil.step([](std::size_t) {});
    const double microseconds = 1e6 * static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
    std::printf("microseconds %.4f\n", microseconds / static_cast<double>(steps));
    std::printf("steps %zu\n", steps);
    std::printf("held %.1f\n", mean_of_holding(pupil, key));
}
