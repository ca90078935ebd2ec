// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/raise.hpp>
#include <strata/setting.hpp>
#include <strata/training/callback.hpp>

#include <charconv>
#include <cmath>
#include <fstream>
#include <limits>
#include <memory>
#include <stdexcept>
#include <string>

namespace strata::inline STRATA_SETTING {

namespace internal {
/// Follows one score, which is better when smaller, or when larger for accuracies and the like.
class best_score {
public:
    explicit best_score(std::string name, double least_change = 0)
        : name_(std::move(name)),
          least_change_(least_change),
          larger_is_better_(name_.find("loss") == std::string::npos &&
                            name_.find("error") == std::string::npos) {}

    /// Whether this epoch is better than all before it.
    bool improves(const training_state& state) {
        const double value = state.logs[name_];
        const bool better = larger_is_better_ ? value > best_ + least_change_ : value < best_ - least_change_;
        if (better || first_)
            best_ = value;
        const bool result = better || first_;
        first_ = false;
        return result;
    }

private:
    std::string name_;
    double least_change_;
    bool larger_is_better_;
    double best_ = 0;
    bool first_ = true;
};
} // namespace internal

/// Stops when a score has not improved for `patience` epochs, as in Keras, and puts the best weights back.
struct early_stopping {
    std::string monitor = "val_loss";
    std::size_t patience = 0;
    double least_change = 0;
    bool restore_best_weights = true;

    void operator()(training_state& state) {
        using enum training_state::moment;
        if (state.now == begin) {
            best_ = std::make_shared<internal::best_score>(monitor, least_change);
            waited_ = 0;
            weights_.clear();
        } else if (state.now == epoch_end) {
            if (best_->improves(state)) {
                waited_ = 0;
                if (restore_best_weights)
                    weights_ = state.weights();
            } else if (++waited_ >= patience)
                state.stop();
        } else if (!weights_.empty())
            state.set_weights(weights_);
    }

    // Its own; not private, so that the options above can be named: `early_stopping{.patience = 3}`.
    std::shared_ptr<internal::best_score> best_ = {};
    std::size_t waited_ = 0;
    std::vector<double> weights_ = {};
};

/// Saves weights, optimizer and step after each epoch, or only when a score has improved.
struct checkpoint {
    std::filesystem::path file;
    bool best_only = false;
    std::string monitor = "val_loss";

    void operator()(training_state& state) {
        using enum training_state::moment;
        if (state.now == begin)
            best_ = std::make_shared<internal::best_score>(monitor);
        if (state.now == epoch_end && (!best_only || best_->improves(state)))
            state.save(file);
    }

    std::shared_ptr<internal::best_score> best_ = {}; ///< its own
};

/// One line an epoch: its number and every score, with a header. An existing file is replaced.
struct csv_log {
    std::filesystem::path file;

    void operator()(training_state& state) {
        using enum training_state::moment;
        if (state.now == begin) {
            out_ = std::make_shared<std::ofstream>(file);
            has_header_ = false;
        }
        if (state.now != epoch_end)
            return;
        if (!has_header_) {
            *out_ << "epoch";
            for (const auto& [name, value] : state.logs)
                *out_ << ',' << name;
            *out_ << '\n';
            has_header_ = true;
        }
        *out_ << state.epoch;
        for (const auto& [name, value] : state.logs) {
            char digits[32];
            *out_ << ','
                  << std::string_view(digits, std::to_chars(digits, digits + sizeof digits, value).ptr);
        }
        *out_ << std::endl;
        if (!*out_)
            internal::raise(std::runtime_error("csv_log: cannot write to " + file.string()));
    }

    std::shared_ptr<std::ofstream> out_ = {}; ///< its own
    bool has_header_ = false;
};

/// Sets the learning rate of each epoch: `rate_of(epoch, rate so far)`.
struct learning_rate_schedule {
    std::function<double(std::size_t, double)> rate_of;

    void operator()(training_state& state) {
        using enum training_state::moment;
        if (state.now == begin)
            state.set_learning_rate(rate_of(0, state.learning_rate()));
        else if (state.now == epoch_end && state.epoch + 1 < state.epochs)
            state.set_learning_rate(rate_of(state.epoch + 1, state.learning_rate()));
    }
};

/// Calls a function of the epoch's number and scores.
struct on_epoch_end {
    std::function<void(std::size_t, const scores&)> function;

    void operator()(training_state& state) {
        if (state.now == training_state::moment::epoch_end)
            function(state.epoch, state.logs);
    }
};

} // namespace strata::inline STRATA_SETTING
