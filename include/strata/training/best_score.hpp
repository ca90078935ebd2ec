// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/setting.hpp>
#include <strata/training/callback.hpp>

#include <string>
#include <utility>

namespace strata::bedrock::inline STRATA_SETTING::internal {

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

} // namespace strata::bedrock::inline STRATA_SETTING::internal
