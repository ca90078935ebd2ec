// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/expression/freeze.hpp>
#include <strata/expression/parts.hpp>
#include <strata/expression/substitute.hpp>
#include <strata/expression/type_of.hpp>
#include <strata/learning/accuracy.hpp>
#include <strata/learning/direction.hpp>
#include <strata/setting.hpp>

#include <concepts>
#include <cstddef>

namespace strata::bedrock::inline STRATA_SETTING {

namespace detail::metric_formulas {
using namespace symbols;
inline constexpr variable_term<"threshold"> threshold{};

template <class... Variables>
constexpr bool are_bound(type_list<Variables...>) {
    return ((std::same_as<Variables, type_of<prediction>> || std::same_as<Variables, type_of<target>> ||
             std::same_as<Variables, type_of<threshold>>)&&...);
}
} // namespace detail::metric_formulas

/// A ratio of two sums over all outputs of all samples, each of a formula of `prediction` and `target`, and
/// of `threshold`, if it asks what is predicted to be true. Where the denominator is 0, the ratio is 0.
template <text Name, auto Numerator, auto Denominator, direction Better = direction::unknown,
          real Threshold = 0.5>
struct ratio_metric : metric_base {
    static constexpr auto name = Name;
    static constexpr direction better = Better;
    static constexpr double threshold = Threshold.value();
    static constexpr auto numerator = frozen<Numerator>;
    static constexpr auto denominator = frozen<Denominator>;

    static constexpr bool is_bound = detail::metric_formulas::are_bound(variables_of(numerator)) &&
                                     detail::metric_formulas::are_bound(variables_of(denominator));
};

/// A metric of another output than the first.
template <std::size_t Output, class Metric>
struct output_metric : Metric {
    static constexpr std::size_t output = Output;
    static constexpr auto name = text("output_") + number_text<Output + 1> + text("_") + Metric::name;
};
/// A metric of output number `Output` of a network with several, counted from 0: `of_output<1>(accuracy)` is
/// named "output_2_accuracy".
template <std::size_t Output, class Metric>
constexpr output_metric<Output, Metric> of_output(Metric) {
    return {};
}
/// A metric whose rows count what the weights of samples and classes say.
template <class Metric>
struct weighted_metric : Metric {
    static constexpr bool is_weighted = true;
    static constexpr auto name = text("weighted_") + Metric::name;
};
/// `weighted(accuracy)`, named "weighted_accuracy": one of Keras's `weighted_metrics`. Other metrics count
/// each sample once.
template <class Metric>
constexpr weighted_metric<Metric> weighted(Metric) {
    return {};
}
namespace detail {
template <class Metric>
concept is_weighted_metric = requires {
    requires Metric::is_weighted;
};
} // namespace detail

template <class Metric>
inline constexpr std::size_t output_of_metric = 0;
template <class Metric>
inline constexpr std::size_t output_of_metric<weighted_metric<Metric>> = output_of_metric<Metric>;
template <std::size_t Output, class Metric>
inline constexpr std::size_t output_of_metric<output_metric<Output, Metric>> = Output;

/// The user's own: the mean of a formula over all outputs, and which of its values are better:
/// `metric<"bias", abs(prediction - target), direction::smaller>`.
template <text Name, auto Formula, direction Better = direction::unknown>
inline constexpr ratio_metric<Name, Formula, constant<1.0>, Better> metric{};

namespace detail::metric_formulas {
inline constexpr auto guess = select(prediction > threshold, 1, 0);
inline constexpr auto truth = select(target > 0.5, 1, 0);
} // namespace detail::metric_formulas

inline constexpr ratio_metric<"binary_accuracy",
                              1 - abs(detail::metric_formulas::guess - detail::metric_formulas::truth),
                              constant<1.0>, direction::larger>
    binary_accuracy{};
/// The share that is true of what was predicted to be true (above 0.5, or the `threshold`).
inline constexpr ratio_metric<"precision", detail::metric_formulas::guess * detail::metric_formulas::truth,
                              detail::metric_formulas::guess, direction::larger>
    precision{};
/// The share that was predicted to be true of what is true.
inline constexpr ratio_metric<"recall", detail::metric_formulas::guess * detail::metric_formulas::truth,
                              detail::metric_formulas::truth, direction::larger>
    recall{};

namespace detail {
/// Digits of a number from 0 to 1, six behind the point at most: "0.25".
template <real Number>
constexpr auto share_text() {
    constexpr std::size_t one = 1000000;
    constexpr auto millionths = static_cast<std::size_t>(Number.value() * one + 0.5);
    constexpr std::size_t length = [] {
        std::size_t digits = 6;
        for (std::size_t rest = millionths; digits > 1 && rest % 10 == 0; rest /= 10)
            --digits;
        return digits;
    }();
    text<length + 3> result;
    result.characters[0] = millionths < one ? '0' : '1';
    result.characters[1] = '.';
    std::size_t place = one / 10;
    for (std::size_t i = 0; i < length; ++i, place /= 10)
        result.characters[2 + i] = static_cast<char>('0' + millionths / place % 10);
    return result;
}
} // namespace detail

/// A metric that takes a prediction for true above another number than 0.5:
/// `metrics::threshold<0.3>(precision)`, which is named "precision_0.3".
template <real Number, text Name, auto Numerator, auto Denominator, direction Better, real Before>
constexpr auto threshold(ratio_metric<Name, Numerator, Denominator, Better, Before>) {
    using metric = ratio_metric<Name, Numerator, Denominator, Better, Before>;
    static_assert(Number.value() >= 0 && Number.value() <= 1, "strata: threshold wants a number from 0 to 1");
    static_assert(contains(metric::numerator, detail::metric_formulas::threshold) ||
                      contains(metric::denominator, detail::metric_formulas::threshold),
                  "strata: threshold takes a metric that asks what is predicted to be true");
    return ratio_metric<Name + text("_") + detail::share_text<Number>(), Numerator, Denominator, Better,
                        Number>{};
}
template <real Number, std::size_t Output, class Metric>
constexpr auto threshold(output_metric<Output, Metric>) {
    return of_output<Output>(threshold<Number>(Metric{}));
}
template <real Number, class Metric>
constexpr auto threshold(weighted_metric<Metric>) {
    return weighted(threshold<Number>(Metric{}));
}

namespace metrics {
using bedrock::threshold;

inline constexpr ratio_metric<"mean_absolute_error", abs(symbols::prediction - symbols::target),
                              constant<1.0>, direction::smaller>
    mean_absolute_error{};
inline constexpr ratio_metric<"mean_squared_error", square(symbols::prediction - symbols::target),
                              constant<1.0>, direction::smaller>
    mean_squared_error{};
} // namespace metrics

} // namespace strata::bedrock::inline STRATA_SETTING

namespace strata {
namespace metrics = bedrock::metrics;
using bedrock::binary_accuracy;
using bedrock::metric;
using bedrock::of_output;
using bedrock::precision;
using bedrock::recall;
using bedrock::weighted;
} // namespace strata
