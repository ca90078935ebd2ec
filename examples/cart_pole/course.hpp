// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

// How learning goes: the episodes so far, and whether the pole is held.

#include <algorithm>
#include <array>
#include <cstddef>

namespace cart_pole {

/// How long the episodes of an agent that learns are, in the order in which they end.
class course {
public:
    /// The mean of so many episodes tells how well an agent does, and from 475 of 500 steps on the problem
    /// counts as solved (Gymnasium's threshold for CartPole-v1).
    static constexpr std::size_t window = 100;
    static constexpr double solved_mean = 475;

    void add(std::size_t steps) {
        std::size_t& oldest = latest_[episodes_++ % window];
        sum_ += steps - oldest;
        oldest = steps;
    }

    [[nodiscard]] std::size_t episodes() const noexcept { return episodes_; }
    /// The mean length of the last 100, or of all while there are fewer; 0 without any.
    [[nodiscard]] double mean() const noexcept {
        const std::size_t count = std::min(episodes_, window);
        return count == 0 ? 0 : static_cast<double>(sum_) / static_cast<double>(count);
    }
    [[nodiscard]] bool is_solved() const noexcept { return episodes_ >= window && mean() >= solved_mean; }

private:
    std::array<std::size_t, window> latest_{}; ///< episode i, counted from 0, at i modulo 100
    std::size_t sum_ = 0;                      ///< of these
    std::size_t episodes_ = 0;
};

} // namespace cart_pole
