// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

// A pole that stands on a cart: the environment of the example and of its page.

#include <array>
#include <cmath>
#include <cstddef>
#include <numbers>

namespace cart_pole {

/// Where cart and pole are, in metres, radians and seconds. At 0 the cart is in the middle, and the pole
/// upright; positive is to the right.
struct state {
    double position = 0;
    double velocity = 0;
    double angle = 0;
    double angular_velocity = 0;
};

/// What an agent sees of a state, as in Gymnasium in single precision.
using observation = std::array<float, 4>;
[[nodiscard]] inline observation observe(const state& seen) noexcept {
    return {static_cast<float>(seen.position), static_cast<float>(seen.velocity),
            static_cast<float>(seen.angle), static_cast<float>(seen.angular_velocity)};
}

/// The constants of Gymnasium's CartPole-v1, in kilograms, metres, newtons and seconds.
struct physics {
    double gravity = 9.8;
    double cart_mass = 1.0;
    double pole_mass = 0.1;
    double half_length = 0.5; ///< from the joint to the pole's centre of mass
    double push = 10.0;       ///< the force of an action, to the left or to the right
    double time_step = 0.02;
};

/// An episode ends when the pole leans more than 12 degrees or the cart is farther than 2.4 m from the
/// middle, and goes on for 500 steps at most.
inline constexpr double greatest_angle = 12 * 2 * std::numbers::pi / 360;
inline constexpr double greatest_position = 2.4;
inline constexpr std::size_t most_steps = 500;

[[nodiscard]] inline bool has_fallen(const state& seen) noexcept {
    return std::abs(seen.position) > greatest_position || std::abs(seen.angle) > greatest_angle;
}

/// The state one step later, under a force on the cart. Equations without friction of Barto, Sutton and
/// Anderson, "Neuronlike adaptive elements that can solve difficult learning control problems" (IEEE
/// Transactions on Systems, Man, and Cybernetics 13, 1983), in the form of Florian, "Correct equations for
/// the dynamics of the cart-pole system" (2007), integrated by Euler's method, as Gymnasium does.
[[nodiscard]] inline state advance(const state& before, double force, const physics& constants) noexcept {
    const double mass = constants.pole_mass + constants.cart_mass;
    const double moment = constants.pole_mass * constants.half_length;
    const double sine = std::sin(before.angle);
    const double cosine = std::cos(before.angle);
    const double pushed =
        (force + moment * (before.angular_velocity * before.angular_velocity) * sine) / mass;
    const double angular_acceleration =
        (constants.gravity * sine - cosine * pushed) /
        (constants.half_length * (4.0 / 3.0 - constants.pole_mass * (cosine * cosine) / mass));
    const double acceleration = pushed - moment * angular_acceleration * cosine / mass;
    return {before.position + constants.time_step * before.velocity,
            before.velocity + constants.time_step * acceleration,
            before.angle + constants.time_step * before.angular_velocity,
            before.angular_velocity + constants.time_step * angular_acceleration};
}

/// What an agent can do in a step.
enum class action : std::size_t { left = 0, right = 1 };

[[nodiscard]] inline double force_of(action chosen, const physics& constants) noexcept {
    return chosen == action::right ? constants.push : -constants.push;
}

/// A first state: each number of it between -0.05 and 0.05. `random()` draws from [0, 1).
template <class Random>
[[nodiscard]] state draw_start(Random&& random) {
    const auto draw = [&] { return 0.1 * random() - 0.05; };
    state result;
    result.position = draw();
    result.velocity = draw();
    result.angle = draw();
    result.angular_velocity = draw();
    return result;
}

/// One attempt to hold the pole.
struct episode {
    state current;
    std::size_t steps = 0; ///< each of which is worth 1

    void step(action chosen, const physics& constants) noexcept {
        current = advance(current, force_of(chosen, constants), constants);
        ++steps;
    }
    [[nodiscard]] bool has_failed() const noexcept { return has_fallen(current); }
    [[nodiscard]] bool is_over() const noexcept { return has_failed() || steps >= most_steps; }
};

} // namespace cart_pole
