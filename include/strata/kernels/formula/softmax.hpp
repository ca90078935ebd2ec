// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/expression/finite.hpp>
#include <strata/kernels/formula/exponential.hpp>
#include <strata/setting.hpp>

#include <cstddef>

namespace strata::bedrock::inline STRATA_SETTING {

/// Visits a row of `Length` elements in registers of V: calls visit(count, first) for each register, which
/// holds count::value elements from `first` on.
template <std::size_t Length, class V, class Visit>
[[gnu::always_inline]] inline void visit_row(Visit visit) noexcept {
    constexpr std::size_t full_length = Length / V::size * V::size;
    for (std::size_t i = 0; i < full_length; i += V::size)
        visit(std::integral_constant<std::size_t, V::size>{}, i);
    if constexpr (full_length < Length)
        visit(std::integral_constant<std::size_t, Length - full_length>{}, full_length);
}

template <class T>
struct softmax_sums {
    T largest;
    T sum; ///< of e^(x - largest)
};

/// row = softmax(row), in place. Returns what a cross-entropy needs: log(sum_j e^x_j) = largest + log(sum).
template <std::size_t Length, class T>
softmax_sums<T> softmax_row(T* row) noexcept {
    using V = simd<T, lanes_of<T, Length>>;
    const V lowest(-detail::infinity<T>);
    V largest_lanes = lowest;
    visit_row<Length, V>([&](auto count, std::size_t i) {
        constexpr std::size_t lanes = decltype(count)::value;
        V x = load_first<lanes, V>(row + i);
        if constexpr (lanes < V::size)
            x = xsimd::select(lane_numbers<V>() < V(T(lanes)), x, lowest);
        largest_lanes = internal::lift(largest_lanes, x); // NaN shows in the sum
    });
    alignas(alignment) T values[V::size];
    largest_lanes.store_aligned(values);
    T largest = values[0];
    for (T value : values)
        largest = value > largest ? value : largest;

    V sum_lanes(T(0));
    visit_row<Length, V>([&](auto count, std::size_t i) {
        constexpr std::size_t lanes = decltype(count)::value;
        const V e = exponential_of(load_first<lanes, V>(row + i) - V(largest));
        store_first<lanes>(e, row + i);
        sum_lanes += first_lanes<lanes>(e);
    });
    const T sum = internal::add_lanes(sum_lanes);
    visit_row<Length, V>([&](auto count, std::size_t i) {
        constexpr std::size_t lanes = decltype(count)::value;
        store_first<lanes>(load_first<lanes, V>(row + i) / V(sum), row + i);
    });
    return {largest, sum};
}

/// delta_i = y_i (delta_i - sum_j delta_j y_j), in place, with y the softmax's output.
template <std::size_t Length, class T>
void softmax_gradient_row(const T* y, T* delta) noexcept {
    using V = simd<T, lanes_of<T, Length>>;
    V products(T(0));
    visit_row<Length, V>([&](auto count, std::size_t i) {
        constexpr std::size_t lanes = decltype(count)::value;
        products += load_first<lanes, V>(y + i) * load_first<lanes, V>(delta + i);
    });
    const V product(internal::add_lanes(products));
    visit_row<Length, V>([&](auto count, std::size_t i) {
        constexpr std::size_t lanes = decltype(count)::value;
        store_first<lanes>(load_first<lanes, V>(y + i) * (load_first<lanes, V>(delta + i) - product),
                           delta + i);
    });
}

} // namespace strata::bedrock::inline STRATA_SETTING
