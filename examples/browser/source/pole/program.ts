// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// The page's agent as a program in C++.
import type { Settings } from "./sizes";

/** A number as C++ reads it. */
const written = (value: number): string => (Number.isInteger(value) ? `${value}.0` : String(value));

/** A program that learns what the page learns; its place is the folder of strata's examples. */
export function program(width: number, seed: number, settings: Settings): string {
    const { gravity, length, push, rate, discount, exploration } = settings;
    return `#include "cart_pole/actor_critic.hpp"
#include "cart_pole/course.hpp"

#include <cstdio>

int main() {
    cart_pole::physics world;
    world.gravity = ${written(gravity)};
    world.half_length = ${written(length / 2)};
    world.push = ${written(push)};

    cart_pole::learning_settings settings;
    settings.learning_rate = ${written(rate)};
    settings.exploration = ${written(exploration)};
    settings.rewards.discount = ${written(discount)};

    cart_pole::actor_critic<${width}> agent{strata::seed{${seed}}, settings, world};
    cart_pole::course episodes;
    while (!episodes.is_solved() && episodes.episodes() < 10'000)
        agent.step([&](std::size_t steps) { episodes.add(steps); });
    std::printf("%zu episodes, the last 100 of %.1f steps\\n", episodes.episodes(), episodes.mean());
}
`;
}
