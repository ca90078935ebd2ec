// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/expression/concatenate.hpp>
#include <strata/expression/print.hpp>
#include <strata/raise.hpp>
#include <strata/setting.hpp>
#include <strata/training/best_score.hpp>
#include <strata/training/callback.hpp>

#include <algorithm>
#include <cstddef>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>

namespace strata::bedrock::inline STRATA_SETTING {

/// Sets the learning rate at the begin of each epoch: `rate_of(epoch, rate so far)`. Training that goes on
/// from a checkpoint counts its epochs from the option `initial_epoch`.
struct learning_rate_schedule {
    std::function<double(std::size_t, double)> rate_of;

    void operator()(training_state& state) {
        if (state.phase == training_state::moment::epoch_begin)
            state.set_learning_rate(rate_of(state.epoch, state.learning_rate()));
    }
};

/// Multiplies the learning rate with `factor` when a score has not improved for `patience` epochs, as Keras's
/// ReduceLROnPlateau does: at most down to `least_rate`, and not again for `cooldown` epochs.
/// `std::invalid_argument` for a score of which nobody has said what is better, and for a factor that does
/// not make a rate smaller.
struct reduce_on_plateau {
    std::string monitor = "val_loss";
    direction mode = direction::unknown; ///< which values are better; unknown: as the score itself says
    double factor = 0.1;
    std::size_t patience = 10;
    double least_change = 1e-4;
    std::size_t cooldown = 0;
    double least_rate = 0;

    void operator()(training_state& state) {
        using enum training_state::moment;
        if (state.phase == begin) {
            if (!(factor >= 0 && factor < 1))
                internal::raise(std::invalid_argument(
                    detail::concatenate("reduce_on_plateau: the factor is ", detail::number_to_string(factor),
                                        ", expected one from 0 to below 1")));
            best_.reset(new internal::best_score("reduce_on_plateau", monitor, mode, least_change));
            waited_ = 0;
            cooling_ = 0;
        }
        if (state.phase != epoch_end || best_->skips(state))
            return;
        const bool improves = best_->improves(state);
        if (cooling_ > 0)
            --cooling_;
        if (improves || cooling_ > 0)
            waited_ = 0;
        else if (++waited_ >= patience) {
            const double rate = state.learning_rate();
            if (rate > least_rate) {
                state.set_learning_rate(std::max(rate * factor, least_rate));
                cooling_ = cooldown;
                waited_ = 0;
            }
        }
    }

    std::shared_ptr<internal::best_score> best_ = {}; ///< its own, as those below
    std::size_t waited_ = 0;
    std::size_t cooling_ = 0;
};

} // namespace strata::bedrock::inline STRATA_SETTING

namespace strata {
using bedrock::learning_rate_schedule;
using bedrock::reduce_on_plateau;
} // namespace strata
