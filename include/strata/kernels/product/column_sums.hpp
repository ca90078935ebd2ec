// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/rows_view.hpp>
#include <strata/kernels/simd.hpp>
#include <strata/kernels/threads/team.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <type_traits>

namespace strata::bedrock::inline STRATA_SETTING {

namespace internal {
/// Sums over rows, several registers of columns in one walk: add(sums, count, row, column) adds what a row
/// has to the `Sums` registers of some columns, and use(column, sums) takes those of all rows. The columns
/// begin where a register does, and end where one does or with the row. Each column is added row by row, in
/// whatever part of the columns it is.
template <std::size_t Width, std::size_t Sums, class V, class Add, class Use>
void add_columns(team::range columns, team::range rows, const Add& add, const Use& use) noexcept {
    constexpr std::size_t block = 4;
    const auto sum = [&]<std::size_t Registers, std::size_t Lanes>(std::size_t column) {
        std::array<std::array<V, Sums>, Registers> sums;
        for (auto& each : sums)
            each.fill(V(0));
        for (std::size_t row = rows.begin; row < rows.end; ++row)
            for (std::size_t r = 0; r < Registers; ++r)
                add(sums[r], std::integral_constant<std::size_t, Lanes>{}, row, column + r * V::size);
        for (std::size_t r = 0; r < Registers; ++r)
            use(column + r * V::size, sums[r]);
    };
    std::size_t column = columns.begin;
    for (; column + block * V::size <= columns.end; column += block * V::size)
        sum.template operator()<block, V::size>(column);
    for (; column + V::size <= columns.end; column += V::size)
        sum.template operator()<1, V::size>(column);
    if constexpr (Width % V::size != 0)
        if (column < columns.end)
            sum.template operator()<1, Width % V::size>(column);
}
} // namespace internal

/// use(place, sum) for each register of column sums over rows of `Width` numbers, for some of the registers.
template <std::size_t Width, class T, class Use>
void sum_columns(rows_view<const T> rows, std::size_t count, team::range registers, const Use& use) noexcept {
    constexpr std::size_t lanes = lanes_of<T, Width>;
    using V = simd<T, lanes>;
    internal::add_columns<Width, 1, V>(
        {registers.begin * lanes, std::min(registers.end * lanes, Width)}, {0, count},
        [&](std::array<V, 1>& sums, auto some, std::size_t row, std::size_t column) {
            sums[0] += load_first<decltype(some)::value, V>(rows.row(row) + column);
        },
        [&](std::size_t column, const std::array<V, 1>& sums) { use(column, sums[0]); });
}

} // namespace strata::bedrock::inline STRATA_SETTING
