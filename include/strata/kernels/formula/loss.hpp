// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/expression/type_of.hpp>
#include <strata/kernels/formula/evaluate.hpp>
#include <strata/kernels/formula/loss_link.hpp>
#include <strata/kernels/formula/row_loss.hpp>
#include <strata/kernels/formula/softmax.hpp>
#include <strata/kernels/formula/softmax_loss.hpp>
#include <strata/learning/losses.hpp>
#include <strata/setting.hpp>

#include <cstddef>
#include <type_traits>
#include <utility>

namespace strata::bedrock::inline STRATA_SETTING {

namespace internal {
template <class Loss, std::size_t Last>
inline constexpr double loss_scale = Loss::reduction == over_outputs::mean ? 1.0 / static_cast<double>(Last)
                                                                           : 1.0;

// Evaluates a formula on one row of outputs. Returns the sum of the loss over the row, and unless `delta` is
// null writes weight * its slope there. `bind_variables(lanes, i, target)` binds the variables of elements
// i, ..., i + lanes - 1.
template <class Loss, std::size_t Last, class T, class Value, class Slope, class Bindings>
T formula_row(const target_of<Loss, T>* target, T* delta, T weight, Value value, Slope slope,
              Bindings bind_variables) noexcept {
    using V = loss_value<T, Last>;
    if constexpr (Last == 1) {
        const auto variables =
            bind_variables(std::integral_constant<std::size_t, 1>{}, 0, smoothed<Loss, 1>(*target));
        if (delta != nullptr)
            *delta = evaluate<T>(slope, variables) * weight;
        return evaluate<T>(value, variables);
    } else {
        V sum(T(0));
        visit_row<Last, V>([&](auto count, std::size_t i) {
            constexpr std::size_t lanes = decltype(count)::value;
            const auto variables = bind_variables(count, i, load_targets<Loss, Last, lanes, V>(target, i));
            sum += first_lanes<lanes>(evaluate<V>(value, variables));
            if (delta != nullptr)
                store_first<lanes>(evaluate<V>(slope, variables) * V(weight), delta + i);
        });
        return add_lanes(sum);
    }
}

} // namespace internal

/// The loss of one row of `Last` outputs behind `Link`: `no_shortcut` where `row` holds predictions, else the
/// layer whose input it holds (the logits), which is applied in place. Returns the loss; unless `delta` is
/// null, writes `weight` times the loss's derivative by what the row held. Some losses look at all `Rows` of
/// a sample.
template <class Loss, class Link, std::size_t Last, std::size_t Rows = 1, class T>
double loss_row(T* row, const target_of<Loss, T>* target, T* delta, T weight) noexcept {
    using V = internal::loss_value<T, Last>;
    using prediction = type_of<symbols::prediction>;
    using target_term = type_of<symbols::target>;
    using logit = type_of<symbols::x>;

    if constexpr (!std::is_same_v<Link, no_shortcut> && !detail::has_shortcut<Loss, Link>) {
        internal::apply_link<Link, Rows, Last>(row);
        const double loss = loss_row<Loss, no_shortcut, Last, Rows>(row, target, delta, weight);
        if (delta != nullptr)
            internal::apply_link_slope<Link, Rows, Last>(row, delta);
        return loss;
    } else if constexpr (requires { typename Loss::reductions; }) {
        return internal::reduced_loss<Loss, Rows, Last, T>{row, target}.run(typename Loss::reductions{},
                                                                            delta, weight);
    } else if constexpr (std::is_same_v<Link, softmax_layer>) {
        const internal::softmax_loss<Loss, Last, T> goal(row, target);
        return goal.loss(softmax_row<Last>(row, [&](auto count, std::size_t i, auto y) {
            constexpr std::size_t lanes = decltype(count)::value;
            if (delta != nullptr)
                store_first<lanes>(goal.template slope<lanes>(y, i, weight), delta + i);
        }));
    } else if constexpr (!std::is_same_v<Link, no_shortcut>) {
        // A sigmoid or another pointwise link with formulas of its logit.
        const auto variables = [&](auto count, std::size_t i, V t) {
            constexpr std::size_t lanes = decltype(count)::value;
            const V x = load_first<lanes, V>(row + i);
            const V p = evaluate_at(Link::formula, symbols::x, x);
            store_first<lanes>(p, row + i);
            return environment<binding<logit, V>, binding<prediction, V>, binding<target_term, V>>{
                {x}, {p}, {t}};
        };
        constexpr double scale = internal::loss_scale<Loss, Last>;
        return scale * static_cast<double>(internal::formula_row<Loss, Last>(
                           target, delta, weight * static_cast<T>(scale), Loss::shortcut::value,
                           Loss::shortcut::slope, variables));
    } else if constexpr (Loss::targets == target_kind::labels && Loss::ignores_zeros &&
                         detail::smoothing_of<Loss> == 0) {
        // The formula counts for the right class only, since the others have the target 0.
        if (delta != nullptr)
            for (std::size_t i = 0; i < Last; ++i)
                delta[i] = T(0);
        const auto variables =
            environment<binding<prediction, T>, binding<target_term, T>>{{row[*target]}, {T(1)}};
        constexpr double scale = internal::loss_scale<Loss, Last>;
        if (delta != nullptr)
            delta[*target] = weight * static_cast<T>(scale) * evaluate<T>(Loss::template slope<>, variables);
        return scale * static_cast<double>(evaluate<T>(Loss::formula, variables));
    } else {
        const auto variables = [&](auto count, std::size_t i, V t) {
            constexpr std::size_t lanes = decltype(count)::value;
            return environment<binding<prediction, V>, binding<target_term, V>>{
                {load_first<lanes, V>(row + i)}, {t}};
        };
        constexpr double scale = internal::loss_scale<Loss, Last>;
        return scale * static_cast<double>(internal::formula_row<Loss, Last>(
                           target, delta, weight * static_cast<T>(scale), Loss::formula,
                           Loss::template slope<>, variables));
    }
}

namespace internal {
/// How many rows `loss_square` takes at once; none for losses that it does not know.
template <class Loss, class Link, std::size_t Last, class T>
inline constexpr std::size_t loss_square_side = [] {
    if constexpr (std::is_same_v<Link, softmax_layer>)
        if constexpr (detail::has_shortcut<Loss, Link> && !requires { typename Loss::reductions; } &&
                      fills_squares<Last, T>)
            return lanes_of<T, Last>;
    return std::size_t{0};
}();

/// The same as `loss_row` of each of `loss_square_side` rows, one after the other. weights(row) is that of a
/// row, and losses(row, loss) takes its loss.
template <class Loss, std::size_t Last, class T, class Weights, class Losses>
void loss_square(T* rows, const target_of<Loss, T>* targets, T* deltas, Weights weights,
                 Losses losses) noexcept {
    constexpr std::size_t target_step = Loss::targets == target_kind::labels ? 1 : Last;
    constexpr std::size_t side = lanes_of<T, Last>;
    [&]<std::size_t... Row>(std::index_sequence<Row...>) {
        const softmax_loss<Loss, Last, T> goals[]{{rows + Row * Last, targets + Row * target_step}...};
        softmax_sums<T> sums[side];
        softmax_square<Last>(rows, [&](std::size_t row, auto y, softmax_sums<T> found) {
            sums[row] = found;
            if (deltas != nullptr)
                store_first<Last>(goals[row].template slope<Last>(y, 0, weights(row)), deltas + row * Last);
        });
        for (std::size_t row = 0; row < side; ++row)
            losses(row, goals[row].loss(sums[row]));
    }
    (std::make_index_sequence<side>{});
}
} // namespace internal

} // namespace strata::bedrock::inline STRATA_SETTING
