// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/expression/type_of.hpp>
#include <strata/learning/loss.hpp>

namespace strata::bedrock {

namespace detail::loss_formulas {
using namespace symbols;

inline constexpr auto error = prediction - target;
inline constexpr auto wrongness = abs(error);
inline constexpr double smallest = 1e-7; ///< keeps logarithms finite, as in Keras
inline constexpr double log_two = 0.69314718055994530942;

inline constexpr auto cross_entropy = -(target * log(max(prediction, smallest)));
inline constexpr auto binary_cross_entropy =
    -(target * log(max(prediction, smallest)) + (1 - target) * log(max(1 - prediction, smallest)));
// -target log(sigmoid(x)) - (1 - target) log(1 - sigmoid(x)), without overflow for any x.
using binary_shortcut =
    shortcut<type_of<sigmoid>, max(x, 0) - x * target + log1p(exp(-abs(x))), prediction - target>;
template <real Delta>
inline constexpr auto huber = select(wrongness <= constant<Delta>, 0.5 * square(error),
                                     constant<Delta>*(wrongness - 0.5 * constant<Delta>));
inline constexpr auto log_cosh = wrongness + log1p(exp(-2 * wrongness)) - log_two;
inline constexpr auto hinge = max(1 - select(target > 0, 1, -1) * prediction, 0);
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

/// The mean of -t log p - (1 - t) log(1 - p), with probabilities p. Right behind a sigmoid it is computed
/// from the logits.
inline constexpr loss_function<"binary_crossentropy", detail::loss_formulas::binary_cross_entropy,
                               over_outputs::mean, target_kind::values,
                               detail::loss_formulas::binary_shortcut>
    binary_crossentropy;

/// The sum of -t log p over the classes, with t a distribution (one-hot). Right behind a softmax it is
/// computed from the logits.
inline constexpr loss_function<"categorical_crossentropy", detail::loss_formulas::cross_entropy,
                               over_outputs::sum, target_kind::values, softmax_shortcut>
    categorical_crossentropy;

/// -log p of the right class, with the class's index as the target. Right behind a softmax it is computed
/// from the logits.
inline constexpr loss_function<"sparse_categorical_crossentropy", detail::loss_formulas::cross_entropy,
                               over_outputs::sum, target_kind::labels, softmax_shortcut>
    sparse_categorical_crossentropy;

/// The mean of max(1 - t p, 0), with t = 1 for targets above zero and -1 for the others.
inline constexpr loss_function<"hinge", detail::loss_formulas::hinge> hinge;

} // namespace strata::bedrock

namespace strata {
using bedrock::binary_crossentropy;
using bedrock::categorical_crossentropy;
using bedrock::half_squared_error;
using bedrock::hinge;
using bedrock::huber;
using bedrock::log_cosh;
using bedrock::mean_absolute_error;
using bedrock::mean_squared_error;
using bedrock::sparse_categorical_crossentropy;
} // namespace strata
