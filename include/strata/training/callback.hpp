// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/setting.hpp>
#include <strata/training/history.hpp>
#include <strata/training/snapshot.hpp>
#include <strata/training/training_numbers.hpp>

#include <cstddef>
#include <functional>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING {

/// What a callback sees of a running `fit`, and what it can do to it. A callback may also call the trainer,
/// `fit` included: that one has its own callbacks.
class training_state {
public:
    enum class moment { begin, epoch_begin, epoch_end, end };

    moment phase = moment::begin;
    /// From 0, or from the option `initial_epoch`. At `moment::begin` it may be changed, to begin with
    /// another.
    std::size_t epoch = 0;
    std::size_t epochs = 0; ///< where it ends
    scores logs;            ///< at the end of an epoch: its losses and metrics

    virtual ~training_state() = default;
    /// Makes this epoch the last.
    virtual void stop() = 0;
    [[nodiscard]] virtual double learning_rate() const = 0;
    /// A constant rate from the next step on. It is part of a snapshot.
    virtual void set_learning_rate(double rate) = 0;
    /// A copy of all parameters, in the order of the network's `weights()`, and their return.
    /// `std::invalid_argument` for another number of weights.
    [[nodiscard]] std::vector<double> weights() const { return internal::copy_weights(numbers()); }
    void set_weights(const std::vector<double>& weights) { internal::replace_weights(numbers(), weights); }
    /// Everything that training needs to go on from here, and the return to it.
    /// Needs `strata/training/callbacks.hpp` or `strata/training/trainer.hpp`.
    template <class State = training_state>
    [[nodiscard]] training_snapshot snapshot() const {
        constexpr bool known = requires(const State& state) {
            write_snapshot(state.numbers(), state.counts());
        };
        static_assert(internal::check_snapshots<known, State>());
        if constexpr (known)
            return write_snapshot(static_cast<const State&>(*this).numbers(), counts());
    }
    template <class State = training_state>
    void restore(const training_snapshot& snapshot) {
        constexpr bool known = requires(const State& state) { load_snapshot(snapshot, state.numbers()); };
        static_assert(internal::check_snapshots<known, State>());
        if constexpr (known)
            set_counts(load_snapshot(snapshot, static_cast<const State&>(*this).numbers()));
    }
    /// Epochs that the trainer has made in all, also before this `fit`.
    [[nodiscard]] virtual std::size_t epochs_in_all() const = 0;
    /// Writes it to a file. Needs `strata/io/checkpoint.hpp`.
    template <class File>
    void save(const File& file) const {
        constexpr bool known = requires(const training_snapshot& bytes) { write_checkpoint(bytes, file); };
        static_assert(internal::check_files<known, File>());
        if constexpr (known)
            write_checkpoint(snapshot(), file);
    }

private:
    // A compiler makes all virtual functions of each trainer, so that these do no more than to name its
    // parts.
    [[nodiscard]] virtual internal::training_numbers numbers() const = 0;
    [[nodiscard]] virtual training_counts counts() const = 0;
    virtual void set_counts(const training_counts& counts) = 0;
};

/// Anything that can be called with a `training_state&`, at the begin of `fit`, before and after each epoch
/// and at the end.
using callback = std::function<void(training_state&)>;

} // namespace strata::bedrock::inline STRATA_SETTING

namespace strata {
using bedrock::training_state;
} // namespace strata
