// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/learning/row_loss.hpp>
#include <strata/setting.hpp>

namespace strata::bedrock::inline STRATA_SETTING {

namespace detail::loss_formulas {
using namespace symbols;

inline constexpr auto error = prediction - target;
inline constexpr auto wrongness = abs(error);
inline constexpr double log_two = 0.69314718055994530942;
template <real Delta>
inline constexpr auto huber = select(wrongness <= constant<Delta>, 0.5 * square(error),
                                     constant<Delta>*(wrongness - 0.5 * constant<Delta>));
inline constexpr auto log_cosh = wrongness + log1p(exp(-2 * wrongness)) - log_two;

inline constexpr double least_number = 1e-7; ///< keeps quotients and logarithms finite, as in Keras
inline constexpr auto log_ratio = log(max(prediction, least_number) + 1) - log(max(target, least_number) + 1);
template <real Quantile>
inline constexpr auto pinball = max(constant<Quantile>*(target - prediction),
                                    constant<Quantile.value() - 1>*(target - prediction));
template <real Margin>
inline constexpr auto contrast = target* square(prediction) +
                                 (1 - target) * square(max(constant<Margin> - prediction, 0));

inline constexpr variable_term<"products"> products{};
inline constexpr variable_term<"prediction_squares"> prediction_squares{};
inline constexpr variable_term<"target_squares"> target_squares{};
inline constexpr double least_square = 1e-12; ///< rows of zeros have the cosine 0, as in Keras
inline constexpr auto cosine =
    products / (sqrt(max(prediction_squares, least_square)) * sqrt(max(target_squares, least_square)));
} // namespace detail::loss_formulas

/// The mean of (p - t)^2 over the outputs.
inline constexpr loss_function<"mean_squared_error", square(detail::loss_formulas::error)> mean_squared_error;

/// Half the sum of (t - o)^2 over the outputs: the textbook's E(w).
inline constexpr loss_function<"half_squared_error", 0.5 * square(detail::loss_formulas::error),
                               over_outputs::sum>
    half_squared_error;

/// The mean of |p - t|.
inline constexpr loss_function<"mean_absolute_error", detail::loss_formulas::wrongness> mean_absolute_error;

/// Quadratic up to an error of Delta, linear beyond (Huber 1964).
template <real Delta = 1.0>
inline constexpr loss_function<"huber", detail::loss_formulas::huber<Delta>> huber{};

/// The mean of log(cosh(p - t)).
inline constexpr loss_function<"log_cosh", detail::loss_formulas::log_cosh> log_cosh;

/// The mean of 100 |p - t| / max(|t|, 1e-7).
inline constexpr loss_function<"mean_absolute_percentage_error",
                               100 * detail::loss_formulas::wrongness /
                                   max(abs(symbols::target), detail::loss_formulas::least_number)>
    mean_absolute_percentage_error;

/// The mean of (log(1 + p) - log(1 + t))^2, with p and t of 1e-7 at least.
inline constexpr loss_function<"mean_squared_logarithmic_error", square(detail::loss_formulas::log_ratio)>
    mean_squared_logarithmic_error;

/// The mean of p - t log(p + 1e-7): of counts t with the expectation p, which has to be positive.
inline constexpr loss_function<"poisson", symbols::prediction -
                                              symbols::target * log(symbols::prediction +
                                                                    detail::loss_formulas::least_number)>
    poisson;

/// The mean of max(q (t - p), (q - 1) (t - p)), also known as pinball loss: p becomes the q-quantile of t.
template <real Quantile = 0.5>
inline constexpr loss_function<"quantile", detail::loss_formulas::pinball<Quantile>> quantile_loss{};

/// The mean of t p^2 + (1 - t) max(Margin - p, 0)^2 (Hadsell, Chopra and LeCun 2006): p is the distance of
/// two things, and t 1 where they are of one kind, else 0.
template <real Margin = 1.0>
inline constexpr loss_function<"contrastive", detail::loss_formulas::contrast<Margin>> contrastive{};

/// Minus the cosine of the angle between the rows p and t.
inline constexpr row_loss_function<
    "cosine_similarity", -detail::loss_formulas::cosine, loss_extent::row, target_kind::values, no_shortcut,
    row_sum<(detail::loss_formulas::products = symbols::prediction * symbols::target)>,
    row_sum<(detail::loss_formulas::prediction_squares = square(symbols::prediction))>,
    row_sum<(detail::loss_formulas::target_squares = square(symbols::target))>>
    cosine_similarity;

} // namespace strata::bedrock::inline STRATA_SETTING

namespace strata {
using bedrock::contrastive;
using bedrock::cosine_similarity;
using bedrock::half_squared_error;
using bedrock::huber;
using bedrock::log_cosh;
using bedrock::mean_absolute_error;
using bedrock::mean_absolute_percentage_error;
using bedrock::mean_squared_error;
using bedrock::mean_squared_logarithmic_error;
using bedrock::poisson;
using bedrock::quantile_loss;
} // namespace strata
