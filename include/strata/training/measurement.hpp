// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/threads/team_failure.hpp>
#include <strata/learning/metric.hpp>
#include <strata/setting.hpp>
#include <strata/training/class_meter.hpp>
#include <strata/training/curve_meter.hpp>
#include <strata/training/pass_totals.hpp>
#include <strata/training/regression_meters.hpp>

#include <cstddef>
#include <type_traits>

namespace strata::bedrock::inline STRATA_SETTING {

/// Measures one output of one sample for the metrics that belong to it. What a metric throws is kept.
template <class Pass, class... Metrics>
struct measurement {
    using T = typename Pass::value_type;
    static constexpr std::size_t numbers = pass_totals<metered<Pass, Metrics>...>::numbers;

    double* parts; ///< [samples][numbers]
    team_failure* failure;

    template <std::size_t Output, class Target>
    void operator()(std::integral_constant<std::size_t, Output> output, [[maybe_unused]] std::size_t sample,
                    [[maybe_unused]] const T* prediction,
                    [[maybe_unused]] const Target* target) const noexcept {
        [[maybe_unused]] double* to = parts + sample * numbers;
        ((measure_one<Metrics>(output, to, prediction, target),
          to += metered<Pass, Metrics>::meter_type::numbers),
         ...);
    }

private:
    template <class Metric, std::size_t Output, class Target>
    void measure_one(std::integral_constant<std::size_t, Output>, [[maybe_unused]] double* to,
                     [[maybe_unused]] const T* prediction,
                     [[maybe_unused]] const Target* target) const noexcept {
        using meter = typename metered<Pass, Metric>::meter_type;
        if constexpr (output_of_metric<Metric> == Output)
            failure->run([&]() noexcept(meter::is_safe) { meter::measure_sample(prediction, target, to); });
    }
};

} // namespace strata::bedrock::inline STRATA_SETTING
