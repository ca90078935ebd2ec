// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/setting.hpp>
#include <strata/training/best_score.hpp>
#include <strata/training/callback.hpp>

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING {

/// Stops when a score has not improved for `patience` epochs, as in Keras, and puts the best weights back.
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
            best_ = std::make_shared<internal::best_score>("early_stopping", monitor, mode, least_change);
            waited_ = 0;
            weights_.clear();
        } else if (state.phase == epoch_end) {
            if (best_->improves(state)) {
                waited_ = 0;
                if (restore_best_weights)
                    weights_ = state.weights();
            } else if (++waited_ >= patience)
                state.stop();
        } else if (state.phase == end && !weights_.empty())
            state.set_weights(weights_);
    }

    // Its own; not private, so that the options above can be named: `early_stopping{.patience = 3}`.
    std::shared_ptr<internal::best_score> best_ = {};
    std::size_t waited_ = 0;
    std::vector<double> weights_ = {};
};

/// Sets the learning rate at the begin of each epoch: `rate_of(epoch, rate so far)`. Training that goes on
/// from a checkpoint counts its epochs from the option `initial_epoch`.
struct learning_rate_schedule {
    std::function<double(std::size_t, double)> rate_of;

    void operator()(training_state& state) {
        if (state.phase == training_state::moment::epoch_begin)
            state.set_learning_rate(rate_of(state.epoch, state.learning_rate()));
    }
};

/// Calls a function of the epoch's number and scores.
struct on_epoch_end {
    std::function<void(std::size_t, const scores&)> function;

    void operator()(training_state& state) {
        if (state.phase == training_state::moment::epoch_end)
            function(state.epoch, state.logs);
    }
};

} // namespace strata::bedrock::inline STRATA_SETTING

namespace strata {
using bedrock::early_stopping;
using bedrock::learning_rate_schedule;
using bedrock::on_epoch_end;
} // namespace strata
