// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/learning/metrics.hpp>
#include <strata/setting.hpp>
#include <strata/training/meter.hpp>

#include <algorithm>
#include <array>
#include <cstddef>

namespace strata::bedrock::inline STRATA_SETTING {

/// Counts for each class how often it was predicted, right and both.
template <text Name, auto Numerator, auto Denominator, averaging Average, bool CountsFalse, real Threshold,
          class Loss, std::size_t Rows, std::size_t Last, class T>
struct meter<class_metric<Name, Numerator, Denominator, Average, CountsFalse, Threshold>, Loss, Rows, Last,
             T> {
    using metric = class_metric<Name, Numerator, Denominator, Average, CountsFalse, Threshold>;
    static constexpr bool is_single = Last == 1;
    static constexpr bool has_one_class = !is_single && Threshold.value() < 0; ///< each row
    static constexpr bool leaves_out_absent =
        Average == averaging::present || (Average == averaging::macro && has_one_class);
    static constexpr std::size_t classes = is_single && CountsFalse ? 2 : Last;
    static constexpr std::size_t numbers = 3 * classes;
    static constexpr bool is_safe = true;

    static void measure_sample(const T* prediction, const target_of<Loss, T>* target,
                               double* measured) noexcept {
        std::fill_n(measured, numbers, 0.0);
        for (std::size_t row = 0; row < Rows; ++row) {
            const T* const outputs = prediction + row * Last;
            const auto truth = [&](std::size_t i) {
                return internal::target_value<Loss, Last, T>(target, row, i);
            };
            if constexpr (!has_one_class) {
                constexpr T threshold = static_cast<T>(Threshold.value() >= 0 ? Threshold.value() : 0.5);
                for (std::size_t i = 0; i < Last; ++i)
                    count(measured + 3 * i, outputs[i] > threshold, truth(i) > T(0.5));
                if constexpr (classes > Last)
                    count(measured + 3, !(outputs[0] > threshold), !(truth(0) > T(0.5)));
            } else {
                const std::size_t guess = largest([&](std::size_t i) { return outputs[i]; });
                const std::size_t right = largest(truth);
                if (guess < Last)
                    count(measured + 3 * guess, true, guess == right);
                if (guess != right && right < Last)
                    count(measured + 3 * right, false, true);
            }
        }
    }

    struct total {
        std::array<double, numbers> counts{};

        void reserve(std::size_t) noexcept {}
        void add(const double* sample) noexcept {
            for (std::size_t i = 0; i < numbers; ++i)
                counts[i] += sample[i];
        }
        [[nodiscard]] double value() const noexcept {
            double sum = 0;
            double weights = 0;
            for (std::size_t i = 0; i < classes; ++i) {
                const auto variables = bind(detail::metric_formulas::hits = counts[3 * i],
                                            detail::metric_formulas::guesses = counts[3 * i + 1],
                                            detail::metric_formulas::truths = counts[3 * i + 2]);
                const double numerator = evaluate<double>(metric::numerator, variables);
                const double denominator = evaluate<double>(metric::denominator, variables);
                const double score = denominator == 0 ? 0 : numerator / denominator;
                if constexpr (Average == averaging::micro) {
                    sum += numerator;
                    weights += denominator;
                } else {
                    const double weight = Average == averaging::weighted ? counts[3 * i + 2]
                                          : leaves_out_absent            ? (denominator != 0 ? 1.0 : 0.0)
                                                                         : 1.0;
                    sum += weight * score;
                    weights += weight;
                }
            }
            return weights == 0 ? 0 : sum / weights;
        }
    };

private:
    static void count(double* counts, bool guess, bool truth) noexcept {
        counts[0] += guess && truth;
        counts[1] += guess;
        counts[2] += truth;
    }
    // The first of equal ones; `Last` where there is no number.
    template <class Values>
    static std::size_t largest(Values value) noexcept {
        std::size_t best = Last;
        for (std::size_t i = 0; i < Last; ++i)
            if (best == Last ? value(i) == value(i) : value(i) > value(best))
                best = i;
        return best;
    }
};

} // namespace strata::bedrock::inline STRATA_SETTING
