// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

// What an agent saw and did in some steps, and what it can learn from that.

#include "environment.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

namespace cart_pole {

/// How a step's environment goes on.
enum class outcome : unsigned char {
    goes_on,
    failed,  ///< nothing is to be had any more
    cut_off, ///< the limit of steps was reached, and what would have been to be had is estimated
};

/// How advantages are estimated.
struct discounting {
    double discount = 0.99; ///< what the next step's reward counts beside this one's
    double trace = 0.95;    ///< lambda: how much farther rewards are trusted than the critic
};

/// Steps of several environments side by side; sample `time * Environments + environment` of each array is
/// one.
template <std::size_t Environments, std::size_t Horizon>
struct rollout {
    static constexpr std::size_t environments = Environments;
    static constexpr std::size_t horizon = Horizon;
    static constexpr std::size_t samples = Environments * Horizon;
    template <class T>
    using array = std::vector<T>;

    array<observation> observations = array<observation>(samples);
    array<std::size_t> chosen = array<std::size_t>(samples); ///< the action
    array<float> values = array<float>(samples);             ///< of the state, by the critic
    array<outcome> outcomes = array<outcome>(samples);
    array<float> end_values =
        array<float>(samples); ///< of the state behind the last step, or one that was cut off

    // What `estimate` makes of them.
    array<double> advantages = array<double>(samples);
    array<float> returns = array<float>(samples);

    /// Generalized advantages (Schulman and others, "High-dimensional continuous control using generalized
    /// advantage estimation", 2016, equation 16): of each step what followed, beyond the state's value, sum_k
    /// (discount * trace)^k (reward + discount * value_{k+1} - value_k). A reward is 1 - discount, which
    /// makes 1 the value of a pole that never falls. Returns are advantages plus values, what the critic
    /// learns.
    void estimate(const discounting& rule) {
        const double reward = 1 - rule.discount;
        for (std::size_t environment = 0; environment < Environments; ++environment) {
            double advantage = 0;
            for (std::size_t time = Horizon; time-- > 0;) {
                const std::size_t sample = time * Environments + environment;
                const bool goes_on = outcomes[sample] == outcome::goes_on;
                const double next_value = outcomes[sample] == outcome::failed ? 0.0
                                          : goes_on && time + 1 < Horizon
                                              ? static_cast<double>(values[sample + Environments])
                                              : static_cast<double>(end_values[sample]);
                const auto value = static_cast<double>(values[sample]);
                const double error = reward + rule.discount * next_value - value;
                advantage = error + (goes_on ? rule.discount * rule.trace * advantage : 0.0);
                advantages[sample] = advantage;
                returns[sample] = static_cast<float>(advantage + value);
            }
        }
    }

    /// Advantages with the mean 0 and the deviation 1, so that a learning rate fits at any time of learning.
    void standardize() {
        double sum = 0;
        for (const double advantage : advantages)
            sum += advantage;
        const double mean = sum / samples;
        double squares = 0;
        for (const double advantage : advantages)
            squares += (advantage - mean) * (advantage - mean);
        const double deviation = std::max(std::sqrt(squares / samples), 1e-8);
        for (double& advantage : advantages)
            advantage = (advantage - mean) / deviation;
    }
};

} // namespace cart_pole
