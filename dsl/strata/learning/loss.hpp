// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/expression/diagnostic.hpp>
#include <strata/expression/type_of.hpp>
#include <strata/layers/common_activations.hpp>
#include <strata/layers/softmax.hpp>
#include <strata/setting.hpp>

#include <concepts>

namespace strata::bedrock::inline STRATA_SETTING {

/// What a loss makes of the outputs of one sample. Over the samples of a batch it is always the mean.
enum class over_outputs { mean, sum };

/// What a target array holds: a number for each output, or for each row of outputs the index of the right
/// one.
enum class target_kind { values, labels };

/// "Nothing better is known than the chain rule."
struct no_shortcut {};

/// A loss right behind the layer `Link`, computed from what the link received (its `x`, the logit), where
/// rounding does no harm: the loss itself and its derivative by the logit, in `x`, `prediction` and `target`.
template <class Link, auto Value, auto Slope>
struct shortcut {
    using link = Link;
    static constexpr auto value = frozen<Value>;
    static constexpr auto slope = frozen<Slope>;
};

/// Softmax and cross-entropy: log(sum_j e^x_j) - x_target, with the derivative prediction - target.
struct softmax_shortcut {
    using link = softmax_layer;
};

/// A loss of the probabilities that `Link` gives, by the chain rule.
template <class Link>
struct wants_probabilities {
    using link = Link;
};

struct loss_base {
    static constexpr bool of_samples = false; ///< whether it looks at all rows of a sample together
    static constexpr bool of_batches = false; ///< whether samples look at each other
    static constexpr bool of_sequences =
        false; ///< whether the rows of a sample are steps that follow each other
    static constexpr bool takes_logits = false; ///< whether it wants logits, and no probabilities
};

namespace detail {
template <class... Variables>
constexpr bool prediction_and_target(type_list<Variables...>) {
    return ((std::same_as<Variables, type_of<symbols::prediction>> ||
             std::same_as<Variables, type_of<symbols::target>>)&&...);
}
template <class Shortcut>
concept is_softmax = std::same_as<typename Shortcut::link, softmax_layer>;
template <class Term>
constexpr bool is_zero(Term) {
    return is_number<Term, 0.0>;
}
} // namespace detail

/// A formula of `prediction` and `target` for each output, reduced over the outputs of a sample and averaged
/// over the batch. The derivative by `prediction` is taken at compile time.
template <text Name, auto Formula, over_outputs Reduction = over_outputs::mean,
          target_kind Targets = target_kind::values, class Shortcut = no_shortcut>
struct loss_function : loss_base {
    static constexpr auto name = Name;
    static constexpr auto formula = frozen<Formula>;
    /// The derivative by the prediction, taken when training asks for it.
    template <class = void>
    static constexpr auto slope = derivative(formula, symbols::prediction);
    static constexpr over_outputs reduction = Reduction;
    static constexpr target_kind targets = Targets;
    using shortcut = Shortcut;

    static constexpr bool is_bound = detail::prediction_and_target(variables_of(formula));
    static constexpr bool reads_target = contains(formula, symbols::target);
    /// Whether outputs with the target 0 add nothing, so that of labels only the right class matters.
    static constexpr bool ignores_zeros =
        detail::is_zero(substitute(formula, symbols::target, constant<0.0>));
    static constexpr bool needs_classes = Targets == target_kind::labels || detail::is_softmax<Shortcut>;

    /// Whether it fits the outputs of a network.
    template <class Shape>
    static constexpr bool accepts = is_bound && (!needs_classes || Shape::last >= 2);
};

template <class T>
concept loss_type = std::is_base_of_v<loss_base, T>;

/// A loss of probabilities that takes a network's outputs for logits: the layer `Link` (softmax, sigmoid) is
/// applied with the loss. Training and metrics are those of the network with that layer, to the last bit;
/// predictions are logits.
template <class Loss, class Link>
struct logit_loss : Loss {
    static constexpr bool reads_logits = true;
    using link = Link;

    template <class Shape>
    static constexpr bool accepts = Loss::template accepts<Shape> &&
                                    (!std::same_as<Link, softmax_layer> || Shape::last >= 2);
};

/// A cross-entropy whose targets are softened: t becomes t (1 - Smoothing) + Smoothing / n, where n is the
/// number of classes behind a softmax, and 2 for a sigmoid.
template <class Loss, real Smoothing>
struct smoothed_loss : Loss {
    static constexpr double smoothing = Smoothing.value();
};

namespace detail {
template <class Loss>
concept reads_logits = requires {
    requires Loss::reads_logits;
};
/// Whether a loss is one of probabilities.
template <class Loss>
concept is_cross_entropy = requires {
    typename Loss::shortcut::link;
};
/// Whether a loss has formulas of its own for the logits behind `Link`.
template <class Loss, class Link>
inline constexpr bool has_shortcut = false;
template <is_cross_entropy Loss, class Link>
inline constexpr bool has_shortcut<Loss, Link> =
    std::same_as<typename Loss::shortcut::link, Link> &&
    !std::same_as<typename Loss::shortcut, wants_probabilities<Link>>;

/// Whether a loss can apply a layer to logits.
template <class Layer>
inline constexpr bool can_be_applied = requires {
    requires term<type_of<Layer::template from_output<>>>;
};
template <>
inline constexpr bool can_be_applied<softmax_layer> = true;

/// What is added to the targets of a loss, after they were multiplied with 1 - this times the classes.
template <class Loss, std::size_t Classes>
inline constexpr double smoothing_share = 0;
template <class Loss, std::size_t Classes>
    requires requires { Loss::smoothing; }
inline constexpr double smoothing_share<Loss, Classes> =
    Loss::smoothing /
    (std::same_as<typename Loss::shortcut::link, softmax_layer> ? static_cast<double>(Classes) : 2.0);
template <class Loss>
inline constexpr double smoothing_of = 0;
template <class Loss>
    requires requires { Loss::smoothing; }
inline constexpr double smoothing_of<Loss> = Loss::smoothing;
} // namespace detail

/// `from_logits(sparse_categorical_crossentropy)`, for a network without a softmax, or
/// `from_logits(binary_crossentropy)`, for one without a sigmoid.
template <loss_type Loss>
constexpr auto from_logits(Loss loss) {
    if constexpr (detail::is_cross_entropy<Loss> && !detail::reads_logits<Loss>)
        return logit_loss<Loss, typename Loss::shortcut::link>{};
    else {
        static_assert(detail::reject<Loss, text("from_logits cannot take ") + Loss::name,
                                     "it takes a cross-entropy">());
        return loss;
    }
}

/// Any loss behind a layer of the loss's own: `from_logits<softmax>(own)`. Takes softmax, and activations
/// whose derivative is a formula of their result, such as sigmoid.
template <auto Layer, loss_type Loss>
constexpr auto from_logits(Loss loss) {
    using link = type_of<Layer>;
    if constexpr (detail::reads_logits<Loss>) {
        static_assert(detail::reject<Loss, text("from_logits cannot take ") + Loss::name,
                                     "it has a layer of its own already">());
        return loss;
    } else if constexpr (detail::can_be_applied<link>)
        return logit_loss<Loss, link>{};
    else {
        static_assert(detail::reject<Loss, text("from_logits cannot apply ") + link::label, "its derivative",
                                     "is no formula of its result">());
        return loss;
    }
}

/// `label_smoothing<0.1>(categorical_crossentropy)` (Szegedy and others 2016), as in Keras, and for labels as
/// in PyTorch.
template <real Smoothing, loss_type Loss>
constexpr auto label_smoothing(Loss loss) {
    static_assert(Smoothing.value() >= 0 && Smoothing.value() < 1,
                  "strata: label_smoothing wants a number from 0 to below 1");
    if constexpr (detail::is_cross_entropy<Loss> && detail::smoothing_of<Loss> == 0)
        return smoothed_loss<Loss, Smoothing>{};
    else {
        static_assert(detail::reject<Loss, text("label_smoothing cannot take ") + Loss::name,
                                     "it takes a cross-entropy of plain targets">());
        return loss;
    }
}

/// The user's own: `constexpr auto cauchy = loss<"cauchy", log1p(square(prediction - target))>;`.
template <text Name, auto Formula, over_outputs Reduction = over_outputs::mean>
inline constexpr loss_function<Name, Formula, Reduction> loss{};

/// The same on labels: the target is 1 for the right class and 0 for the others.
template <text Name, auto Formula, over_outputs Reduction = over_outputs::sum>
inline constexpr loss_function<Name, Formula, Reduction, target_kind::labels> label_loss{};

} // namespace strata::bedrock::inline STRATA_SETTING

namespace strata {
using bedrock::from_logits;
using bedrock::label_loss;
using bedrock::label_smoothing;
using bedrock::loss;
using bedrock::over_outputs;
} // namespace strata
