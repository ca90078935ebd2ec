// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/learning/loss.hpp>
#include <strata/setting.hpp>

#include <concepts>

namespace strata::bedrock::inline STRATA_SETTING {

/// The sum over the outputs of a row of a formula of `prediction` and `target`, under a name:
/// `row_sum<(p = square(prediction))>`.
template <auto Assignment>
struct row_sum {
    using variable = typename decltype(Assignment)::variable;
    static constexpr auto formula = frozen<Assignment.formula>;
    static constexpr auto slope = derivative(formula, symbols::prediction);
    static constexpr bool is_sum = true;
};

/// The largest over the outputs of a row. Equal ones share its derivative.
template <auto Assignment>
struct row_maximum : row_sum<Assignment> {
    static constexpr bool is_sum = false;
};

/// What a loss looks at together: the outputs along the last axis, or all of a sample.
enum class loss_extent { row, sample };

/// A formula of what was reduced over a row, averaged over the rows. The derivatives by the reductions, and
/// those of the reductions by the predictions, are taken at compile time.
template <text Name, auto Formula, loss_extent Extent, target_kind Targets, class Shortcut,
          class... Reductions>
struct row_loss_function : loss_base {
    static constexpr auto name = Name;
    static constexpr auto formula = frozen<Formula>;
    static constexpr target_kind targets = Targets;
    static constexpr bool of_samples = Extent == loss_extent::sample;
    using shortcut = Shortcut;
    using reductions = type_list<Reductions...>;

    template <class Variable>
    static constexpr bool is_reduced = (std::same_as<Variable, typename Reductions::variable> || ...);
    template <class... Variables>
    static constexpr bool all_reduced(type_list<Variables...>) {
        return (is_reduced<Variables> && ...);
    }
    static constexpr bool is_bound =
        all_reduced(variables_of(formula)) &&
        (detail::prediction_and_target(variables_of(Reductions::formula)) && ...);
    static constexpr bool reads_target = (contains(Reductions::formula, symbols::target) || ...);
    static constexpr bool needs_classes = Targets == target_kind::labels || detail::is_softmax<Shortcut>;

    template <class Shape>
    static constexpr bool accepts = is_bound && (!needs_classes || Shape::last >= 2);
};

/// The user's own: `row_loss<"name", 1 - variable<"p">, row_sum<(variable<"p"> = prediction * target)>>`.
template <text Name, auto Formula, class... Reductions>
inline constexpr row_loss_function<Name, Formula, loss_extent::row, target_kind::values, no_shortcut,
                                   Reductions...>
    row_loss{};

} // namespace strata::bedrock::inline STRATA_SETTING

namespace strata {
using bedrock::row_loss;
using bedrock::row_maximum;
using bedrock::row_sum;
} // namespace strata
