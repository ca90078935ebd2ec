// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/expression/type_of.hpp>
#include <strata/kernels/formula/evaluate.hpp>
#include <strata/kernels/formula/softmax.hpp>
#include <strata/learning/losses.hpp>
#include <strata/setting.hpp>

#include <cmath>
#include <cstddef>
#include <cstdint>

namespace strata::bedrock::inline STRATA_SETTING {

/// The type that holds the targets of one batch.
template <class Loss, class T>
using target_of = std::conditional_t<Loss::targets == target_kind::labels, std::int32_t, T>;

namespace internal {
template <class Loss, std::size_t Last>
inline constexpr double loss_scale = Loss::reduction == over_outputs::mean ? 1.0 / static_cast<double>(Last)
                                                                           : 1.0;

// A single output is computed as a plain number, since a register would be filled for one lane.
template <class T, std::size_t Last>
struct loss_value_of {
    using type = simd<T, lanes_of<T, Last>>;
};
template <class T>
struct loss_value_of<T, 1> {
    using type = T;
};
template <class T, std::size_t Last>
using loss_value = typename loss_value_of<T, Last>::type;

// Evaluates a formula on one row of outputs. Returns the sum of the loss over the row, and unless `delta` is
// null writes weight * its slope there. `bind_variables(lanes, i, target)` binds the variables of elements
// i, ..., i + lanes - 1.
template <std::size_t Last, class T, class Value, class Slope, class Bindings>
T formula_row(const T* target, T* delta, T weight, Value value, Slope slope,
              Bindings bind_variables) noexcept {
    using V = loss_value<T, Last>;
    if constexpr (Last == 1) {
        const auto variables = bind_variables(std::integral_constant<std::size_t, 1>{}, 0, *target);
        if (delta != nullptr)
            *delta = evaluate<T>(slope, variables) * weight;
        return evaluate<T>(value, variables);
    } else {
        V sum(T(0));
        visit_row<Last, V>([&](auto count, std::size_t i) {
            constexpr std::size_t lanes = decltype(count)::value;
            const auto variables = bind_variables(count, i, load_first<lanes, V>(target + i));
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
/// null, writes `weight` times the loss's derivative by what the row held.
template <class Loss, class Link, std::size_t Last, class T>
double loss_row(T* row, const target_of<Loss, T>* target, T* delta, T weight) noexcept {
    using V = internal::loss_value<T, Last>;
    constexpr double scale = internal::loss_scale<Loss, Last>;
    using prediction = type_of<symbols::prediction>;
    using target_term = type_of<symbols::target>;
    using logit = type_of<symbols::x>;

    if constexpr (std::is_same_v<Link, softmax_layer>) {
        if constexpr (Loss::targets == target_kind::labels) {
            const T true_logit = row[*target];
            const auto sums = softmax_row<Last>(row);
            if (delta != nullptr) {
                for (std::size_t i = 0; i < Last; ++i)
                    delta[i] = row[i] * weight;
                delta[*target] -= weight;
            }
            return static_cast<double>(sums.largest - true_logit) + std::log(static_cast<double>(sums.sum));
        } else {
            // The loss is -sum t (x - log sum e^x), and its derivative (sum t) p - t. Both hold also where
            // the targets t do not sum to 1.
            double target_product = 0;
            double target_sum = 0;
            for (std::size_t i = 0; i < Last; ++i) {
                target_product += static_cast<double>(target[i]) * static_cast<double>(row[i]);
                target_sum += static_cast<double>(target[i]);
            }
            const auto sums = softmax_row<Last>(row);
            if (delta != nullptr)
                for (std::size_t i = 0; i < Last; ++i)
                    delta[i] = (static_cast<T>(target_sum) * row[i] - target[i]) * weight;
            return target_sum *
                       (static_cast<double>(sums.largest) + std::log(static_cast<double>(sums.sum))) -
                   target_product;
        }
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
        return scale * static_cast<double>(internal::formula_row<Last>(
                           target, delta, weight * static_cast<T>(scale), Loss::shortcut::value,
                           Loss::shortcut::slope, variables));
    } else if constexpr (Loss::targets == target_kind::labels) {
        // The formula counts for the right class only, since the others have the target 0.
        if (delta != nullptr)
            for (std::size_t i = 0; i < Last; ++i)
                delta[i] = T(0);
        const auto variables =
            environment<binding<prediction, T>, binding<target_term, T>>{{row[*target]}, {T(1)}};
        if (delta != nullptr)
            delta[*target] = weight * evaluate<T>(Loss::slope, variables);
        return static_cast<double>(evaluate<T>(Loss::formula, variables));
    } else {
        const auto variables = [&](auto count, std::size_t i, V t) {
            constexpr std::size_t lanes = decltype(count)::value;
            return environment<binding<prediction, V>, binding<target_term, V>>{
                {load_first<lanes, V>(row + i)}, {t}};
        };
        return scale *
               static_cast<double>(internal::formula_row<Last>(target, delta, weight * static_cast<T>(scale),
                                                               Loss::formula, Loss::slope, variables));
    }
}

} // namespace strata::bedrock::inline STRATA_SETTING
