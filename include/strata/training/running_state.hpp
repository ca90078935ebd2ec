// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/setting.hpp>
#include <strata/training/callback.hpp>

#include <algorithm>
#include <cstddef>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING::internal {

/// What callbacks see of a `fit` of that trainer.
template <class Trainer, class Model>
struct running_state final : training_state {
    running_state(Trainer& teacher, Model& taught) : teach(&teacher), net(&taught) {}

    void stop() override { stopped = true; }
    [[nodiscard]] double learning_rate() const override { return teach->learning_rate(); }
    void set_learning_rate(double rate) override { teach->set_learning_rate(rate); }
    [[nodiscard]] std::vector<double> weights() const override {
        const auto all = net->weights();
        std::vector<double> numbers(all.size());
        std::copy(all.begin(), all.end(), numbers.begin());
        return numbers;
    }
    void set_weights(const std::vector<double>& weights) override {
        using T = typename Model::value_type;
        std::vector<T> numbers(weights.size());
        std::transform(weights.begin(), weights.end(), numbers.begin(),
                       [](double weight) { return static_cast<T>(weight); });
        net->set_weights(numbers);
    }
    [[nodiscard]] training_snapshot snapshot() const override { return teach->snapshot(); }
    void restore(const training_snapshot& snapshot) override { teach->restore(snapshot); }
    [[nodiscard]] std::size_t epochs_in_all() const override { return teach->epochs(); }

    bool stopped = false;

private:
    Trainer* teach;
    Model* net;
};

} // namespace strata::bedrock::inline STRATA_SETTING::internal
