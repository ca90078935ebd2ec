// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/expression/finite.hpp>
#include <strata/setting.hpp>
#include <strata/training/best_score.hpp>
#include <strata/training/callback.hpp>

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING {

/// Stops when a score has not improved for `patience` epochs, as in Keras, and puts the best weights back.
/// The first epoch is never the last, and its weights are the best where no epoch's score is a number. Epochs
/// that lack a score which the first had do not count.
/// `std::invalid_argument` for a score of which nobody has said what is better.
struct early_stopping {
    std::string monitor = "val_loss";
    direction mode = direction::unknown; ///< which values are better; unknown: as the score itself says
    std::size_t patience = 0;
    double least_change = 0;
    bool restore_best_weights = true;

    void operator()(training_state& state) {
        using enum training_state::moment;
        if (state.phase == begin) {
            best_.reset(new internal::best_score("early_stopping", monitor, mode, least_change));
            waited_ = 0;
            is_first_ = true;
            weights_.clear();
        } else if (state.phase == epoch_end && !best_->skips(state)) {
            const bool is_better = best_->improves(state);
            waited_ = is_better ? 0 : waited_ + 1;
            if (restore_best_weights && (is_better || is_first_))
                weights_ = state.weights();
            if (waited_ >= patience && !is_better && !is_first_)
                state.stop();
            is_first_ = false;
        } else if (state.phase == end && !weights_.empty())
            state.set_weights(weights_);
    }

    // Its own; not private, so that the options above can be named: `early_stopping{.patience = 3}`.
    std::shared_ptr<internal::best_score> best_ = {};
    std::size_t waited_ = 0;
    bool is_first_ = true;
    std::vector<double> weights_ = {};
};

/// Stops after the epoch in which a score reaches a target: `score_target{"val_accuracy", 0.99}`.
/// `std::invalid_argument` for a score of which nobody has said what is better.
struct score_target {
    std::string monitor = "val_loss";
    double value = 0;
    direction mode = direction::unknown; ///< as for `early_stopping`

    void operator()(training_state& state) {
        if (state.phase == training_state::moment::begin)
            seen_ = {};
        if (state.phase != training_state::moment::epoch_end || seen_.skips(state, monitor))
            return;
        const bool wants_more =
            internal::direction_for("score_target", state, monitor, mode) == direction::larger;
        const double reached = state.logs[monitor];
        if (!internal::is_not_a_number(reached) && (wants_more ? reached >= value : reached <= value))
            state.stop();
    }

    internal::seen_score seen_ = {}; ///< its own
};

/// Stops after the epoch in which that much time has passed since the begin: `time_limit{minutes(10)}`.
struct time_limit {
    std::chrono::duration<double> most{0};

    void operator()(training_state& state) {
        using clock = std::chrono::steady_clock;
        if (state.phase == training_state::moment::begin)
            started_ = clock::now();
        else if (state.phase == training_state::moment::epoch_end && clock::now() - started_ >= most)
            state.stop();
    }

    std::chrono::steady_clock::time_point started_ = {}; ///< its own
};

/// Stops after an epoch whose loss in the validation is infinite or no number. A training loss that is
/// neither ends `fit` by itself, with `diverged`.
struct terminate_on_nan {
    void operator()(training_state& state) const {
        if (state.phase == training_state::moment::epoch_end && state.logs.contains("val_loss") &&
            !internal::is_finite(state.logs["val_loss"]))
            state.stop();
    }
};

} // namespace strata::bedrock::inline STRATA_SETTING

namespace strata {
using bedrock::early_stopping;
using bedrock::score_target;
using bedrock::terminate_on_nan;
using bedrock::time_limit;
} // namespace strata
