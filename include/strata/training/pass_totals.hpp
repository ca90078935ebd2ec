// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/expression/finite.hpp>
#include <strata/setting.hpp>
#include <strata/training/history.hpp>
#include <strata/training/metrics.hpp>

#include <array>
#include <cstddef>
#include <limits>

namespace strata::bedrock::inline STRATA_SETTING {

/// What one pass over samples has added up.
template <class... Metrics>
struct pass_totals {
    static constexpr std::size_t metric_count = sizeof...(Metrics);

    double loss = 0; ///< the sum over samples
    std::array<metric_parts, metric_count> metrics{};
    std::size_t samples = 0;
    std::size_t steps = 0;
    /// The same of the steps whose loss was finite.
    double finite_loss = 0;
    std::size_t finite_samples = 0;
    bool finite = true; ///< whether every step's loss was; training ends with one that was not

    /// Adds one step in the order of the samples. Returns whether all losses so far are finite.
    bool add(const double* losses, const metric_parts* parts, std::size_t count, double penalties) noexcept {
        double sum = 0;
        for (std::size_t i = 0; i < count; ++i)
            sum += losses[i];
        sum += penalties * static_cast<double>(count);
        loss += sum;
        for (std::size_t i = 0; i < count; ++i)
            for (std::size_t m = 0; m < metric_count; ++m) {
                metrics[m].numerator += parts[i * metric_count + m].numerator;
                metrics[m].denominator += parts[i * metric_count + m].denominator;
            }
        samples += count;
        ++steps;
        if (internal::is_finite(sum)) {
            finite_loss += sum;
            finite_samples += count;
        } else
            finite = false;
        return finite;
    }

    /// The mean over the steps whose loss was finite; infinity where there is none.
    [[nodiscard]] double finite_mean() const noexcept {
        return finite_samples == 0 ? std::numeric_limits<double>::infinity()
                                   : finite_loss / static_cast<double>(finite_samples);
    }

    /// Sets the scores of their names, which allocates nothing if they exist.
    void name(scores& result) const {
        result.set("loss", loss / static_cast<double>(samples > 0 ? samples : 1), direction::smaller);
        std::size_t next = 0;
        ((result.set(Metrics::name.view(),
                     metrics[next].denominator == 0 ? 0 : metrics[next].numerator / metrics[next].denominator,
                     Metrics::better),
          ++next),
         ...);
    }
    [[nodiscard]] scores named() const {
        scores result;
        name(result);
        return result;
    }
};

} // namespace strata::bedrock::inline STRATA_SETTING
