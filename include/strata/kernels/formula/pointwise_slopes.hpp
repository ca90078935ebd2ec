// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/formula/softmax.hpp>
#include <strata/kernels/formula/training_tail.hpp>
#include <strata/kernels/rows_view.hpp>
#include <strata/kernels/threads/team.hpp>
#include <strata/setting.hpp>

#include <cstddef>
#include <type_traits>

namespace strata::bedrock::inline STRATA_SETTING {

/// delta *= slope(kept), element by element, in place. There may be gaps between the rows of `kept`.
template <class Stage, class T, class Slope>
void multiply_slope(T* delta, rows_view<const T> kept, team::range samples, const Slope& slope) noexcept {
    constexpr std::size_t width = Stage::head::outputs;
    const auto multiply_rows =
        [&]<std::size_t Size, std::size_t Rows>(std::integral_constant<std::size_t, Size>,
                                                std::integral_constant<std::size_t, Rows>, auto pitch) {
            using V = simd<T, lanes_of<T, Size>>;
            for (std::size_t row = samples.begin * Rows; row < samples.end * Rows; ++row)
                visit_row<Size, V>([&](auto count, std::size_t column) {
                    constexpr std::size_t lanes = decltype(count)::value;
                    const typename Slope::template tile<1, V::size, Rows, T> tile(slope, row, column, Size);
                    V value(T(0));
                    if constexpr (Slope::reads_kept)
                        value = load_first<lanes, V>(kept.data + row * pitch + column);
                    T* const destination = delta + row * Size + column;
                    store_first<lanes>(load_first<lanes, V>(destination) * tile(value, 0, 0), destination);
                });
        };
    using one = std::integral_constant<std::size_t, 1>;
    using whole = std::integral_constant<std::size_t, Stage::output_size>;
    if (kept.pitch == width || !Slope::reads_kept)
        multiply_rows(whole{}, one{}, whole{});
    else
        multiply_rows(std::integral_constant<std::size_t, width>{},
                      std::integral_constant<std::size_t, Stage::rows>{}, kept.pitch);
}

/// Turns the loss's derivative by a stage's output into the derivative by the sums that its head computed,
/// for whole samples, in place: first through the closing, then through the tail.
template <class Stage, class T>
void settle_delta(T* delta, const T* y, rows_view<const T> kept, team::range samples,
                  const tail_slope<typename Stage::tail>& slope) noexcept {
    if constexpr (Stage::has_softmax) {
        constexpr std::size_t size = Stage::output_size;
        constexpr std::size_t length = Stage::closing::length;
        for (std::size_t offset = samples.begin * size; offset < samples.end * size; offset += length)
            softmax_gradient_row<length>(y + offset, delta + offset);
    }
    if constexpr (!Stage::tail::has_unit_slope)
        multiply_slope<Stage>(delta, kept, samples, slope);
}

} // namespace strata::bedrock::inline STRATA_SETTING
