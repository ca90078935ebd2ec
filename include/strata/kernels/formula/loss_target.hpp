// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/formula/softmax.hpp>
#include <strata/kernels/simd.hpp>
#include <strata/learning/loss.hpp>
#include <strata/setting.hpp>

#include <cstddef>
#include <cstdint>
#include <type_traits>

namespace strata::bedrock::inline STRATA_SETTING {

/// The type that holds the targets of one batch.
template <class Loss, class T>
using target_of = std::conditional_t<Loss::targets == target_kind::labels, std::int32_t, T>;

namespace internal {
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

/// Visits a row of outputs as `visit_row` does, or a single one as a plain number.
template <std::size_t Last, class T, class Visit>
[[gnu::always_inline]] inline void visit_outputs(Visit visit) noexcept {
    if constexpr (Last == 1)
        visit(std::integral_constant<std::size_t, 1>{}, std::size_t{0});
    else
        visit_row<Last, loss_value<T, Last>>(visit);
}

/// What a loss whose targets are softened makes of one.
template <class Loss, std::size_t Classes, class V>
V smoothed(V target) noexcept {
    if constexpr (detail::smoothing_of<Loss> == 0)
        return target;
    else {
        using T = value_type_of<V>;
        return target * V(static_cast<T>(1 - detail::smoothing_of<Loss>)) +
               V(static_cast<T>(detail::smoothing_share<Loss, Classes>));
    }
}

/// The targets of the outputs i, ..., i + Lanes - 1 of a row. Of a label they are 1 and 0.
template <class Loss, std::size_t Last, std::size_t Lanes, class V, class Target>
V load_targets(const Target* target, std::size_t i) noexcept {
    using T = value_type_of<V>;
    if constexpr (Loss::targets == target_kind::labels) {
        const T lane = static_cast<T>(static_cast<std::ptrdiff_t>(*target) - static_cast<std::ptrdiff_t>(i));
        return smoothed<Loss, Last>(V(xsimd::select(lane_numbers<V>() == V(lane), V(T(1)), V(T(0)))));
    } else
        return smoothed<Loss, Last>(load_first<Lanes, V>(target + i));
}
} // namespace internal

} // namespace strata::bedrock::inline STRATA_SETTING
