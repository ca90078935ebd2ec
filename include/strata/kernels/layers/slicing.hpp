// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/head_kernels.hpp>
#include <strata/layers/slice.hpp>
#include <strata/setting.hpp>

#include <algorithm>

namespace strata::bedrock::inline STRATA_SETTING {

/// Slices. The first to come back writes the derivative by all of the numbers, which is zero for those that
/// nobody reads.
template <std::size_t Begin, std::size_t Count, std::size_t Total, std::size_t Rows>
struct head_kernels<slicing<Begin, Count, Total, Rows>> : head_kernels_base {
    template <class Stage, keeping Keep, bool, class T, class Tail>
    static bool forward(const head_forward<T>& call, const team& threads, const Tail& tail) noexcept {
        using V = simd<T, lanes_of<T, Count>>;
        const row_writer<Stage, Keep, T, Tail> writer{call.y, call.kept, tail};
        const team::range mine = share_samples(threads, call.samples);
        for (std::size_t row = mine.begin * Rows; row < mine.end * Rows; ++row)
            visit_columns<Count, T>([&](auto count, std::size_t column) {
                constexpr std::size_t lanes = decltype(count)::value;
                writer.template put<lanes>(load_first<lanes, V>(call.x[0].row(row) + Begin + column), row,
                                           column);
            });
        return true;
    }

    template <class Stage, class T, class Slope>
    static void backward(const head_backward<T>& call, const team& threads, const Slope&) noexcept {
        using V = simd<T, lanes_of<T, Count>>;
        const team::range mine = share_samples(threads, call.samples);
        for (std::size_t row = mine.begin * Rows; row < mine.end * Rows; ++row) {
            T* const source_delta = call.source_deltas[0].row(row);
            if (!call.adds[0])
                std::fill_n(source_delta, Total, T(0));
            visit_columns<Count, T>([&](auto count, std::size_t column) {
                constexpr std::size_t lanes = decltype(count)::value;
                store_or_add<lanes>(load_first<lanes, V>(call.delta.row(row) + column),
                                    source_delta + Begin + column, call.adds[0]);
            });
        }
    }
};

} // namespace strata::bedrock::inline STRATA_SETTING
