// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/expression/diagnostic.hpp>
#include <strata/learning/loss_list.hpp>
#include <strata/learning/metric.hpp>
#include <strata/setting.hpp>

#include <cstddef>
#include <string_view>

namespace strata::bedrock::inline STRATA_SETTING::internal {

// A metric is of an output that the network has, and of what is known of it.
template <class Metric>
inline constexpr bool is_bound_metric = true;
template <class Metric>
    requires requires { Metric::is_bound; }
inline constexpr bool is_bound_metric<Metric> = Metric::is_bound;
template <class Metric, std::size_t Outputs>
consteval bool check_metric() {
    if constexpr (!is_bound_metric<Metric>)
        return reject<Metric, text("the metric ") + Metric::name, "is no formula of",
                      "prediction and target alone">();
    else if constexpr (output_of_metric<Metric> < Outputs)
        return true;
    else
        return reject<Metric, text("the metric ") + Metric::name,
                      text("is of output ") + number_text<output_of_metric<Metric> + 1>,
                      text("the network has ") + number_text<Outputs>>();
}

template <class Metric>
consteval bool metric_reads_target() {
    if constexpr (requires { Metric::numerator; })
        return contains(Metric::numerator, symbols::target) || contains(Metric::denominator, symbols::target);
    else
        return true;
}
// A metric compares each row of predictions with its target, which some losses have none of.
template <class Metric, class Losses>
consteval bool check_metric_targets() {
    constexpr std::size_t output = output_of_metric<Metric>;
    if constexpr (output >= Losses::size)
        return true; // check_metric says so
    else {
        using loss = typename Losses::template element<output>::loss;
        if constexpr (loss::of_batches || loss::of_sequences)
            return reject<Metric, text("the metric ") + Metric::name,
                          text("cannot read the targets of ") + loss::name, "they are not of predictions">();
        else if constexpr (!loss::reads_target && metric_reads_target<Metric>())
            return reject<Metric, text("the metric ") + Metric::name,
                          text("cannot read the targets of ") + loss::name, "it has none">();
        else
            return true;
    }
}

// Every score has a name of its own.
template <class Metric, class... Metrics>
consteval bool check_name() {
    constexpr std::string_view name = Metric::name.view();
    if constexpr (name == "loss" || name.substr(0, 4) == "val_")
        return reject<Metric, text("the metric ") + Metric::name, "has the name of",
                      "a loss or a score of validation">();
    else if constexpr ((std::size_t{Metrics::name.view() == name} + ...) > 1)
        return reject<Metric, text("the metric ") + Metric::name, "is not the only one", "of its name">();
    else
        return true;
}
template <class... Metrics>
consteval bool check_names() {
    return (check_name<Metrics, Metrics...>() && ...);
}

} // namespace strata::bedrock::inline STRATA_SETTING::internal
