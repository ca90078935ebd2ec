// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/product/contract.hpp>
#include <strata/kernels/rows_view.hpp>
#include <strata/kernels/simd.hpp>
#include <strata/kernels/threads/team.hpp>
#include <strata/setting.hpp>

#include <cstddef>

namespace strata::bedrock::inline STRATA_SETTING {

/// use(place, sum) for each register of column sums over rows of `Width` numbers, for some of the registers.
template <std::size_t Width, class T, class Use>
void sum_columns(rows_view<const T> rows, std::size_t count, team::range registers, const Use& use) noexcept {
    constexpr std::size_t lanes = lanes_of<T, Width>;
    using V = simd<T, lanes>;
    constexpr std::size_t all = (Width + lanes - 1) / lanes;
    constexpr std::size_t last = (Width - 1) % lanes + 1;
    visit_runs<4, 1>(registers.begin, registers.end, [&](auto run, std::size_t first) {
        constexpr std::size_t wide = decltype(run)::value;
        V sums[wide];
        for (V& sum : sums)
            sum = V(T(0));
        for (std::size_t row = 0; row < count; ++row) {
            const T* const numbers = rows.row(row) + first * lanes;
            for (std::size_t q = 0; q < wide; ++q)
                sums[q] += first + q + 1 < all ? V::load_unaligned(numbers + q * lanes)
                                               : load_first<last, V>(numbers + q * lanes);
        }
        for (std::size_t q = 0; q < wide; ++q)
            use((first + q) * lanes, sums[q]);
    });
}

} // namespace strata::bedrock::inline STRATA_SETTING
