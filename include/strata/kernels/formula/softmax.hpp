// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/expression/finite.hpp>
#include <strata/kernels/formula/exponential.hpp>
#include <strata/kernels/product/transpose.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <bit>
#include <cstddef>
#include <type_traits>
#include <utility>

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

namespace internal {
/// A row of few numbers, held in registers. What is reduced over it is reduced by halves: of the row, filled
/// up to a power of two, the second half goes into the first until one number is left. So the result is the
/// same whatever registers there are, and does not wait for one number after the other.
template <std::size_t Length, class V>
struct short_row {
    static constexpr std::size_t count = (Length + V::size - 1) / V::size;
    V parts[count];

    /// Calls visit(part, lanes, first): which register, how many numbers it has, and the first of them.
    template <class Visit>
    [[gnu::always_inline]] static void each(Visit visit) noexcept {
        [&]<std::size_t... I>(std::index_sequence<I...>) {
            (visit(I, std::integral_constant<std::size_t, std::min(V::size, Length - I * V::size)>{},
                   I * V::size),
             ...);
        }
        (std::make_index_sequence<count>{});
    }

    /// Every lane has the result.
    template <class Operation>
    [[nodiscard, gnu::always_inline]] V reduce(Operation operation) const noexcept {
        short_row folded = *this;
        for (std::size_t half = std::bit_ceil(count) / 2; half > 0; half /= 2)
            for (std::size_t i = 0; i + half < count && i < half; ++i)
                folded.parts[i] = operation(folded.parts[i], folded.parts[i + half]);
        return fold_lanes(folded.parts[0], operation);
    }
};

/// Rows of up to so many numbers are held in registers.
inline constexpr std::size_t longest_short_row = 16;

template <std::size_t Length, class T, class Visit>
softmax_sums<T> softmax_short_row(T* row, Visit visit) noexcept {
    using V = simd<T, lanes_of<T, Length>>;
    short_row<Length, V> x, filled;
    const V lowest(-detail::infinity<T>);
    x.each([&](std::size_t part, auto count, std::size_t i) {
        constexpr std::size_t lanes = decltype(count)::value;
        x.parts[part] = load_first<lanes, V>(row + i);
        filled.parts[part] = x.parts[part];
        if constexpr (lanes < V::size)
            filled.parts[part] = xsimd::select(lane_numbers<V>() < V(T(lanes)), x.parts[part], lowest);
    });
    const V largest = filled.reduce([](V a, V b) { return lift(a, b); }); // NaN shows in the sum
    x.each([&](std::size_t part, auto count, std::size_t) {
        x.parts[part] = exponential_of(V(x.parts[part] - largest));
        filled.parts[part] = first_lanes<decltype(count)::value>(x.parts[part]);
    });
    const V sum = filled.reduce([](V a, V b) { return a + b; });
    x.each([&](std::size_t part, auto count, std::size_t i) {
        const V y = x.parts[part] / sum;
        store_first<decltype(count)::value>(y, row + i);
        visit(count, i, y);
    });
    return {first_lane(largest), first_lane(sum)};
}
} // namespace internal

/// row = softmax(row), in place. Calls visit(count, first, y) with each register of the result, which holds
/// count::value numbers from `first` on. Returns what a cross-entropy needs: log(sum_j e^x_j) = largest +
/// log(sum).
template <std::size_t Length, class T, class Visit>
softmax_sums<T> softmax_row(T* row, Visit visit) noexcept {
    if constexpr (Length <= internal::longest_short_row)
        return internal::softmax_short_row<Length>(row, visit);
    else {
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
        const V largest = internal::fold_lanes(largest_lanes, [](V a, V b) { return internal::lift(a, b); });

        V sum_lanes(T(0));
        visit_row<Length, V>([&](auto count, std::size_t i) {
            constexpr std::size_t lanes = decltype(count)::value;
            const V e = exponential_of(V(load_first<lanes, V>(row + i) - largest));
            store_first<lanes>(e, row + i);
            sum_lanes += first_lanes<lanes>(e);
        });
        const T sum = internal::add_lanes(sum_lanes);
        visit_row<Length, V>([&](auto count, std::size_t i) {
            constexpr std::size_t lanes = decltype(count)::value;
            const V y = load_first<lanes, V>(row + i) / V(sum);
            store_first<lanes>(y, row + i);
            visit(count, i, y);
        });
        return {internal::first_lane(largest), sum};
    }
}
template <std::size_t Length, class T>
softmax_sums<T> softmax_row(T* row) noexcept {
    return softmax_row<Length>(row, [](auto, std::size_t, auto) {});
}

namespace internal {
/// Whether `lanes` rows at once are a square of registers.
template <std::size_t Length, class T>
inline constexpr bool fills_squares =
    Length > 1 && Length <= longest_short_row&& Length <= lanes_of<T, Length>;

/// As many rows as a register has lanes, one after the other, each of which goes into a lane of its own: no
/// sum has to look for its numbers in one register, and no lane is empty. The results are those of one row.
template <std::size_t Length, class T, class Visit>
void softmax_square(T* rows, Visit visit) noexcept {
    using V = simd<T, lanes_of<T, Length>>;
    V columns[V::size];
#pragma GCC unroll 16
    for (std::size_t row = 0; row < V::size; ++row)
        columns[row] = load_first<Length, V>(rows + row * Length);
    transpose_square(columns);
    V folded[V::size];
    const auto reduce = [&](auto operation) {
#pragma GCC unroll 16
        for (std::size_t i = 0; i < Length; ++i)
            folded[i] = columns[i];
#pragma GCC unroll 4
        for (std::size_t half = V::size / 2; half > 0; half /= 2)
#pragma GCC unroll 8
            for (std::size_t i = 0; i < half; ++i)
                if (i + half < Length)
                    folded[i] = operation(folded[i], folded[i + half]);
        return folded[0];
    };
    const V largest = reduce([](V a, V b) { return lift(a, b); });
#pragma GCC unroll 16
    for (std::size_t i = 0; i < Length; ++i)
        columns[i] = exponential_of(V(columns[i] - largest));
    const V sum = reduce([](V a, V b) { return a + b; });
#pragma GCC unroll 16
    for (std::size_t i = 0; i < Length; ++i)
        columns[i] = columns[i] / sum;
    transpose_square(columns);
    alignas(alignment) T all_largest[V::size];
    alignas(alignment) T all_sums[V::size];
    largest.store_aligned(all_largest);
    sum.store_aligned(all_sums);
#pragma GCC unroll 16
    for (std::size_t row = 0; row < V::size; ++row) {
        store_first<Length>(columns[row], rows + row * Length);
        visit(row, columns[row], softmax_sums<T>{all_largest[row], all_sums[row]});
    }
}
} // namespace internal

/// The same for `count` rows, one after the other.
template <std::size_t Length, class T>
void softmax_rows(T* rows, std::size_t count) noexcept {
    std::size_t first = 0;
    if constexpr (internal::fills_squares<Length, T>) {
        constexpr std::size_t side = lanes_of<T, Length>;
        for (const std::size_t squares = count / side * side; first < squares; first += side)
            internal::softmax_square<Length>(rows + first * Length, [](std::size_t, auto, auto) {});
    }
    for (std::size_t row = first; row < count; ++row)
        softmax_row<Length>(rows + row * Length);
}

/// delta_i = y_i (delta_i - sum_j delta_j y_j), in place, with y the softmax's output.
template <std::size_t Length, class T>
void softmax_gradient_row(const T* y, T* delta) noexcept {
    using V = simd<T, lanes_of<T, Length>>;
    V product;
    if constexpr (Length <= internal::longest_short_row) {
        internal::short_row<Length, V> products;
        products.each([&](std::size_t part, auto count, std::size_t i) {
            constexpr std::size_t lanes = decltype(count)::value;
            products.parts[part] = load_first<lanes, V>(y + i) * load_first<lanes, V>(delta + i);
        });
        product = products.reduce([](V a, V b) { return a + b; });
    } else {
        V products(T(0));
        visit_row<Length, V>([&](auto count, std::size_t i) {
            constexpr std::size_t lanes = decltype(count)::value;
            products += load_first<lanes, V>(y + i) * load_first<lanes, V>(delta + i);
        });
        product = V(internal::add_lanes(products));
    }
    visit_row<Length, V>([&](auto count, std::size_t i) {
        constexpr std::size_t lanes = decltype(count)::value;
        store_first<lanes>(load_first<lanes, V>(y + i) * (load_first<lanes, V>(delta + i) - product),
                           delta + i);
    });
}

} // namespace strata::bedrock::inline STRATA_SETTING
