// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/setting.hpp>
STRATA_HEADER_BEGIN

#include <strata/learning/error_losses.hpp>
#include <strata/learning/metric.hpp>
#include <strata/learning/row_loss.hpp>

namespace strata::bedrock::inline STRATA_SETTING {

/// How the scores of classes become one: from the counts of all classes together, as their mean, as their
/// mean with the numbers of right samples as weights, or as the mean of those classes whose score has a
/// denominator. Where each row has one class, `macro` leaves out those classes, too, that are neither
/// predicted nor right, as scikit-learn does; where a row may have several, each counts.
enum class averaging { micro, macro, weighted, present };

/// "What is predicted is the class of the largest output": a threshold that no probability is.
inline constexpr real largest_output = -1.0;

/// A score of each class, from how often it was predicted (`guesses`), right (`truths`) and both (`hits`).
/// What is predicted is the class of the largest output of a row, or with a threshold every class above it. A
/// single output is the probability of the class "true", by itself or beside "false". A score whose
/// denominator is 0 is 0.
template <text Name, auto Numerator, auto Denominator, averaging Average, bool CountsFalse,
          real Threshold = largest_output>
struct class_metric : metric_base {
    using kind = class_metric;
    static constexpr auto name = Name;
    static constexpr direction better = direction::larger;
    static constexpr auto numerator = frozen<Numerator>;
    static constexpr auto denominator = frozen<Denominator>;
};

/// What is below a curve that all thresholds together draw, in the order of the predictions: exact, as
/// scikit-learn computes it. All outputs of all rows count alike, or each output has a curve of its own and
/// the areas are averaged; a label is its one-hot row.
enum class curve { receiver_operating_characteristic, precision_recall };
template <text Name, curve Curve, averaging Average>
struct curve_metric : metric_base {
    static_assert(Average == averaging::micro || Average == averaging::macro);
    using kind = curve_metric;
    static constexpr auto name = Name;
    static constexpr direction better = direction::larger;
};

/// The share of the variance of each output's targets that is explained, in the mean over the outputs.
template <text Name>
struct determination_metric : metric_base {
    using kind = determination_metric;
    static constexpr auto name = Name;
    static constexpr direction better = direction::larger;
};

/// The mean over rows of a formula of what is reduced over a row, as a `row_loss` has it.
template <text Name, auto Formula, direction Better, class... Reductions>
struct row_metric : metric_base {
    using kind = row_metric;
    static constexpr auto name = Name;
    static constexpr direction better = Better;
    static constexpr auto formula = frozen<Formula>;
    using reductions = type_list<Reductions...>;
};

namespace detail::metric_formulas {
inline constexpr variable_term<"hits"> hits{};
inline constexpr variable_term<"guesses"> guesses{};
inline constexpr variable_term<"truths"> truths{};

template <text Name, averaging Average, real Threshold = largest_output>
using f1_metric = class_metric<Name, 2 * hits, guesses + truths, Average, false, Threshold>;
} // namespace detail::metric_formulas

/// The area below the ROC curve: the probability that what is true gets a larger prediction than what is not,
/// where equal ones count half. Not a number where all targets are alike.
inline constexpr curve_metric<"roc_auc", curve::receiver_operating_characteristic, averaging::micro>
    roc_auc{};
/// The area below the curve of precision over recall, as the sum of precisions times steps of recall, which
/// is scikit-learn's `average_precision_score`: 0 where no target is true.
inline constexpr curve_metric<"average_precision", curve::precision_recall, averaging::micro>
    average_precision{};

/// The same as the mean over the outputs, each by itself: of classes against all others.
inline constexpr curve_metric<"roc_auc_macro", curve::receiver_operating_characteristic, averaging::macro>
    roc_auc_macro{};
inline constexpr curve_metric<"average_precision_macro", curve::precision_recall, averaging::macro>
    average_precision_macro{};

/// The mean over classes of intersection over union of what is predicted and what is right, without classes
/// that are neither. A single output has the classes "true" and "false".
inline constexpr class_metric<"mean_iou", detail::metric_formulas::hits,
                              detail::metric_formulas::guesses + detail::metric_formulas::truths -
                                  detail::metric_formulas::hits,
                              averaging::present, true>
    mean_iou{};

/// Several classes of a row may be true: those above a threshold,
/// `metrics::threshold<0.5>(metrics::f1_macro)`.
template <real Number, text Name, auto Numerator, auto Denominator, averaging Average, bool CountsFalse,
          real Before>
constexpr auto threshold(class_metric<Name, Numerator, Denominator, Average, CountsFalse, Before>) {
    static_assert(Number.value() >= 0 && Number.value() <= 1, "strata: threshold wants a number from 0 to 1");
    return class_metric<Name + text("_") + detail::share_text<Number>(), Numerator, Denominator, Average,
                        CountsFalse, Number>{};
}

namespace metrics {
using bedrock::threshold;

/// The harmonic mean of precision and recall: of all classes together, which is the accuracy where each row
/// has one class; as the mean over classes, as in scikit-learn without those that are neither predicted nor
/// right (Keras's F1Score counts them as 0); and weighted by how often each is right.
inline constexpr detail::metric_formulas::f1_metric<"f1", averaging::micro> f1{};
inline constexpr detail::metric_formulas::f1_metric<"f1_macro", averaging::macro> f1_macro{};
inline constexpr detail::metric_formulas::f1_metric<"f1_weighted", averaging::weighted> f1_weighted{};

/// The coefficient of determination, the mean over the outputs of 1 - sum of (t - p)^2 / sum of (t - mean)^2.
/// An output whose targets are all equal counts 1 if the predictions are right, else 0.
inline constexpr determination_metric<"r2"> r2{};

/// The mean of the cosines of the angles between the rows of predictions and targets.
inline constexpr row_metric<
    "cosine_similarity", detail::loss_formulas::cosine, direction::larger,
    row_sum<(detail::loss_formulas::products = symbols::prediction * symbols::target)>,
    row_sum<(detail::loss_formulas::prediction_squares = square(symbols::prediction))>,
    row_sum<(detail::loss_formulas::target_squares = square(symbols::target))>>
    cosine_similarity{};
} // namespace metrics

} // namespace strata::bedrock::inline STRATA_SETTING

namespace strata {
using bedrock::average_precision;
using bedrock::average_precision_macro;
using bedrock::averaging;
using bedrock::mean_iou;
using bedrock::roc_auc;
using bedrock::roc_auc_macro;
} // namespace strata

STRATA_HEADER_END
