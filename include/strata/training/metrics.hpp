// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/formula/evaluate.hpp>
#include <strata/kernels/formula/loss.hpp>
#include <strata/learning/metric.hpp>
#include <strata/setting.hpp>

#include <cstddef>

namespace strata::bedrock::inline STRATA_SETTING {

/// The parts of a ratio that one sample adds to.
struct metric_parts {
    double numerator = 0;
    double denominator = 0;
};

namespace internal {
template <class Loss, std::size_t Last, class T>
T target_value(const target_of<Loss, T>* target, std::size_t row, std::size_t i) noexcept {
    if constexpr (Loss::targets == target_kind::labels)
        return static_cast<std::size_t>(target[row]) == i ? T(1) : T(0);
    else
        return target[row * Last + i];
}
} // namespace internal

/// What one sample of `Rows` rows of `Last` outputs adds to a ratio of sums.
template <class Loss, std::size_t Rows, std::size_t Last, class T, text Name, auto Numerator,
          auto Denominator, direction Better, real Threshold>
metric_parts measure(ratio_metric<Name, Numerator, Denominator, Better, Threshold> metric,
                     const T* prediction, const target_of<Loss, T>* target) noexcept {
    metric_parts sum;
    for (std::size_t row = 0; row < Rows; ++row)
        for (std::size_t i = 0; i < Last; ++i) {
            const auto variables =
                bind(symbols::prediction = prediction[row * Last + i],
                     detail::metric_formulas::threshold = static_cast<T>(Threshold.value()),
                     symbols::target = internal::target_value<Loss, Last, T>(target, row, i));
            sum.numerator += static_cast<double>(evaluate<T>(metric.numerator, variables));
            sum.denominator += static_cast<double>(evaluate<T>(metric.denominator, variables));
        }
    return sum;
}

/// The same for the share of rows whose right class is among the largest. Of equal predictions the first
/// counts as the larger.
template <class Loss, std::size_t Rows, std::size_t Last, class T, text Name, std::size_t Count>
metric_parts measure(rank_metric<Name, Count>, const T* prediction,
                     const target_of<Loss, T>* target) noexcept {
    metric_parts sum;
    for (std::size_t row = 0; row < Rows; ++row) {
        const T* outputs = prediction + row * Last;
        sum.denominator += 1;
        if constexpr (Last == 1) {
            const bool truth = internal::target_value<Loss, 1, T>(target, row, 0) > T(0.5);
            sum.numerator += (outputs[0] > T(0.5)) == truth;
        } else {
            std::size_t right = 0;
            if constexpr (Loss::targets == target_kind::labels)
                right = static_cast<std::size_t>(target[row]);
            else
                for (std::size_t i = 1; i < Last; ++i)
                    if (target[row * Last + i] > target[row * Last + right])
                        right = i;
            // A right class that is NaN is behind all others.
            std::size_t ahead = 0;
            for (std::size_t i = 0; i < Last; ++i)
                ahead +=
                    i < right ? !(outputs[right] > outputs[i]) : i > right && !(outputs[right] >= outputs[i]);
            sum.numerator += ahead < Count;
        }
    }
    return sum;
}

} // namespace strata::bedrock::inline STRATA_SETTING
