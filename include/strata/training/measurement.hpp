// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/threads/team_failure.hpp>
#include <strata/learning/metric.hpp>
#include <strata/setting.hpp>
#include <strata/training/metrics.hpp>

#include <cstddef>
#include <type_traits>

namespace strata::bedrock::inline STRATA_SETTING {

/// Measures one output of one sample for the metrics that belong to it. What a metric throws is kept.
template <class Pass, class... Metrics>
struct measurement {
    using T = typename Pass::value_type;

    metric_parts* parts; ///< [samples][metrics]
    team_failure* failure;

    template <std::size_t Output, class Target>
    void operator()(std::integral_constant<std::size_t, Output> output, [[maybe_unused]] std::size_t sample,
                    [[maybe_unused]] const T* prediction,
                    [[maybe_unused]] const Target* target) const noexcept {
        [[maybe_unused]] std::size_t place = sample * sizeof...(Metrics);
        (measure_one(Metrics{}, output, place++, prediction, target), ...);
    }

private:
    template <class Metric, std::size_t Output, class Target>
    void measure_one([[maybe_unused]] Metric metric, std::integral_constant<std::size_t, Output>,
                     [[maybe_unused]] std::size_t place, [[maybe_unused]] const T* prediction,
                     [[maybe_unused]] const Target* target) const noexcept {
        using goal = typename Pass::template output<Output>;
        using loss = typename goal::loss;
        if constexpr (output_of_metric<Metric> == Output) {
            constexpr bool is_safe =
                noexcept(measure<loss, goal::rows, goal::row_length>(metric, prediction, target));
            failure->run([&]() noexcept(is_safe) {
                parts[place] = measure<loss, goal::rows, goal::row_length>(metric, prediction, target);
            });
        }
    }
};

} // namespace strata::bedrock::inline STRATA_SETTING
