// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/simd.hpp>

#include <cstddef>

namespace strata {

/// The tile of the product that stays in registers: rows that are broadcast, times panels of columns that are
/// loaded. With 32 registers 8 x 2 leaves room for the operands and hides the latency of 16 sums; with 16
/// registers 6 x 2 does.
template <class V>
inline constexpr std::size_t tile_rows = sizeof(V) == 64 ? 8 : 6;
inline constexpr std::size_t tile_panels = 2;

/// Few rows leave registers free: more panels then, so that there are sums enough to hide the latency.
template <class V, std::size_t Rows>
inline constexpr std::size_t panels_for = Rows >= tile_rows<V> ? tile_panels
                                          : Rows > 2           ? 3
                                          : Rows == 2          ? 4
                                                               : 8;

/// Sums of a tile: rows x panels registers.
template <class V, std::size_t Rows, std::size_t Panels>
struct tile_sums {
    V at[Rows][Panels];
};

/// The one contraction: at[i][q] += sum over k < depth of left(i, k) * right(q, k), k in ascending order.
/// `left` gives a number, which is broadcast, `right` a register. The forward product, the input gradient and
/// the weight gradient differ in the two functions only.
template <std::size_t Rows, std::size_t Panels, class V, class Left, class Right>
[[gnu::always_inline]] inline void contract(tile_sums<V, Rows, Panels>& sums, std::size_t depth, Left left,
                                            Right right) noexcept {
    for (std::size_t k = 0; k < depth; ++k) {
        V columns[Panels];
        for (std::size_t q = 0; q < Panels; ++q)
            columns[q] = right(q, k);
#pragma GCC unroll 16
        for (std::size_t i = 0; i < Rows; ++i) {
            const V row(left(i, k));
#pragma GCC unroll 16
            for (std::size_t q = 0; q < Panels; ++q)
                sums.at[i][q] = xsimd::fma(row, columns[q], sums.at[i][q]);
        }
    }
}

namespace detail {
template <std::size_t Size>
struct constant_size {
    static constexpr std::size_t value = Size;
};

template <std::size_t Size, class Visit>
void visit_rest(std::size_t begin, std::size_t end, Visit& visit) {
    if constexpr (Size > 0) {
        if (end - begin >= Size) {
            visit(constant_size<Size>{}, begin);
            begin += Size;
        }
        visit_rest<Size / 2>(begin, end, visit);
    }
}

constexpr std::size_t power_of_two_below(std::size_t size) {
    std::size_t power = 1;
    while (power * 2 < size)
        power *= 2;
    return power;
}
} // namespace detail

/// Visits [begin, end) in runs of `Size`, and what is left in runs of smaller powers of two: visit(run,
/// first) with run::value elements.
template <std::size_t Size, class Visit>
void visit_runs(std::size_t begin, std::size_t end, Visit visit) {
    for (; end - begin >= Size; begin += Size)
        visit(detail::constant_size<Size>{}, begin);
    if constexpr (Size > 1)
        detail::visit_rest<detail::power_of_two_below(Size)>(begin, end, visit);
}

} // namespace strata
