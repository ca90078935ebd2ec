// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include "../../cart_pole/actor_critic.hpp"
#include "../../cart_pole/course.hpp"

#include <strata/source/to_string.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

// What the page Pole computes: an agent that learns, and a pole that it, or the reader, holds. The width of
// the networks, which the page chooses, is a type; behind `learner` it is one of those that are compiled.
namespace pole {

using cart_pole::opinion;
using cart_pole::state;

inline constexpr std::array<std::size_t, 3> widths{4, 32, 128};

/// An agent of any of the widths.
class learner {
public:
    virtual ~learner() = default;

    /// So many steps of each environment.
    virtual void learn(std::size_t rounds) = 0;
    [[nodiscard]] virtual opinion judge(const state& current) const = 0;
    /// What it thinks of many states: [states][2] chances and [states] values.
    virtual void judge(std::span<const cart_pole::observation> seen, std::span<float> chances,
                       std::span<float> values) const = 0;
    virtual void change(const cart_pole::learning_settings& settings,
                        const cart_pole::physics& constants) = 0;
    /// The network as C++.
    [[nodiscard]] virtual std::string type() const = 0;

    [[nodiscard]] const cart_pole::course& episodes() const noexcept { return episodes_; }
    /// The lengths of the episodes since the list was emptied.
    [[nodiscard]] std::vector<std::uint32_t>& lengths() noexcept { return lengths_; }
    [[nodiscard]] std::uint64_t steps() const noexcept { return steps_; }
    [[nodiscard]] std::uint64_t lessons() const noexcept { return lessons_; }
    /// The episode with which the problem was solved first; 0: it is not.
    [[nodiscard]] std::size_t solved_episode() const noexcept { return solved_episode_; }

protected:
    void note(std::size_t length) {
        episodes_.add(length);
        lengths_.push_back(static_cast<std::uint32_t>(length));
        if (solved_episode_ == 0 && episodes_.is_solved())
            solved_episode_ = episodes_.episodes();
    }

    cart_pole::course episodes_;
    std::vector<std::uint32_t> lengths_;
    std::uint64_t steps_ = 0;
    std::uint64_t lessons_ = 0;
    std::size_t solved_episode_ = 0;
};

template <std::size_t Width>
class learner_of_width final : public learner {
    using agent = cart_pole::actor_critic<Width>;

public:
    explicit learner_of_width(strata::seed key) : agent_(key) {}

    void learn(std::size_t rounds) override {
        for (std::size_t i = 0; i < rounds; ++i) {
            lessons_ += agent_.step([&](std::size_t length) { note(length); });
            steps_ += agent::environments;
        }
    }
    [[nodiscard]] opinion judge(const state& current) const override { return agent_.judge(current); }
    void judge(std::span<const cart_pole::observation> seen, std::span<float> chances,
               std::span<float> values) const override {
        agent_.network().predict_batch({seen[0].data()}, {chances.data(), values.data()}, seen.size());
    }
    void change(const cart_pole::learning_settings& settings, const cart_pole::physics& constants) override {
        agent_.learning = settings;
        agent_.constants = constants;
    }
    [[nodiscard]] std::string type() const override {
        return strata::to_string(cart_pole::agent_topology<Width>);
    }

private:
    agent agent_;
};

/// The learner whose width is the one with this number.
inline std::unique_ptr<learner> make_learner(std::size_t number, strata::seed key) {
    return [&]<std::size_t... I>(std::index_sequence<I...>) {
        std::unique_ptr<learner> result;
        ((I == number && (result = std::make_unique<learner_of_width<widths[I]>>(key))) || ...);
        return result;
    }
    (std::make_index_sequence<widths.size()>{});
}

/// Who pushes the cart that is shown.
enum class driver : std::uint32_t { agent, reader };

/// The cart that is shown. It goes on for as long as its pole stands.
class stage {
public:
    explicit stage(strata::seed key) : random_(key, strata::draw_purpose::program, shown_sequence) {}

    void begin() {
        current_ = cart_pole::draw_start([&] { return random_.uniform(); });
        steps_ = 0;
        force_ = 0;
    }

    /// One step with the likelier push of the agent, or without one, and the reader's force besides. Nothing
    /// moves once the pole has fallen.
    void step(const learner& agent, const cart_pole::physics& constants, driver who, double hand) {
        if (has_fallen())
            return;
        force_ = hand;
        if (who == driver::agent)
            force_ += cart_pole::force_of(agent.judge(current_).best(), constants);
        current_ = cart_pole::advance(current_, force_, constants);
        ++steps_;
        longest_[static_cast<std::size_t>(who)] = std::max(longest_[static_cast<std::size_t>(who)], steps_);
    }

    [[nodiscard]] const state& current() const noexcept { return current_; }
    [[nodiscard]] bool has_fallen() const noexcept { return cart_pole::has_fallen(current_); }
    [[nodiscard]] std::uint64_t steps() const noexcept { return steps_; }
    [[nodiscard]] double force() const noexcept { return force_; } ///< of the last step
    [[nodiscard]] std::uint64_t longest(driver who) const noexcept {
        return longest_[static_cast<std::size_t>(who)];
    }

private:
    static constexpr std::uint32_t shown_sequence = 1; // 0 is the agent's

    strata::random_sequence random_;
    state current_;
    std::uint64_t steps_ = 0;
    double force_ = 0;
    std::array<std::uint64_t, 2> longest_{};
};

/// Values and chances of a push to the right over angles (columns, from -12 to 12 degrees) and angular
/// velocities (rows, from the greatest down), for a cart at some place with some velocity.
struct map {
    static constexpr double greatest_velocity = 3; ///< radians a second
    std::vector<float> values;
    std::vector<float> chances;
};

inline map draw_map(const learner& agent, std::size_t columns, std::size_t rows, double position,
                    double velocity) {
    std::vector<cart_pole::observation> seen(columns * rows);
    const auto spread = [](std::size_t i, std::size_t count, double greatest) {
        return greatest * (2 * (static_cast<double>(i) + 0.5) / static_cast<double>(count) - 1);
    };
    for (std::size_t row = 0; row < rows; ++row)
        for (std::size_t column = 0; column < columns; ++column)
            seen[row * columns + column] =
                cart_pole::observe({position, velocity, spread(column, columns, cart_pole::greatest_angle),
                                    -spread(row, rows, map::greatest_velocity)});
    std::vector<float> both(2 * seen.size());
    map result{std::vector<float>(seen.size()), std::vector<float>(seen.size())};
    agent.judge(seen, both, result.values);
    for (std::size_t i = 0; i < seen.size(); ++i)
        result.chances[i] = both[2 * i + 1];
    return result;
}

} // namespace pole
