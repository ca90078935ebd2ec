// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/formula/evaluate.hpp>
#include <strata/kernels/formula/softmax.hpp>
#include <strata/learning/losses.hpp>
#include <strata/setting.hpp>

#include <cmath>
#include <cstddef>
#include <cstdint>

namespace strata::inline STRATA_SETTING {

/// The type that holds the targets of one batch.
template <class Loss, class T>
using target_of = std::conditional_t<Loss::targets == target_kind::labels, std::int32_t, T>;

namespace internal {
template <class Loss, std::size_t Last>
inline constexpr double loss_scale = Loss::reduction == over_outputs::mean ? 1.0 / static_cast<double>(Last)
                                                                           : 1.0;

// A single output is a plain number: a register would be filled and emptied for one lane.
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

// One row of outputs through a formula: returns the sum of the loss over the row, and writes weight * its
// slope.
template <std::size_t Last, class T, class Value, class Slope, class Bindings>
T formula_row(const T* target, T* delta, T weight, Value value, Slope slope, Bindings variables_at) noexcept {
    using V = loss_value<T, Last>;
    if constexpr (Last == 1) {
        const auto variables = variables_at(std::integral_constant<std::size_t, 1>{}, 0, *target);
        if (delta != nullptr)
            *delta = evaluate<T>(slope, variables) * weight;
        return evaluate<T>(value, variables);
    } else {
        V sum(T(0));
        visit_row<Last, V>([&](auto count, std::size_t i) {
            constexpr std::size_t lanes = decltype(count)::value;
            const auto variables = variables_at(count, i, load_first<lanes, V>(target + i));
            sum += first_lanes<lanes>(evaluate<V>(value, variables));
            if (delta != nullptr)
                store_first<lanes>(evaluate<V>(slope, variables) * V(weight), delta + i);
        });
        return xsimd::hadd(sum);
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
    using prediction = std::remove_const_t<decltype(symbols::prediction)>;
    using wanted = std::remove_const_t<decltype(symbols::target)>;
    using logit = std::remove_const_t<decltype(symbols::x)>;

    if constexpr (std::is_same_v<Link, softmax_layer>) {
        if constexpr (Loss::targets == target_kind::labels) {
            const T right = row[*target];
            const auto sums = softmax_row<Last>(row);
            if (delta != nullptr) {
                for (std::size_t i = 0; i < Last; ++i)
                    delta[i] = row[i] * weight;
                delta[*target] -= weight;
            }
            return static_cast<double>(sums.largest - right) + std::log(static_cast<double>(sums.sum));
        } else {
            // -sum t (x - log sum e^x), and the derivative (sum t) p - t, also where t is no distribution.
            double along = 0;
            double mass = 0;
            for (std::size_t i = 0; i < Last; ++i) {
                along += static_cast<double>(target[i]) * static_cast<double>(row[i]);
                mass += static_cast<double>(target[i]);
            }
            const auto sums = softmax_row<Last>(row);
            if (delta != nullptr)
                for (std::size_t i = 0; i < Last; ++i)
                    delta[i] = (static_cast<T>(mass) * row[i] - target[i]) * weight;
            return mass * (static_cast<double>(sums.largest) + std::log(static_cast<double>(sums.sum))) -
                   along;
        }
    } else if constexpr (!std::is_same_v<Link, no_shortcut>) {
        // A sigmoid or another pointwise link with formulas of its logit.
        const auto variables = [&](auto count, std::size_t i, V t) {
            constexpr std::size_t lanes = decltype(count)::value;
            const V x = load_first<lanes, V>(row + i);
            const V p = evaluate_at(Link::formula, symbols::x, x);
            store_first<lanes>(p, row + i);
            return environment<binding<logit, V>, binding<prediction, V>, binding<wanted, V>>{{x}, {p}, {t}};
        };
        return scale * static_cast<double>(internal::formula_row<Last>(
                           target, delta, weight * static_cast<T>(scale), Loss::shortcut::value,
                           Loss::shortcut::slope, variables));
    } else if constexpr (Loss::targets == target_kind::labels) {
        // Only the right class counts: the others have the target 0.
        if (delta != nullptr)
            for (std::size_t i = 0; i < Last; ++i)
                delta[i] = T(0);
        const auto variables =
            environment<binding<prediction, T>, binding<wanted, T>>{{row[*target]}, {T(1)}};
        if (delta != nullptr)
            delta[*target] = weight * evaluate<T>(Loss::slope, variables);
        return static_cast<double>(evaluate<T>(Loss::formula, variables));
    } else {
        const auto variables = [&](auto count, std::size_t i, V t) {
            constexpr std::size_t lanes = decltype(count)::value;
            return environment<binding<prediction, V>, binding<wanted, V>>{{load_first<lanes, V>(row + i)},
                                                                           {t}};
        };
        return scale *
               static_cast<double>(internal::formula_row<Last>(target, delta, weight * static_cast<T>(scale),
                                                               Loss::formula, Loss::slope, variables));
    }
}

} // namespace strata::inline STRATA_SETTING
