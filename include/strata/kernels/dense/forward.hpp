// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/formula/tail.hpp>
#include <strata/kernels/product/contract.hpp>
#include <strata/kernels/product/weight_layout.hpp>
#include <strata/kernels/threads/team.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <type_traits>

namespace strata::bedrock::inline STRATA_SETTING {

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

namespace internal {
struct all_columns {};

// Writes a register of sums of a row: what the tail makes of them to y, and what training needs later to
// `kept`. Of the last panel only the first `Columns` numbers exist.
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

// Rows rows times Panels panels of weights, where left(i, k) is input k of row i. `columns` are the inputs
// that are not zero in all of these rows, as bits; without them all inputs count.
template <class Head, std::size_t Rows, std::size_t Panels, class T, class Left, class Columns>
[[gnu::always_inline]] inline auto forward_sums(const T* kernel, [[maybe_unused]] const T* bias,
                                                std::size_t panel, Left left, Columns columns) noexcept {
    using layout = weight_layout<T, Head::inputs, Head::outputs>;
    using V = typename layout::vector;
    constexpr std::size_t K = Head::inputs;
    constexpr std::size_t lanes = layout::lanes;

    const T* const weights = kernel + panel * K * lanes;
    tile_sums<V, Rows, Panels> sums;
    for (std::size_t q = 0; q < Panels; ++q) {
        V start(T(0));
        if constexpr (Head::has_bias)
            start = V::load_aligned(bias + (panel + q) * lanes) + V(T(0)); // -0 would show left out zeros
        for (std::size_t i = 0; i < Rows; ++i)
            sums.registers[i][q] = start;
    }
    const auto right = [=](std::size_t q, std::size_t k) {
        return V::load_aligned(weights + (q * K + k) * lanes);
    };
    if constexpr (std::is_same_v<Columns, all_columns>)
        contract_split<K, splits_of<K, layout::panels>>(sums, left, right);
    else
        contract_set(sums, columns, nonzero::words_for(K), left, right);
    return sums;
}

// The results of Rows rows times Panels panels: the sums stay in registers over all inputs, and the tail is
// taken of them there.
template <class Head, std::size_t RowsPerSample, keeping Keep, std::size_t Rows, std::size_t Panels, class T,
          class Tail, class Columns>
[[gnu::always_inline]] inline void forward_tile(const forward_buffers<T>& buffers, std::size_t row,
                                                std::size_t panel, const Tail& tail,
                                                Columns columns) noexcept {
    using layout = weight_layout<T, Head::inputs, Head::outputs>;
    constexpr std::size_t K = Head::inputs;
    constexpr std::size_t N = Head::outputs;
    constexpr std::size_t lanes = layout::lanes;

    const T* x = buffers.x + row * K;
    const auto sums = forward_sums<Head, Rows, Panels>(
        buffers.kernel, buffers.bias, panel, [=](std::size_t i, std::size_t k) { return x[i * K + k]; },
        columns);

    const typename Tail::template tile<Rows, Panels * lanes, RowsPerSample, T> tile(tail, row, panel * lanes,
                                                                                    N);
#pragma GCC unroll 16
    for (std::size_t i = 0; i < Rows; ++i) {
#pragma GCC unroll 16
        for (std::size_t q = 0; q < Panels; ++q) {
            const std::size_t place = (row + i) * N + (panel + q) * lanes;
            T* kept = Keep == keeping::nothing ? nullptr : buffers.kept + place;
            if (layout::last == lanes || panel + q + 1 < layout::panels)
                finish<Keep, lanes>(sums.registers[i][q], tile, i, q * lanes, buffers.y + place, kept);
            else
                finish<Keep, layout::last>(sums.registers[i][q], tile, i, q * lanes, buffers.y + place, kept);
        }
    }
}

// A function of its own, so that the compiler keeps the sums of the loop over a set in registers.
template <class Head, std::size_t RowsPerSample, keeping Keep, std::size_t Rows, std::size_t Panels, class T,
          class Tail>
[[gnu::noinline]] void forward_tile_of_set(const forward_buffers<T>& buffers, std::size_t row,
                                           std::size_t panel, const Tail& tail,
                                           const std::uint64_t* columns) noexcept {
    forward_tile<Head, RowsPerSample, Keep, Rows, Panels>(buffers, row, panel, tail, columns);
}

// The results of several rows where there is one output. A register of weights holds neighbouring inputs, so
// each row is a dot product; the results of all rows are then put side by side in one register, so that the
// tail is evaluated once for all.
template <class Head, std::size_t RowsPerSample, keeping Keep, std::size_t Rows, class T, class Tail>
[[gnu::always_inline]] inline void forward_dots(const forward_buffers<T>& buffers, std::size_t row,
                                                const Tail& tail) noexcept {
    using layout = weight_layout<T, Head::inputs, 1>;
    using V = typename layout::vector;
    constexpr std::size_t K = Head::inputs;
    constexpr std::size_t lanes = layout::lanes;
    using result = simd<T, lanes_of<T, Rows>>;

    const T* x = buffers.x + row * K;
    // The bias is one of the numbers that are added up, so that nothing waits for it behind them.
    V start(T(0));
    if constexpr (Head::has_bias)
        start = load_first<1, V>(buffers.bias);
    V sums[Rows];
    for (std::size_t i = 0; i < Rows; ++i)
        sums[i] = start;
    constexpr std::size_t whole = K / lanes * lanes;
    for (std::size_t k = 0; k < whole; k += lanes) {
        const V weights = V::load_aligned(buffers.kernel + k);
        for (std::size_t i = 0; i < Rows; ++i)
            sums[i] = xsimd::fma(V::load_unaligned(x + i * K + k), weights, sums[i]);
    }
    if constexpr (whole < K) {
        // Filling may hold anything: a rule of an optimizer may be 0 / 0 there.
        const V weights = load_first_of_more<K - whole, V>(buffers.kernel + whole);
        // Training reads its own memory, which goes on behind the last row; prediction may read the user's.
        const auto rest = [](const T* numbers) {
            if constexpr (Tail::training)
                return load_first_of_more<K - whole, V>(numbers);
            else
                return load_first<K - whole, V>(numbers);
        };
        for (std::size_t i = 0; i < Rows; ++i)
            sums[i] = xsimd::fma(rest(x + i * K + whole), weights, sums[i]);
    }
    // A single row's result may stand in every lane, which spares the way through memory.
    result value(internal::add_lanes(sums[0]));
    if constexpr (Rows > 1) {
        alignas(alignment) T dots[result::size]{};
        for (std::size_t i = 0; i < Rows; ++i)
            dots[i] = internal::add_lanes(sums[i]);
        value = result::load_aligned(dots);
    }

    // The tile is one column, so its factors lie side by side as the results do.
    const typename Tail::template tile<result::size, 1, RowsPerSample, T> tile(tail, row, 0, 1);
    T* kept = Keep == keeping::nothing ? nullptr : buffers.kept + row;
    finish<Keep, Rows>(value, tile, 0, 0, buffers.y + row, kept);
}
} // namespace internal

namespace internal {
/// Whether a kernel looks for zeros in its rows, and into how many words it writes where others are.
template <class Head, bool Data, class T>
inline constexpr bool leaves_zeros_out =
    Data&& nonzero::is_worthwhile<Head::inputs, weight_layout<T, Head::inputs, Head::outputs>::panels>;

/// Finds the columns that are not zero in all of `Rows` rows. Where that is most of them, walking over a set
/// costs more than it saves, and there is none: nullptr.
template <std::size_t Rows, std::size_t K, class T>
[[nodiscard, gnu::always_inline]] inline const std::uint64_t* find_columns(const T* x,
                                                                           std::uint64_t* set) noexcept {
    nonzero::columns_of<Rows, K>(x, set);
    return nonzero::is_sparse(set, nonzero::words_for(K), K) ? set : nullptr;
}

/// A tile over a set of inputs, or over all where there is none.
template <class Head, std::size_t RowsPerSample, keeping Keep, bool Sparse, std::size_t Rows,
          std::size_t Panels, class T, class Tail>
[[gnu::always_inline]] inline void forward_run(const forward_buffers<T>& buffers, std::size_t row,
                                               std::size_t panel, const Tail& tail,
                                               [[maybe_unused]] const std::uint64_t* columns) noexcept {
    if constexpr (Sparse) {
        if (columns != nullptr) {
            forward_tile_of_set<Head, RowsPerSample, Keep, Rows, Panels>(buffers, row, panel, tail, columns);
            return;
        }
    }
    forward_tile<Head, RowsPerSample, Keep, Rows, Panels>(buffers, row, panel, tail, all_columns{});
}
} // namespace internal

/// y = tail(x W + b) for the first row. With `Data`, x are the user's, which may be mostly zeros: those are
/// left out of the sums.
template <class Head, keeping Keep, bool Data, class T, class Tail>
void dense_forward_single(const forward_buffers<T>& buffers, const Tail& tail) noexcept {
    using layout = weight_layout<T, Head::inputs, Head::outputs>;
    constexpr std::size_t K = Head::inputs;
    constexpr bool sparse = internal::leaves_zeros_out<Head, Data, T>;
    constexpr std::size_t many = std::min(single_row_panels, layout::panels);
    [[maybe_unused]] std::array<std::uint64_t, sparse ? nonzero::words_for(K) : 1> set;
    const std::uint64_t* columns = nullptr;
    if constexpr (sparse)
        columns = internal::find_columns<1, K>(buffers.x, set.data());
    visit_runs<many, layout::panels % many>(0, layout::panels, [&](auto run, std::size_t panel) {
        internal::forward_run<Head, 1, Keep, sparse, 1, decltype(run)::value>(buffers, 0, panel, tail,
                                                                              columns);
    });
}

/// The same for a part of the rows, and of the panels if that part is made of `tile_panels`. Apart from a
/// single row, since a program that predicts one sample after another need not compile tiles of several.
template <class Head, std::size_t RowsPerSample, keeping Keep, bool Data, class T, class Tail>
void dense_forward(const forward_buffers<T>& buffers, team::range rows, team::range panels,
                   const Tail& tail) noexcept {
    using layout = weight_layout<T, Head::inputs, Head::outputs>;
    if constexpr (layout::is_dot) {
        visit_runs<lanes_of<T, 4>, 1>(rows.begin, rows.end, [&](auto run, std::size_t row) {
            internal::forward_dots<Head, RowsPerSample, Keep, decltype(run)::value>(buffers, row, tail);
        });
    } else {
        constexpr std::size_t K = Head::inputs;
        // A split sum takes the registers of several rows.
        constexpr std::size_t tall = split_rows<typename layout::vector, K, layout::panels>;
        constexpr std::size_t wide = std::min(tile_panels, layout::panels);
        constexpr bool sparse = internal::leaves_zeros_out<Head, Data, T>;
        constexpr std::size_t words = nonzero::words_for(K);
        constexpr std::size_t most_runs = sparse ? nonzero::most_words / words : 1;
        [[maybe_unused]] std::array<std::uint64_t, sparse ? most_runs * words : 1> sets;
        [[maybe_unused]] std::array<const std::uint64_t*, most_runs> set_of_run;
        const std::size_t single = rows.begin + (rows.end - rows.begin) / (tall / 2) * (tall / 2);
        const std::size_t part_rows = sparse ? most_runs * tall / 2 : single - rows.begin;
        for (std::size_t first = rows.begin; first < single; first += part_rows) {
            const std::size_t last = std::min(single, first + part_rows);
            if constexpr (sparse) {
                std::size_t number = 0;
                visit_runs<tall, tall / 2>(first, last, [&](auto run, std::size_t row) {
                    set_of_run[number] = internal::find_columns<decltype(run)::value, K>(
                        buffers.x + row * K, sets.data() + number * words);
                    ++number;
                });
            }
            // The loop over panels is the outer one, so that a panel's weights come from the outer caches
            // once, and stay in the first while all rows are multiplied with them.
            visit_runs<wide, layout::panels % wide>(
                panels.begin, panels.end, [&](auto panel_run, std::size_t panel) {
                    std::size_t number = 0;
                    visit_runs<tall, tall / 2>(first, last, [&](auto run, std::size_t row) {
                        internal::forward_run<Head, RowsPerSample, Keep, sparse, decltype(run)::value,
                                              decltype(panel_run)::value>(
                            buffers, row, panel, tail, sparse ? set_of_run[number] : nullptr);
                        ++number;
                    });
                });
        }
        for (std::size_t row = single; row < rows.end; ++row) {
            if constexpr (sparse)
                set_of_run[0] = internal::find_columns<1, K>(buffers.x + row * K, sets.data());
            constexpr std::size_t many = std::min(single_row_panels, layout::panels);
            visit_runs<many, many == wide ? 0 : wide, layout::panels % wide>(
                panels.begin, panels.end, [&](auto run, std::size_t panel) {
                    internal::forward_run<Head, RowsPerSample, Keep, sparse, 1, decltype(run)::value>(
                        buffers, row, panel, tail, sparse ? set_of_run[0] : nullptr);
                });
        }
    }
}

/// Whether a product is so small that calls and loops would cost more than the product itself.
template <class Head>
inline constexpr bool is_tiny = Head::inputs* Head::outputs <= 1024;

/// The same for the first row alone, without a call or a loop over tiles.
template <class Head, std::size_t RowsPerSample, keeping Keep, class T, class Tail>
[[gnu::always_inline]] inline void dense_forward_row(const forward_buffers<T>& buffers,
                                                     const Tail& tail) noexcept {
    using layout = weight_layout<T, Head::inputs, Head::outputs>;
    if constexpr (layout::is_dot)
        internal::forward_dots<Head, RowsPerSample, Keep, 1>(buffers, 0, tail);
    else {
        constexpr std::size_t many = std::min(single_row_panels, layout::panels);
        visit_runs<many, layout::panels % many>(0, layout::panels, [&](auto run, std::size_t panel) {
            internal::forward_tile<Head, RowsPerSample, Keep, 1, decltype(run)::value>(
                buffers, 0, panel, tail, internal::all_columns{});
        });
    }
}

} // namespace strata::bedrock::inline STRATA_SETTING
