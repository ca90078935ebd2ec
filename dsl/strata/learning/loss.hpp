// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/expression/type_of.hpp>
#include <strata/layers/activations.hpp>
#include <strata/layers/softmax.hpp>
#include <strata/topology/diagnostic.hpp>

namespace strata::bedrock {

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

struct loss_base {};

/// A formula of `prediction` and `target` for each output, reduced over the outputs of a sample and averaged
/// over the batch. The derivative by `prediction` is taken at compile time.
template <text Name, auto Formula, over_outputs Reduction = over_outputs::mean,
          target_kind Targets = target_kind::values, class Shortcut = no_shortcut>
struct loss_function : loss_base {
    static constexpr auto name = Name;
    static constexpr auto formula = frozen<Formula>;
    static constexpr auto slope = derivative(formula, symbols::prediction);
    static constexpr over_outputs reduction = Reduction;
    static constexpr target_kind targets = Targets;
    using shortcut = Shortcut;

    template <class... Variables>
    static constexpr bool known(type_list<Variables...>) {
        return ((std::same_as<Variables, type_of<symbols::prediction>> ||
                 std::same_as<Variables, type_of<symbols::target>>)&&...);
    }
    static constexpr bool is_bound = known(variables_of(formula));
    static constexpr bool needs_classes =
        Targets == target_kind::labels || std::same_as<Shortcut, softmax_shortcut>;

    /// Whether it fits the outputs of a network.
    template <class Shape>
    static constexpr bool accepts = is_bound && (!needs_classes || Shape::last >= 2);
};

template <class T>
concept loss_type = std::derived_from<T, loss_base>;

/// A cross-entropy that takes a network's outputs for logits: its last layer (softmax or sigmoid) is applied
/// with the loss. Training and metrics are those of the network with that layer, to the last bit; predictions
/// are logits.
template <class Loss>
struct logit_loss : Loss {
    static constexpr bool reads_logits = true;
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
} // namespace detail

/// `from_logits(sparse_categorical_crossentropy)`, for a network without a softmax, or
/// `from_logits(binary_crossentropy)`, for one without a sigmoid.
template <loss_type Loss>
constexpr auto from_logits(Loss loss) {
    if constexpr (detail::is_cross_entropy<Loss> && !detail::reads_logits<Loss>)
        return logit_loss<Loss>{};
    else {
        static_assert(detail::reject<Loss, text("from_logits cannot take ") + Loss::name,
                                     "it takes a cross-entropy">());
        return loss;
    }
}

/// The user's own: `constexpr auto cauchy = loss<"cauchy", log1p(square(prediction - target))>;`.
template <text Name, auto Formula, over_outputs Reduction = over_outputs::mean>
inline constexpr loss_function<Name, Formula, Reduction> loss{};

} // namespace strata::bedrock

namespace strata {
using bedrock::from_logits;
using bedrock::loss;
using bedrock::over_outputs;
} // namespace strata
