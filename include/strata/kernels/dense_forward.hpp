// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/contract.hpp>
#include <strata/kernels/tail.hpp>
#include <strata/kernels/team.hpp>
#include <strata/kernels/weight_layout.hpp>

#include <algorithm>
#include <cstddef>

namespace strata {

/// Where a stage's kernel reads and writes. Rows are contiguous: [rows][inputs] in, [rows][outputs] out.
template <class T>
struct forward_buffers {
    const T* x;
    const T* kernel;
    const T* bias;
    T* y;
    T* kept; ///< [rows][outputs], as `keeping` says
};

/// What a forward kernel keeps besides its output.
enum class keeping { nothing, tail_input, tail_output };

namespace detail {
// One panel's part of a row: what the tail makes of the sums goes out, and what training keeps with it.
template <keeping Keep, std::size_t Columns, class V, class Tile, class T>
[[gnu::always_inline]] inline void finish(V sum, const Tile& tail, std::size_t row, std::size_t column, T* y,
                                          [[maybe_unused]] T* kept) noexcept {
    const V result = tail(sum, row, column);
    if constexpr (Keep == keeping::tail_input)
        store_first<Columns>(sum, kept);
    else if constexpr (Keep == keeping::tail_output)
        store_first<Columns>(result, kept);
    store_first<Columns>(result, y);
}

template <class Head, std::size_t RowsPerSample, keeping Keep, std::size_t Rows, std::size_t Panels, class T,
          class Tail>
[[gnu::always_inline]] inline void forward_tile(const forward_buffers<T>& at, std::size_t row,
                                                std::size_t panel, const Tail& tail) noexcept {
    using layout = weight_layout<T, Head::inputs, Head::outputs>;
    using V = typename layout::vector;
    constexpr std::size_t K = Head::inputs;
    constexpr std::size_t N = Head::outputs;
    constexpr std::size_t lanes = layout::lanes;

    const T* x = at.x + row * K;
    const T* kernel = at.kernel + panel * K * lanes;
    tile_sums<V, Rows, Panels> sums;
    for (std::size_t q = 0; q < Panels; ++q) {
        V start(T(0));
        if constexpr (Head::has_bias)
            start = V::load_aligned(at.bias + (panel + q) * lanes);
        for (std::size_t i = 0; i < Rows; ++i)
            sums.at[i][q] = start;
    }
    contract_split<K, layout::panels == 1 ? split_sums : 1>(
        sums, [=](std::size_t i, std::size_t k) { return x[i * K + k]; },
        [=](std::size_t q, std::size_t k) { return V::load_aligned(kernel + (q * K + k) * lanes); });

    const typename Tail::template tile<Rows, Panels * lanes, RowsPerSample, T> tile(tail, row, panel * lanes,
                                                                                    N);
#pragma GCC unroll 16
    for (std::size_t i = 0; i < Rows; ++i) {
#pragma GCC unroll 16
        for (std::size_t q = 0; q < Panels; ++q) {
            const std::size_t place = (row + i) * N + (panel + q) * lanes;
            T* kept = Keep == keeping::nothing ? nullptr : at.kept + place;
            if (layout::last == lanes || panel + q + 1 < layout::panels)
                finish<Keep, lanes>(sums.at[i][q], tile, i, q * lanes, at.y + place, kept);
            else
                finish<Keep, layout::last>(sums.at[i][q], tile, i, q * lanes, at.y + place, kept);
        }
    }
}

// With one output, a register holds one result for each of several rows, so that the tail is evaluated once
// for all.
template <class Head, std::size_t RowsPerSample, keeping Keep, std::size_t Rows, class T, class Tail>
[[gnu::always_inline]] inline void forward_dots(const forward_buffers<T>& at, std::size_t row,
                                                const Tail& tail) noexcept {
    using layout = weight_layout<T, Head::inputs, 1>;
    using V = typename layout::vector;
    constexpr std::size_t K = Head::inputs;
    constexpr std::size_t lanes = layout::lanes;
    using result = simd<T, lanes_of<T, Rows>>;

    const T* x = at.x + row * K;
    V sums[Rows];
    for (std::size_t i = 0; i < Rows; ++i)
        sums[i] = V(T(0));
    constexpr std::size_t whole = K / lanes * lanes;
    for (std::size_t k = 0; k < whole; k += lanes) {
        const V weights = V::load_aligned(at.kernel + k);
        for (std::size_t i = 0; i < Rows; ++i)
            sums[i] = xsimd::fma(V::load_unaligned(x + i * K + k), weights, sums[i]);
    }
    if constexpr (whole < K) {
        const V weights = V::load_aligned(at.kernel + whole);
        // Training reads its own memory, which goes on behind the last row; prediction may read the user's.
        const auto rest = [](const T* from) {
            if constexpr (Tail::training)
                return load_first_of_more<K - whole, V>(from);
            else
                return load_first<K - whole, V>(from);
        };
        for (std::size_t i = 0; i < Rows; ++i)
            sums[i] = xsimd::fma(rest(x + i * K + whole), weights, sums[i]);
    }
    // A single row's result may stand in every lane, which spares the way through memory.
    result value(xsimd::hadd(sums[0]));
    if constexpr (Rows > 1) {
        alignas(alignment) T dots[result::size]{};
        for (std::size_t i = 0; i < Rows; ++i)
            dots[i] = xsimd::hadd(sums[i]);
        value = result::load_aligned(dots);
    }
    if constexpr (Head::has_bias)
        value = value + result(at.bias[0]);

    // The tile is one column, so its factors lie side by side as the results do.
    const typename Tail::template tile<result::size, 1, RowsPerSample, T> tile(tail, row, 0, 1);
    T* kept = Keep == keeping::nothing ? nullptr : at.kept + row;
    finish<Keep, Rows>(value, tile, 0, 0, at.y + row, kept);
}
} // namespace detail

/// y = tail(x W + b) for a part of the rows, and of the panels if that part is made of `tile_panels`.
template <class Head, std::size_t RowsPerSample, keeping Keep, class T, class Tail>
void dense_forward(const forward_buffers<T>& at, team::range rows, team::range panels,
                   const Tail& tail) noexcept {
    using layout = weight_layout<T, Head::inputs, Head::outputs>;
    if constexpr (layout::is_dot) {
        visit_runs<lanes_of<T, 4>, 1>(rows.begin, rows.end, [&](auto run, std::size_t row) {
            detail::forward_dots<Head, RowsPerSample, Keep, decltype(run)::value>(at, row, tail);
        });
    } else {
        // A split sum takes the registers of several rows.
        constexpr std::size_t tall = tile_rows<typename layout::vector> / (layout::panels == 1 ? 2 : 1);
        constexpr std::size_t wide = std::min(tile_panels, layout::panels);
        const auto tile = [&](auto run, std::size_t row, auto panel_run, std::size_t panel) {
            detail::forward_tile<Head, RowsPerSample, Keep, decltype(run)::value, decltype(panel_run)::value>(
                at, row, panel, tail);
        };
        // Panels outside, rows inside: a panel is read from the outer caches once.
        const std::size_t single = rows.begin + (rows.end - rows.begin) / (tall / 2) * (tall / 2);
        if (single > rows.begin)
            visit_runs<wide, layout::panels % wide>(
                panels.begin, panels.end, [&](auto panel_run, std::size_t panel) {
                    visit_runs<tall, tall / 2>(rows.begin, single, [&](auto run, std::size_t row) {
                        tile(run, row, panel_run, panel);
                    });
                });
        visit_runs<1>(single, rows.end, [&](auto run, std::size_t row) {
            constexpr std::size_t many = std::min(single_row_panels, layout::panels);
            visit_runs<many, many == wide ? 0 : wide, layout::panels % wide>(
                panels.begin, panels.end,
                [&](auto panel_run, std::size_t panel) { tile(run, row, panel_run, panel); });
        });
    }
}

/// Whether a product is so small that calls and loops would cost more than the product itself.
template <class Head>
inline constexpr bool is_tiny = Head::inputs* Head::outputs <= 1024;

/// The same for the first row alone, without a call or a loop over tiles.
template <class Head, std::size_t RowsPerSample, keeping Keep, class T, class Tail>
[[gnu::always_inline]] inline void dense_forward_row(const forward_buffers<T>& at,
                                                     const Tail& tail) noexcept {
    using layout = weight_layout<T, Head::inputs, Head::outputs>;
    if constexpr (layout::is_dot)
        detail::forward_dots<Head, RowsPerSample, Keep, 1>(at, 0, tail);
    else {
        constexpr std::size_t many = std::min(single_row_panels, layout::panels);
        visit_runs<many, layout::panels % many>(0, layout::panels, [&](auto run, std::size_t panel) {
            detail::forward_tile<Head, RowsPerSample, Keep, 1, decltype(run)::value>(at, 0, panel, tail);
        });
    }
}

} // namespace strata
