// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/simd.hpp>
#include <strata/kernels/threads/team.hpp>
#include <strata/setting.hpp>

#include <cstddef>
#include <type_traits>

namespace strata::bedrock::inline STRATA_SETTING::internal {

/// Lines of `Count` numbers along an axis, `Outer` times `Inner` of them in a sample. Where other axes are
/// behind that one, a register holds neighbours along those, and so places of several lines; else it holds
/// neighbours of one line.
template <std::size_t Outer, std::size_t Count, std::size_t Inner>
struct line_walk {
    static constexpr bool is_row = Inner == 1;
    template <class T>
    using vector = simd<T, lanes_of<T, is_row ? Count : Inner>>;

    /// Calls visit(count, block, column) for the lines of each register. A block is what `Count` numbers of
    /// `Inner` lines make.
    template <class T, class Visit>
    static void lines(const team& threads, std::size_t samples, Visit visit) noexcept {
        const team::range mine = threads.share(samples * Outer);
        for (std::size_t block = mine.begin; block < mine.end; ++block)
            if constexpr (is_row)
                visit(std::integral_constant<std::size_t, 1>{}, block, std::size_t{0});
            else
                visit_columns<Inner, T>([&](auto count, std::size_t column) { visit(count, block, column); });
    }
    /// Calls use(count, row, column) for the places along the lines of a register.
    template <class T, class Lanes, class Use>
    static void places([[maybe_unused]] Lanes count, std::size_t block, [[maybe_unused]] std::size_t column,
                       Use use) noexcept {
        if constexpr (is_row)
            visit_columns<Count, T>([&](auto lanes, std::size_t place) { use(lanes, block, place); });
        else
            for (std::size_t i = 0; i < Count; ++i)
                use(count, block * Count + i, column);
    }
};

} // namespace strata::bedrock::inline STRATA_SETTING::internal
