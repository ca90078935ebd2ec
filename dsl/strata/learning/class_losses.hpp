// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/setting.hpp>
STRATA_HEADER_BEGIN

#include <strata/expression/type_of.hpp>
#include <strata/learning/cross_entropies.hpp>
#include <strata/learning/row_loss.hpp>

namespace strata::bedrock::inline STRATA_SETTING {

namespace detail::loss_formulas {
using namespace symbols;

// A target that is NaN is neither.
inline constexpr auto margin = select(target > 0, prediction, select(target <= 0, -prediction, target));
inline constexpr auto hinge = max(1 - margin, 0);

// Whole powers by products; others of numbers above zero.
template <real Exponent, class Base>
constexpr auto raised(Base base) {
    constexpr double exponent = Exponent.value();
    constexpr int whole = exponent >= 1 && exponent <= 16 ? static_cast<int>(exponent) : 0;
    if constexpr (exponent == 0)
        return constant<1.0>;
    else if constexpr (exponent == whole)
        return pow<whole>(base);
    else
        return exp(exponent * log(max(base, smallest)));
}

inline constexpr auto true_probability = target * prediction + (1 - target) * (1 - prediction);
template <real Gamma>
inline constexpr auto binary_focus = raised<Gamma>(1 - true_probability) * binary_cross_entropy;
inline constexpr auto clipped = min(max(prediction, smallest), 1 - smallest);
template <real Gamma, real Alpha>
inline constexpr auto focus = -(target*(constant<Alpha>*(raised<Gamma>(1 - clipped) * log(clipped))));

inline constexpr auto divergence =
    max(min(target, 1), smallest) * log(max(min(target, 1), smallest) / max(min(prediction, 1), smallest));

inline constexpr variable_term<"right"> right{};
inline constexpr variable_term<"wrong"> wrong{};
inline constexpr variable_term<"common"> common{};
inline constexpr variable_term<"all"> all{};
} // namespace detail::loss_formulas

/// The mean of max(1 - t p, 0), with t = 1 for targets above zero and -1 for the others.
inline constexpr loss_function<"hinge", detail::loss_formulas::hinge> hinge;

/// The mean of (1 - q)^Gamma times the binary cross-entropy, where q is the probability of what is true (Lin
/// and others 2017): what is recognized well counts less.
template <real Gamma = 2.0>
inline constexpr loss_function<"binary_focal_crossentropy", detail::loss_formulas::binary_focus<Gamma>,
                               over_outputs::mean, target_kind::values, wants_probabilities<type_of<sigmoid>>>
    binary_focal_crossentropy{};

/// The same with the weight Alpha for targets of 1, and 1 - Alpha for those of 0: Keras's
/// `apply_class_balancing=True`.
template <real Gamma = 2.0, real Alpha = 0.25>
inline constexpr loss_function<"balanced_binary_focal_crossentropy",
                               (symbols::target * constant<Alpha> +
                                (1 - symbols::target) *
                                    constant<1 - Alpha.value()>)*detail::loss_formulas::binary_focus<Gamma>,
                               over_outputs::mean, target_kind::values, wants_probabilities<type_of<sigmoid>>>
    balanced_binary_focal_crossentropy{};

/// The sum of -t Alpha (1 - p)^Gamma log p over the classes.
template <real Gamma = 2.0, real Alpha = 0.25>
inline constexpr loss_function<"categorical_focal_crossentropy", detail::loss_formulas::focus<Gamma, Alpha>,
                               over_outputs::sum, target_kind::values, wants_probabilities<softmax_layer>>
    categorical_focal_crossentropy{};

/// The same with the class's index as the target.
template <real Gamma = 2.0, real Alpha = 0.25>
inline constexpr loss_function<"sparse_categorical_focal_crossentropy",
                               detail::loss_formulas::focus<Gamma, Alpha>, over_outputs::sum,
                               target_kind::labels, wants_probabilities<softmax_layer>>
    sparse_categorical_focal_crossentropy{};

/// The sum of t log(t / p) over the classes, both cut to [1e-7, 1]: the Kullback-Leibler divergence of the
/// distribution t from p.
inline constexpr loss_function<"kl_divergence", detail::loss_formulas::divergence, over_outputs::sum,
                               target_kind::values, wants_probabilities<softmax_layer>>
    kl_divergence;

/// The mean of max(1 - t p, 0)^2, with t = 1 for targets above zero and -1 for the others.
inline constexpr loss_function<"squared_hinge", square(detail::loss_formulas::hinge)> squared_hinge;

/// max(1 + largest of (1 - t) p - sum of t p, 0) over the classes, with t one-hot.
inline constexpr row_loss_function<
    "categorical_hinge", max(1 + detail::loss_formulas::wrong - detail::loss_formulas::right, 0),
    loss_extent::row, target_kind::values, no_shortcut,
    row_sum<(detail::loss_formulas::right = symbols::target * symbols::prediction)>,
    row_maximum<(detail::loss_formulas::wrong = (1 - symbols::target) * symbols::prediction)>>
    categorical_hinge;

/// 1 - (2 sum of t p + 1e-7) / (sum of t + sum of p + 1e-7) over all outputs of a sample (Milletari, Navab
/// and Ahmadi 2016), as Keras has it with the axes of a sample.
inline constexpr row_loss_function<
    "dice",
    1 - (2 * detail::loss_formulas::common + detail::loss_formulas::smallest) /
            (detail::loss_formulas::all + detail::loss_formulas::smallest),
    loss_extent::sample, target_kind::values, wants_probabilities<type_of<sigmoid>>,
    row_sum<(detail::loss_formulas::common = symbols::target * symbols::prediction)>,
    row_sum<(detail::loss_formulas::all = symbols::target + symbols::prediction)>>
    dice;

} // namespace strata::bedrock::inline STRATA_SETTING

namespace strata {
using bedrock::balanced_binary_focal_crossentropy;
using bedrock::binary_focal_crossentropy;
using bedrock::categorical_focal_crossentropy;
using bedrock::categorical_hinge;
using bedrock::dice;
using bedrock::hinge;
using bedrock::kl_divergence;
using bedrock::sparse_categorical_focal_crossentropy;
using bedrock::squared_hinge;
} // namespace strata

STRATA_HEADER_END
