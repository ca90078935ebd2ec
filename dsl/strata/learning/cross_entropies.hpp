// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/setting.hpp>
STRATA_HEADER_BEGIN

#include <strata/expression/type_of.hpp>
#include <strata/learning/loss.hpp>

namespace strata::bedrock::inline STRATA_SETTING {

namespace detail::loss_formulas {
using namespace symbols;

inline constexpr double smallest = 1e-7; ///< keeps logarithms finite, as in Keras

inline constexpr auto cross_entropy = -(target * log(max(prediction, smallest)));
inline constexpr auto binary_cross_entropy =
    -(target * log(max(prediction, smallest)) + (1 - target) * log(max(1 - prediction, smallest)));
// -target log(sigmoid(x)) - (1 - target) log(1 - sigmoid(x)), without overflow for any x.
using binary_shortcut =
    shortcut<type_of<sigmoid>, max(x, 0) - x * target + log1p(exp(-abs(x))), prediction - target>;
} // namespace detail::loss_formulas

/// The mean of -t log p - (1 - t) log(1 - p), with probabilities p. Right behind a sigmoid it is computed
/// from the logits.
inline constexpr loss_function<"binary_crossentropy", detail::loss_formulas::binary_cross_entropy,
                               over_outputs::mean, target_kind::values,
                               detail::loss_formulas::binary_shortcut>
    binary_crossentropy;

/// The sum of -t log p over the classes, with t a distribution (one-hot). Right behind a softmax it is
/// computed from the logits. Elsewhere p is taken as it is: where it does not add up to 1 over the classes,
/// as behind a sigmoid, Keras divides it by its sum before.
inline constexpr loss_function<"categorical_crossentropy", detail::loss_formulas::cross_entropy,
                               over_outputs::sum, target_kind::values, softmax_shortcut>
    categorical_crossentropy;

/// -log p of the right class, with the class's index as the target. Right behind a softmax it is computed
/// from the logits. Elsewhere p is taken as it is, as by `categorical_crossentropy`.
inline constexpr loss_function<"sparse_categorical_crossentropy", detail::loss_formulas::cross_entropy,
                               over_outputs::sum, target_kind::labels, softmax_shortcut>
    sparse_categorical_crossentropy;

} // namespace strata::bedrock::inline STRATA_SETTING

namespace strata {
using bedrock::binary_crossentropy;
using bedrock::categorical_crossentropy;
using bedrock::sparse_categorical_crossentropy;
} // namespace strata

STRATA_HEADER_END
