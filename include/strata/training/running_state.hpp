// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/setting.hpp>
#include <strata/training/callback.hpp>
#include <strata/training/snapshot.hpp>
#include <strata/training/training_numbers.hpp>

#include <cstddef>

namespace strata::bedrock::inline STRATA_SETTING::internal {

/// What callbacks see of a `fit` of that trainer.
template <class Trainer>
struct running_state final : training_state {
    explicit running_state(Trainer& teacher) : teach(&teacher) {}

    void stop() override { stopped = true; }
    [[nodiscard]] double learning_rate() const override { return teach->learning_rate(); }
    void set_learning_rate(double rate) override { teach->set_learning_rate(rate); }
    [[nodiscard]] std::size_t epochs_in_all() const override { return teach->epochs(); }

    bool stopped = false;

private:
    [[nodiscard]] training_numbers numbers() const override { return teach->numbers(); }
    [[nodiscard]] training_counts counts() const override { return teach->counts(); }
    void set_counts(const training_counts& counts) override { teach->set_counts(counts); }

    Trainer* teach;
};

} // namespace strata::bedrock::inline STRATA_SETTING::internal
