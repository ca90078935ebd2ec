// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/formula/loss_target.hpp>
#include <strata/kernels/formula/softmax.hpp>
#include <strata/learning/losses.hpp>
#include <strata/setting.hpp>

#include <cmath>
#include <cstddef>

namespace strata::bedrock::inline STRATA_SETTING::internal {

/// A cross-entropy of the logits x of one row behind softmax. With targets t it is -sum t (x - log sum e^x),
/// and its derivative (sum t) p - t. Both hold also where the targets do not sum to 1.
template <class Loss, std::size_t Last, class T>
class softmax_loss {
public:
    /// Looks at the logits before they become probabilities.
    softmax_loss(const T* row, const target_of<Loss, T>* target) noexcept : target_(target) {
        if constexpr (has_labels) {
            // The target of a wrong class, and what the right one has beyond it.
            constexpr double share = detail::smoothing_share<Loss, Last>;
            constexpr double rest = 1 - detail::smoothing_of<Loss>;
            true_logit_ = row[*target];
            if constexpr (share > 0) {
                T sum(0);
                for (std::size_t i = 0; i < Last; ++i)
                    sum += row[i];
                true_logit_ = static_cast<T>(rest) * true_logit_ + static_cast<T>(share) * sum;
            }
        } else
            for (std::size_t i = 0; i < Last; ++i) {
                const T wanted = smoothed<Loss, Last>(target[i]);
                target_product_ += static_cast<double>(wanted) * static_cast<double>(row[i]);
                target_sum_ += static_cast<double>(wanted);
            }
    }

    /// `weight` times the derivative by the logits i, ..., i + Lanes - 1, from their probabilities.
    template <std::size_t Lanes, class V>
    [[nodiscard]] V slope(V y, std::size_t i, T weight) const noexcept {
        const V wanted = load_targets<Loss, Last, Lanes, V>(target_, i);
        if constexpr (has_labels)
            return (y - wanted) * V(weight);
        else
            return xsimd::fms(V(static_cast<T>(target_sum_)), y, wanted) * V(weight);
    }

    [[nodiscard]] double loss(softmax_sums<T> sums) const noexcept {
        const double log_sum = std::log(static_cast<double>(sums.sum));
        if constexpr (has_labels)
            return static_cast<double>(sums.largest - true_logit_) + log_sum;
        else
            return target_sum_ * (static_cast<double>(sums.largest) + log_sum) - target_product_;
    }

private:
    static constexpr bool has_labels = Loss::targets == target_kind::labels;

    const target_of<Loss, T>* target_;
    T true_logit_ = 0;
    double target_product_ = 0;
    double target_sum_ = 0;
};

} // namespace strata::bedrock::inline STRATA_SETTING::internal
