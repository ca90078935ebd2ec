// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/learning/ignored_label.hpp>
#include <strata/learning/metric.hpp>
#include <strata/setting.hpp>
#include <strata/training/metrics.hpp>

#include <cstddef>

namespace strata::bedrock::inline STRATA_SETTING {

/// A ratio of sums; where the denominator is 0, it is 0.
struct ratio_total {
    metric_parts sum;

    void reserve(std::size_t) noexcept {}
    void add(const double* sample) noexcept {
        sum.numerator += sample[0];
        sum.denominator += sample[1];
    }
    [[nodiscard]] double value() const noexcept {
        return sum.denominator == 0 ? 0 : sum.numerator / sum.denominator;
    }
};

/// Measures a kind of metric on outputs of `Rows` rows of `Last` numbers. `measure_sample` writes `numbers`
/// numbers for a sample, and may be called by several threads; a `total` adds them up in the order of the
/// samples, and has the value of the metric so far. The numbers are sums over rows, so that rows can be
/// weighted; a meter of others has a type `weighing`, whose `measure_rows` is told what each row counts.
/// Without a specialization it is a ratio, of what the function `measure` of the metric returns.
template <class Kind, class Loss, std::size_t Rows, std::size_t Last, class T>
struct meter {
    static constexpr std::size_t numbers = 2;
    static constexpr bool is_safe = noexcept(measure<Loss, Rows, Last>(
        Kind{}, static_cast<const T*>(nullptr), static_cast<const target_of<Loss, T>*>(nullptr)));

    static void measure_sample(const T* prediction, const target_of<Loss, T>* target,
                               double* measured) noexcept(is_safe) {
        const metric_parts parts = measure<Loss, Rows, Last>(Kind{}, prediction, target);
        measured[0] = parts.numerator;
        measured[1] = parts.denominator;
    }

    using total = ratio_total;
};

namespace internal {
template <class Metric>
struct kind_of_metric {
    using type = Metric;
};
template <class Metric>
    requires requires { typename Metric::kind; }
struct kind_of_metric<Metric> {
    using type = typename Metric::kind;
};

template <bool Weighs, class Meter>
struct meter_of_rows {
    using type = Meter;
};
template <class Meter>
    requires requires { typename Meter::weighing; }
struct meter_of_rows<true, Meter> {
    using type = typename Meter::weighing;
};
} // namespace internal

/// A metric and the meter of it, for the output that it belongs to.
template <class Pass, class Metric>
struct metered {
    using metric = Metric;
    using goal = typename Pass::template output<output_of_metric<Metric>>;
    /// Whether rows may count more or less than others.
    static constexpr bool weighs =
        detail::is_weighted_metric<Metric> || detail::ignores_label<typename goal::loss> || goal::is_masked;
    using meter_type = typename internal::meter_of_rows<
        weighs, meter<typename internal::kind_of_metric<Metric>::type, typename goal::loss, goal::rows,
                      goal::row_length, typename Pass::value_type>>::type;
};

} // namespace strata::bedrock::inline STRATA_SETTING
