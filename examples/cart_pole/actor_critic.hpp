// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

// An agent that learns to hold the pole: proximal policy optimization (Schulman and others 2017), an actor
// and a critic that learn in turns from some steps of several environments side by side. Deep Q-learning
// with a double network, tried beside it, took four times as many steps and failed with every other seed.

#include "networks.hpp"
#include "rollout.hpp"

#include <strata/learning/optimizers.hpp>
#include <strata/model/shared_part.hpp>
#include <strata/random/philox.hpp>
#include <strata/training/trainer.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <type_traits>
#include <vector>

namespace cart_pole {

/// What can be changed while an agent learns.
struct learning_settings {
    double learning_rate = 2e-3;
    double exploration = 0.01; ///< what the entropy of a choice counts beside its advantage
    discounting rewards = {};
};

/// What an agent thinks of a state.
struct opinion {
    std::array<float, 2> chances{}; ///< of both pushes
    float value = 0;

    [[nodiscard]] action best() const noexcept {
        return chances[1] > chances[0] ? action::right : action::left;
    }
};

template <std::size_t Width>
class actor_critic {
public:
    using agent_network = strata::model<agent_topology<Width>>;
    using learner_network = strata::model<learner_topology<Width>>;
    using memory = rollout<8, 64>;

    static constexpr std::size_t environments = memory::environments;
    static constexpr std::size_t batch_size = 64;
    static constexpr std::size_t passes = 10; ///< through the steps of a rollout

    learning_settings learning;
    physics constants;

    explicit actor_critic(strata::seed key, learning_settings first_settings = {},
                          physics first_constants = {})
        : learning(first_settings),
          constants(first_constants),
          learner_(key),
          random_(key, strata::draw_purpose::program) {
        for (episode& each : episodes_)
            each = start();
    }

    /// One step in each environment, and the lesson when there are enough. `finished(steps)` hears of each
    /// episode that ended. Returns whether there was a lesson.
    template <class Finished>
    bool step(const Finished& finished) {
        const std::size_t first = time_ * environments;
        for (std::size_t i = 0; i < environments; ++i)
            memory_.observations[first + i] = observe(episodes_[i].current);
        agent_.predict_batch({memory_.observations[first].data()},
                             {chances_[0].data(), &memory_.values[first]}, environments);
        for (std::size_t i = 0; i < environments; ++i)
            act(i, first + i, finished);
        if (++time_ < memory::horizon)
            return false;
        time_ = 0;
        learn();
        return true;
    }

    [[nodiscard]] opinion judge(const state& current) const {
        const observation seen = observe(current);
        opinion result;
        agent_.predict_batch({seen.data()}, {result.chances.data(), &result.value}, 1);
        return result;
    }

    [[nodiscard]] const agent_network& network() const noexcept { return agent_; }

private:
    [[nodiscard]] episode start() {
        return {draw_start([&] { return random_.uniform(); })};
    }

    template <class Finished>
    void act(std::size_t environment, std::size_t sample, const Finished& finished) {
        episode& current = episodes_[environment];
        const std::array<float, 2>& chances = chances_[environment];
        const std::size_t chosen = random_.uniform() < static_cast<double>(chances[1]);
        memory_.chosen[sample] = chosen;
        // No chance is so small that its inverse is no number.
        inverse_chances_[sample] = {};
        inverse_chances_[sample][chosen] = 1 / std::max(chances[chosen], 1e-6F);

        current.step(static_cast<action>(chosen), constants);
        const bool is_over = current.is_over();
        memory_.outcomes[sample] = current.has_failed() ? outcome::failed
                                   : is_over            ? outcome::cut_off
                                                        : outcome::goes_on;
        if (!current.has_failed() && (is_over || time_ + 1 == memory::horizon))
            memory_.end_values[sample] = judge(current.current).value;
        if (is_over) {
            finished(current.steps);
            current = start();
        }
    }

    void learn() {
        memory_.estimate(learning.rewards);
        memory_.standardize();
        for (std::size_t i = 0; i < memory::samples; ++i) {
            advantages_[i] = {};
            advantages_[i][memory_.chosen[i]] = static_cast<float>(memory_.advantages[i]);
        }
        const std::vector<double> entropy_weights(memory::samples, learning.exploration);
        teach_.set_learning_rate(learning.learning_rate);
        teach_.fit(strata::together(memory_.observations, inverse_chances_),
                   strata::together(advantages_, strata::no_targets, memory_.returns),
                   {.batch_size = batch_size,
                    .epochs = passes,
                    .sample_weight = strata::together(ones_, entropy_weights, ones_),
                    .verbose = strata::verbosity::silent,
                    .threads = 1});
    }

    using optimizer = strata::adam;
    using losses = std::remove_const_t<decltype(agent_losses)>;

    learner_network learner_;
    agent_network agent_ = strata::shared_part<agent_network>(learner_);
    strata::trainer<learner_network, losses, optimizer> teach_{learner_, agent_losses, optimizer{}};
    strata::random_sequence random_;

    std::array<episode, environments> episodes_;
    std::array<std::array<float, 2>, environments> chances_{};
    std::size_t time_ = 0; ///< steps since the last lesson
    memory memory_;
    std::vector<std::array<float, 2>> inverse_chances_ = std::vector<std::array<float, 2>>(memory::samples);
    std::vector<std::array<float, 2>> advantages_ = std::vector<std::array<float, 2>>(memory::samples);
    std::vector<double> ones_ = std::vector<double>(memory::samples, 1.0);
};

} // namespace cart_pole
