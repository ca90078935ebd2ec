// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/setting.hpp>
#include <strata/training/history.hpp>

#include <cstddef>

namespace strata::bedrock::inline STRATA_SETTING::internal {

/// Names the scores of each epoch of a fit, and writes them down. Names are compared in the first epoch, and
/// in others only where callbacks may have changed the scores: epochs of some samples of a small network last
/// no longer than that.
class epoch_log {
public:
    epoch_log(bool has_callbacks, std::size_t epochs) noexcept : compares_(has_callbacks), epochs_(epochs) {}

    /// Sets the scores of what training has added up.
    template <class Totals>
    void name(const Totals& totals, scores& logs) const {
        if (is_first_ || compares_)
            totals.name(logs);
        else
            totals.renew(logs);
    }
    /// Writes down these scores, and what a validation has added to them.
    [[gnu::always_inline]] void write(const scores& logs) {
        if (is_first_ || compares_)
            write_names(logs);
        else
            record_.extend(logs);
    }

    [[nodiscard]] history& record() noexcept { return record_; }

private:
    [[gnu::noinline]] void write_names(const scores& logs) {
        record_.add(logs);
        if (is_first_)
            record_.reserve(epochs_);
        is_first_ = false;
    }

    history record_;
    bool compares_;
    bool is_first_ = true;
    std::size_t epochs_;
};

} // namespace strata::bedrock::inline STRATA_SETTING::internal
