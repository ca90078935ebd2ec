// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/threads/team_failure.hpp>
#include <strata/learning/ignored_label.hpp>
#include <strata/learning/metric.hpp>
#include <strata/model/output_mask.hpp>
#include <strata/setting.hpp>
#include <strata/training/class_meter.hpp>
#include <strata/training/curve_meter.hpp>
#include <strata/training/pass_totals.hpp>
#include <strata/training/regression_meters.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <type_traits>

namespace strata::bedrock::inline STRATA_SETTING {

/// Measures one output of one sample for the metrics that belong to it. What a metric throws is kept.
template <class Pass, class... Metrics>
struct measurement {
    using T = typename Pass::value_type;
    static constexpr std::size_t numbers = pass_totals<metered<Pass, Metrics>...>::numbers;

    double* parts;                                    ///< [samples][numbers]
    std::array<const T*, Pass::output_count> weights; ///< of rows, as those of the batch
    team_failure* failure;
    [[no_unique_address]] output_masks<Pass> masks = {};

    template <std::size_t Output, class Target>
    void operator()([[maybe_unused]] std::integral_constant<std::size_t, Output> output,
                    [[maybe_unused]] std::size_t sample, [[maybe_unused]] const T* prediction,
                    [[maybe_unused]] const Target* target) const noexcept {
        [[maybe_unused]] double* sums = parts + sample * numbers;
        ((measure_one<Metrics>(output, sample, sums, prediction, target),
          sums += metered<Pass, Metrics>::meter_type::numbers),
         ...);
    }

private:
    template <class Metric, std::size_t Output, class Target>
    void measure_one(std::integral_constant<std::size_t, Output>, [[maybe_unused]] std::size_t sample,
                     [[maybe_unused]] double* sums, [[maybe_unused]] const T* prediction,
                     [[maybe_unused]] const Target* target) const noexcept {
        using meter = typename metered<Pass, Metric>::meter_type;
        using goal = typename Pass::template output<Output>;
        if constexpr (output_of_metric<Metric> == Output) {
            if constexpr (metered<Pass, Metric>::weighs)
                failure->run([&]() noexcept(meter::is_safe) {
                    const T* const counts = detail::is_weighted_metric<Metric> ? weights[Output] : nullptr;
                    measure_rows<Metric, goal>(prediction, target, sums,
                                               counts == nullptr ? nullptr : counts + sample * goal::rows,
                                               sample, masks.template mask<Output>());
                });
            else
                failure->run(
                    [&]() noexcept(meter::is_safe) { meter::measure_sample(prediction, target, sums); });
        }
    }

    /// Row by row, each with what it counts, but for masked ones and those of an ignored label.
    template <class Metric, class Goal, class Target>
    static void measure_rows(const T* prediction, const Target* target, double* sums, const T* counts,
                             [[maybe_unused]] std::size_t sample,
                             [[maybe_unused]] output_mask<Goal, T> mask) {
        using loss = typename Goal::loss;
        using meter = typename metered<Pass, Metric>::meter_type;
        const auto is_ignored = [&]([[maybe_unused]] std::size_t row) {
            bool result = !mask.counts(sample * Goal::rows + row);
            if constexpr (detail::ignores_label<loss>)
                result = result || target[row] == loss::ignored_label;
            return result;
        };
        if constexpr (requires { meter::weighs_rows; })
            meter::measure_rows(prediction, target, sums, [&](std::size_t row) {
                return is_ignored(row) ? 0.0 : counts == nullptr ? 1.0 : static_cast<double>(counts[row]);
            });
        else {
            using row_meter = strata::bedrock::meter<typename internal::kind_of_metric<Metric>::type, loss, 1,
                                                     Goal::row_length, T>;
            constexpr std::size_t size = row_meter::numbers;
            constexpr std::size_t targets = Goal::targets / Goal::rows;
            std::fill_n(sums, size, 0.0);
            std::array<double, size> part;
            for (std::size_t row = 0; row < Goal::rows; ++row) {
                if (is_ignored(row))
                    continue;
                row_meter::measure_sample(prediction + row * Goal::row_length, target + row * targets,
                                          part.data());
                for (std::size_t i = 0; i < size; ++i)
                    sums[i] += counts == nullptr ? part[i] : static_cast<double>(counts[row]) * part[i];
            }
        }
    }
};

} // namespace strata::bedrock::inline STRATA_SETTING
