// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/expression/concatenate.hpp>
#include <strata/expression/finite.hpp>
#include <strata/raise.hpp>
#include <strata/setting.hpp>
#include <strata/training/callback.hpp>

#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace strata::bedrock::inline STRATA_SETTING::internal {

/// Which values of a score are better: those that a callback was told of, or that the score itself says.
/// `std::invalid_argument` where nobody has said it.
inline direction direction_for(const char* callback, const training_state& state, const std::string& score,
                               direction mode) {
    const direction better = mode == direction::unknown ? state.logs.direction_of(score) : mode;
    if (better == direction::unknown)
        raise(std::invalid_argument(
            concatenate(callback, ": nobody has said which values of '", score,
                        "' are better; set its mode to direction::smaller or direction::larger")));
    return better;
}

/// Whether an epoch lacks a score that one before it had: callbacks may add one now and then.
class seen_score {
public:
    [[nodiscard]] bool skips(const training_state& state, std::string_view score) {
        const bool is_there = state.logs.contains(score);
        is_seen_ = is_seen_ || is_there;
        return is_seen_ && !is_there;
    }

private:
    bool is_seen_ = false;
};

/// Follows one score for a callback, whose name is for errors. With `direction::unknown` the score says
/// itself which values are better.
class best_score {
public:
    best_score(const char* callback, std::string score, direction better, double least_change = 0)
        : callback_(callback), name_(std::move(score)), better_(better), least_change_(least_change) {}

    /// Whether this epoch lacks the score, which one before it had.
    [[nodiscard]] bool skips(const training_state& state) { return seen_.skips(state, name_); }

    /// Whether this epoch is better than all before it. One whose score is not a number never is.
    /// `std::invalid_argument` where nobody has said what is better.
    bool improves(const training_state& state) {
        const double value = state.logs[name_];
        const direction better = direction_for(callback_, state, name_, better_);
        if (is_not_a_number(value))
            return false;
        const bool result = !has_best_ || (better == direction::larger ? value > best_ + least_change_
                                                                       : value < best_ - least_change_);
        if (result)
            best_ = value;
        has_best_ = true;
        return result;
    }

private:
    const char* callback_;
    std::string name_;
    direction better_;
    double least_change_;
    double best_ = 0;
    bool has_best_ = false;
    seen_score seen_;
};

} // namespace strata::bedrock::inline STRATA_SETTING::internal
