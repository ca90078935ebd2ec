// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/formula/training_tail.hpp>
#include <strata/kernels/head_kernels.hpp>
#include <strata/kernels/product/fetching.hpp>
#include <strata/kernels/rows_view.hpp>
#include <strata/kernels/uncached_store.hpp>
#include <strata/setting.hpp>

#include <cstddef>
#include <cstdint>

namespace strata::bedrock::inline STRATA_SETTING {

namespace internal {
/// Multiplies the sums of an input gradient with the slope of the stage before, and stores or adds them.
template <std::size_t RowsPerSample, class T, class Slope>
struct gradient_finish {
    const T* kept;
    rows_view<T> gradients;
    bool adds;
    std::size_t width;
    const Slope& slope;
    std::size_t group_begin;
    bool is_uncached = false; ///< whether gradients are written without the caches

    /// The same for gradients of so many rows: uncached, if they are many and lie in whole lines of memory.
    [[nodiscard]] gradient_finish sized(std::size_t rows) const noexcept {
        const auto is_line = [](std::size_t bytes) { return bytes % (line_size<T> * sizeof(T)) == 0; };
        gradient_finish result = *this;
        result.is_uncached = !adds && rows * gradients.pitch * sizeof(T) >= uncached_size &&
                             is_line(gradients.pitch * sizeof(T)) &&
                             is_line(reinterpret_cast<std::uintptr_t>(gradients.data + group_begin));
        return result;
    }
    /// Called by each thread when it has written its part.
    void complete() const noexcept {
        if (is_uncached)
            finish_uncached_stores();
    }

    template <class V>
    V start(std::size_t) const noexcept {
        return V(T(0));
    }

    template <class SlopeTile>
    struct tile_writer {
        SlopeTile slope;
        const T* kept;
        T* gradients;
        std::size_t kept_step;
        std::size_t gradient_step;
        bool adds;

        [[gnu::always_inline]] void fetch(std::size_t i, std::size_t column) const noexcept {
            fetch_writable(gradients + i * gradient_step + column);
        }

        /// `Uncached` as the finish says, for all of a tile.
        template <std::size_t Count, bool Uncached = false, class V>
        [[gnu::always_inline]] void put(V sum, std::size_t i, std::size_t column) const noexcept {
            const V known = Slope::reads_kept ? V::load_unaligned(kept + i * kept_step + column) : V(T(0));
            const V gradient = sum * slope(known, i, column);
            T* const place = gradients + i * gradient_step + column;
            if constexpr (Uncached && has_uncached_store<V> && Count == V::size)
                store_uncached(gradient, place);
            else
                store_or_add<Count>(gradient, place, adds);
        }
    };

    template <std::size_t Rows, std::size_t Columns>
    auto tile(std::size_t row, std::size_t column, std::size_t row_step) const noexcept {
        using slope_tile = typename Slope::template tile<Rows, Columns, RowsPerSample, T>;
        return tile_writer<slope_tile>{slope_tile(slope, row, group_begin + column, width, row_step),
                                       Slope::reads_kept ? kept + row * width + group_begin + column
                                                         : nullptr,
                                       gradients.row(row) + group_begin + column,
                                       row_step * width,
                                       row_step * gradients.pitch,
                                       adds};
    }

    /// Asks for where a register of a row goes.
    [[gnu::always_inline]] void fetch(std::size_t row, std::size_t column) const noexcept {
        fetch_writable(gradients.row(row) + group_begin + column);
    }
    /// One register of a row alone.
    template <class V>
    [[gnu::always_inline]] void put_register(V sum, std::size_t row, std::size_t column) const noexcept {
        tile<1, V::size>(row, column, 1).template put<V::size>(sum, 0, 0);
    }
    /// A row of so many sums that are zero.
    template <class V, std::size_t Columns>
    void put_zeros(std::size_t row) const noexcept {
        constexpr std::size_t whole = Columns / V::size * V::size;
        const auto writer = tile<1, Columns>(row, 0, 1);
        if (is_uncached)
            for (std::size_t column = 0; column < whole; column += V::size)
                writer.template put<V::size, true>(V(T(0)), 0, column);
        else
            for (std::size_t column = 0; column < whole; column += V::size)
                writer.template put<V::size>(V(T(0)), 0, column);
        if constexpr (whole < Columns)
            writer.template put<Columns - whole>(V(T(0)), 0, whole);
    }
};
} // namespace internal

} // namespace strata::bedrock::inline STRATA_SETTING
