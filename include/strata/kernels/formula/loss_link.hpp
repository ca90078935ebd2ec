// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/formula/evaluate.hpp>
#include <strata/kernels/formula/loss_target.hpp>
#include <strata/setting.hpp>

#include <cstddef>

namespace strata::bedrock::inline STRATA_SETTING::internal {

/// The layer that a loss applies to logits, where it has no formulas of its own for them: y = Link(row), in
/// place.
template <class Link, std::size_t Rows, std::size_t Last, class T>
void apply_link(T* rows) noexcept {
    for (std::size_t row = 0; row < Rows; ++row) {
        T* const y = rows + row * Last;
        if constexpr (std::is_same_v<Link, softmax_layer>)
            softmax_row<Last>(y);
        else
            visit_outputs<Last, T>([&](auto count, std::size_t i) {
                constexpr std::size_t lanes = decltype(count)::value;
                using V = loss_value<T, Last>;
                store_first<lanes>(evaluate_at(Link::formula, symbols::x, load_first<lanes, V>(y + i)),
                                   y + i);
            });
    }
}

/// delta = delta dy/dx, in place, from what the layer gave.
template <class Link, std::size_t Rows, std::size_t Last, class T>
void apply_link_slope(const T* rows, T* deltas) noexcept {
    for (std::size_t row = 0; row < Rows; ++row) {
        const T* const y = rows + row * Last;
        T* const delta = deltas + row * Last;
        if constexpr (std::is_same_v<Link, softmax_layer>)
            softmax_gradient_row<Last>(y, delta);
        else
            visit_outputs<Last, T>([&](auto count, std::size_t i) {
                constexpr std::size_t lanes = decltype(count)::value;
                using V = loss_value<T, Last>;
                const V slope =
                    evaluate_at(Link::template from_output<>, symbols::y, load_first<lanes, V>(y + i));
                store_first<lanes>(V(load_first<lanes, V>(delta + i) * slope), delta + i);
            });
    }
}

} // namespace strata::bedrock::inline STRATA_SETTING::internal
