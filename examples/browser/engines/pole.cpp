// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// The engine of the page Pole. Numbers that belong together come in one array, which source/pole/worker.ts
// takes apart.
#include "pole.hpp"
#include "exchange.hpp"

namespace {
std::unique_ptr<pole::learner> agent;
pole::stage shown{strata::seed{}};
cart_pole::physics constants;
} // namespace

/// An agent that knows nothing, and a new pole. `width` is the number of one of the widths.
OFFERED_TO_PAGE(create) void create(std::size_t width, std::size_t seed) {
    const strata::seed key{seed};
    agent = pole::make_learner(std::min(width, pole::widths.size() - 1), key);
    shown = pole::stage(key);
    shown.begin();
}

OFFERED_TO_PAGE(change)
void change(double gravity, double length, double push, double rate, double discount, double exploration) {
    constants.gravity = gravity;
    constants.half_length = length / 2;
    constants.push = push;
    cart_pole::learning_settings settings;
    settings.learning_rate = rate;
    settings.exploration = exploration;
    settings.rewards.discount = discount;
    agent->change(settings, constants);
}

/// So many steps of each environment.
OFFERED_TO_PAGE(learn) void learn(std::size_t rounds) { agent->learn(rounds); }

/// Steps, lessons, episodes, the mean of the last 100, and the episode with which it was solved, or 0.
OFFERED_TO_PAGE(progress) const exchange::view* progress() {
    return exchange::give(
        std::vector<double>{static_cast<double>(agent->steps()), static_cast<double>(agent->lessons()),
                            static_cast<double>(agent->episodes().episodes()), agent->episodes().mean(),
                            static_cast<double>(agent->solved_episode())});
}

/// The lengths of the episodes since the last call.
OFFERED_TO_PAGE(take_lengths) const exchange::view* take_lengths() {
    return exchange::give(std::exchange(agent->lengths(), {}));
}

OFFERED_TO_PAGE(begin_shown) void begin_shown() { shown.begin(); }

/// So many steps of the pole that is shown; `who` pushes: 0 the agent, 1 the reader alone.
OFFERED_TO_PAGE(step_shown) void step_shown(std::size_t steps, std::size_t who, double hand) {
    for (std::size_t i = 0; i < steps; ++i)
        shown.step(*agent, constants, who == 0 ? pole::driver::agent : pole::driver::reader, hand);
}

/// Position, velocity, angle, angular velocity, steps, 1 if the pole has fallen, the last force, the chance
/// of a push to the right, the value, and the longest attempts of agent and reader.
OFFERED_TO_PAGE(look) const exchange::view* look() {
    const pole::state& current = shown.current();
    const pole::opinion thought = agent->judge(current);
    return exchange::give(
        std::vector<double>{current.position, current.velocity, current.angle, current.angular_velocity,
                            static_cast<double>(shown.steps()), shown.has_fallen() ? 1.0 : 0.0, shown.force(),
                            static_cast<double>(thought.chances[1]), static_cast<double>(thought.value),
                            static_cast<double>(shown.longest(pole::driver::agent)),
                            static_cast<double>(shown.longest(pole::driver::reader))});
}

/// [rows][columns] values, then as many chances of a push to the right, around the cart that is shown.
OFFERED_TO_PAGE(draw_map) const exchange::view* draw_map(std::size_t columns, std::size_t rows) {
    const pole::state& current = shown.current();
    pole::map drawn = pole::draw_map(*agent, columns, rows, current.position, current.velocity);
    drawn.values.insert(drawn.values.end(), drawn.chances.begin(), drawn.chances.end());
    return exchange::give(std::move(drawn.values));
}

/// The network as C++.
OFFERED_TO_PAGE(type) const exchange::view* type() { return exchange::give(agent->type()); }
