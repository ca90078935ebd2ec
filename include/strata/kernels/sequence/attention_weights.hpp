// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/expression/finite.hpp>
#include <strata/kernels/formula/exponential.hpp>
#include <strata/kernels/formula/softmax.hpp>
#include <strata/kernels/random/noise.hpp>
#include <strata/kernels/simd.hpp>
#include <strata/setting.hpp>

#include <cstddef>

namespace strata::bedrock::inline STRATA_SETTING {

namespace internal {
// Rows of scores and weights of an attention, filled to whole registers; only the first `count` are there.

/// Visits the registers of a row: visit(place, lanes that are there), the last with fewer than it holds.
template <class V, class Visit>
[[gnu::always_inline]] inline void visit_row_registers(std::size_t count, Visit visit) noexcept {
    std::size_t place = 0;
    for (; place + V::size <= count; place += V::size)
        visit(place, V::size);
    if (place < count)
        visit(place, count - place);
}

/// `value` in the first `count` lanes and `other` in those behind.
template <class V>
[[nodiscard]] inline V lead(V value, std::size_t count, V other) noexcept {
    using T = value_type_of<V>;
    return count == V::size ? value
                            : V(xsimd::select(lane_numbers<V>() < V(static_cast<T>(count)), value, other));
}

/// row = e^(row - m), m the largest, and zeros up to `stored`. Returns m and the sum.
template <class V>
[[gnu::noinline]] softmax_sums<value_type_of<V>> exponentiate_row(value_type_of<V>* row, std::size_t count,
                                                                  std::size_t stored) noexcept {
    using T = value_type_of<V>;
    const V lowest(-detail::infinity<T>);
    V largest_lanes = lowest;
    visit_row_registers<V>(count, [&](std::size_t place, std::size_t lanes) {
        const V x = lead(V::load_unaligned(row + place), lanes, lowest);
        largest_lanes = lift(largest_lanes, x); // NaN shows in the sum
    });
    alignas(alignment) T values[V::size];
    largest_lanes.store_aligned(values);
    T largest = values[0];
    for (const T value : values)
        largest = value > largest ? value : largest;
    V sum(T(0));
    visit_row_registers<V>(count, [&](std::size_t place, std::size_t lanes) {
        const V e = lead(exponential_of(V(V::load_unaligned(row + place) - V(largest))), lanes, V(T(0)));
        e.store_unaligned(row + place);
        sum += e;
    });
    for (std::size_t place = round_up(count, V::size); place < stored; place += V::size)
        V(T(0)).store_unaligned(row + place);
    return {largest, add_lanes(sum)};
}

/// row = e^(row - logarithm): the weights again, from the logarithm of the sum of their exponentials.
template <class V>
[[gnu::noinline]] void weigh_row(value_type_of<V>* row, std::size_t count, std::size_t stored,
                                 value_type_of<V> logarithm) noexcept {
    using T = value_type_of<V>;
    visit_row_registers<V>(count, [&](std::size_t place, std::size_t lanes) {
        const V weight = exponential_of(V(V::load_unaligned(row + place) - V(logarithm)));
        lead(weight, lanes, V(T(0))).store_unaligned(row + place);
    });
    for (std::size_t place = round_up(count, V::size); place < stored; place += V::size)
        V(T(0)).store_unaligned(row + place);
}

/// Multiplies a row of a head's weights with the factors of its dropout, 0 or 1 / (1 - rate). `number` is the
/// row's among those at hand, and the factors are those of its number in the whole batch.
template <class Head, class V>
[[gnu::noinline]] void drop_weights(value_type_of<V>* row, std::size_t count, const dropout_key& key,
                                    std::size_t number) noexcept {
    using T = value_type_of<V>;
    constexpr std::size_t blocks = (Head::sizes.keys + block_size - 1) / block_size;
    const std::uint32_t threshold = dropout_threshold(Head::dropout);
    const T scale = static_cast<T>(1 / (1 - Head::dropout));
    const std::size_t drawn = key.first_sample * Head::sizes.heads * Head::sizes.queries + number;
    for (std::size_t first = 0; first < count; first += block_size) {
        const random_block words = draw_block(key, drawn * blocks + first / block_size);
        for (std::size_t i = first; i < std::min(count, first + block_size); ++i)
            row[i] *= words[(i - first) / 16][i % 16] < threshold ? T(0) : scale;
    }
}

/// delta = weight (delta - sum of weight delta): the derivatives by the scores, of those by the weights.
template <class V>
[[gnu::noinline]] void pass_softmax(const value_type_of<V>* weights, value_type_of<V>* delta,
                                    std::size_t stored) noexcept {
    using T = value_type_of<V>;
    V sum(T(0));
    for (std::size_t place = 0; place < stored; place += V::size)
        sum = xsimd::fma(V::load_unaligned(weights + place), V::load_unaligned(delta + place), sum);
    const V mean(add_lanes(sum));
    for (std::size_t place = 0; place < stored; place += V::size)
        V(V::load_unaligned(weights + place) * (V::load_unaligned(delta + place) - mean))
            .store_unaligned(delta + place);
}
} // namespace internal

} // namespace strata::bedrock::inline STRATA_SETTING
