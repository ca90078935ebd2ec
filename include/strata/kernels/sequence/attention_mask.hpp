// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/expression/finite.hpp>
#include <strata/kernels/rows_view.hpp>
#include <strata/kernels/sequence/attention_weights.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace strata::bedrock::inline STRATA_SETTING {

/// A number for each key of a sample, 1 where all masks of keys and values count it, and zeros to fill
/// `stored`. `x` are the values that an attention `Head` reads, with masks behind queries, keys and values.
template <class Head, class T>
void gather_key_mask(const rows_view<const T>* x, std::size_t sample, std::size_t stored, T* mask) noexcept {
    const rows_view<const T>* const masks = x + 3 + (Head::masks_queries ? 1 : 0);
    for (std::size_t key = 0; key < Head::sizes.keys; ++key) {
        mask[key] = 1;
        for (std::size_t each = 0; each < Head::key_masks; ++each)
            mask[key] *= *masks[each].row(sample * Head::sizes.keys + key);
    }
    std::fill(mask + Head::sizes.keys, mask + stored, T(0));
}

/// Gives masked keys a score whose weight is zero, in a query's row of scores, of which it sees the first
/// `seen`. Returns whether there is any other.
template <class V>
[[nodiscard, gnu::noinline]] bool hide_masked_keys(const value_type_of<V>* mask, std::size_t seen,
                                                   value_type_of<V>* scores) noexcept {
    using T = value_type_of<V>;
    V largest_lanes(-detail::infinity<T>);
    V counted(T(0));
    internal::visit_row_registers<V>(seen, [&](std::size_t place, std::size_t lanes) {
        const V counts = internal::lead(V::load_unaligned(mask + place), lanes, V(T(0)));
        const V score = V::load_unaligned(scores + place);
        largest_lanes = internal::lift(largest_lanes,
                                       V(xsimd::select(counts == V(T(0)), V(-detail::infinity<T>), score)));
        counted += counts;
    });
    if (internal::add_lanes(counted) == T(0))
        return false;
    alignas(alignment) T values[V::size];
    largest_lanes.store_aligned(values);
    const T largest = *std::max_element(values, values + V::size);
    // So far below the others that its weight is zero, and not so far that an exponential cannot tell.
    const V hidden(largest - std::max(T(1e4), std::abs(largest)));
    internal::visit_row_registers<V>(seen, [&](std::size_t place, std::size_t) {
        const V counts = V::load_unaligned(mask + place);
        const V score = V::load_unaligned(scores + place);
        V(xsimd::select(counts == V(T(0)), hidden, score)).store_unaligned(scores + place);
    });
    return true;
}

} // namespace strata::bedrock::inline STRATA_SETTING
