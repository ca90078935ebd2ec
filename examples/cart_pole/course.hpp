// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

// How learning goes: the episodes so far, and whether the pole is held.

#include <cstddef>
#include <vector>

namespace cart_pole {

/// The lengths of the episodes of an agent that learns, in the order in which they ended.
class course {
public:
    /// The mean of so many episodes tells how well an agent does, and from 475 of 500 steps on the problem
    /// counts as solved (Gymnasium's threshold for CartPole-v1).
    static constexpr std::size_t window = 100;
    static constexpr double solved_mean = 475;

    void add(std::size_t steps) {
        lengths_.push_back(steps);
        sum_ += steps;
        if (lengths_.size() > window)
            sum_ -= lengths_[lengths_.size() - 1 - window];
    }

    [[nodiscard]] const std::vector<std::size_t>& lengths() const noexcept { return lengths_; }
    [[nodiscard]] std::size_t episodes() const noexcept { return lengths_.size(); }
    /// The mean length of the last 100, or of all while there are fewer; 0 without any.
    [[nodiscard]] double mean() const noexcept {
        const std::size_t count = lengths_.size() < window ? lengths_.size() : window;
        return count == 0 ? 0 : static_cast<double>(sum_) / static_cast<double>(count);
    }
    [[nodiscard]] bool is_solved() const noexcept { return episodes() >= window && mean() >= solved_mean; }

private:
    std::vector<std::size_t> lengths_;
    std::size_t sum_ = 0; ///< of the last 100
};

} // namespace cart_pole
