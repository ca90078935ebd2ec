// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/expression/finite.hpp>
#include <strata/kernels/rows_view.hpp>
#include <strata/layers/dot_attention.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace strata::bedrock::inline STRATA_SETTING {

/// Takes the masked keys out of a query's row of scores, of which the query sees the first `seen`: they get
/// one whose weight is zero. `x` are the values that an attention `Head` reads, masks behind the others.
/// Returns whether the query sees a key, and is not masked itself.
template <class Head, class T>
[[nodiscard]] bool hide_masked_keys(const rows_view<const T>* x, std::size_t sample, std::size_t query,
                                    std::size_t seen, T* scores) noexcept {
    const rows_view<const T>* masks = x + 3;
    if constexpr (Head::masks_queries)
        if (*masks++->row(sample * Head::sizes.queries + query) == T(0))
            return false;
    const auto counts = [&](std::size_t key) {
        return std::all_of(masks, masks + Head::key_masks, [&](const rows_view<const T>& mask) {
            return *mask.row(sample * Head::sizes.keys + key) != T(0);
        });
    };
    if constexpr (Head::key_masks == 0)
        return true;
    T largest = -detail::infinity<T>;
    bool sees_any = false;
    for (std::size_t key = 0; key < seen; ++key)
        if (counts(key)) {
            largest = std::max(largest, scores[key]);
            sees_any = true;
        }
    // So far below the others that its weight is zero, and not so far that an exponential cannot tell.
    const T hidden = largest - std::max(T(1e4), std::abs(largest));
    for (std::size_t key = 0; key < seen; ++key)
        if (!counts(key))
            scores[key] = hidden;
    return sees_any;
}

} // namespace strata::bedrock::inline STRATA_SETTING
