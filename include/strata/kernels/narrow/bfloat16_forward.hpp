// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/dense/forward.hpp>
#include <strata/kernels/narrow/bfloat16_layout.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

namespace strata::bedrock::inline STRATA_SETTING {

/// Where the kernel of a dense layer of narrow numbers reads and writes.
struct bfloat16_buffers {
    const bfloat16_pair* x; ///< [rows][stride], as `bfloat16_row` says
    const bfloat16_pair* kernel;
    const float* bias;
    float* y; ///< [rows][outputs]
};

/// Into how many chains the sum to each of N outputs is split, chain c over every pair c, c + chains, ...:
/// by the outputs alone, and not by the registers that hold them, so that sums are the same on every machine.
/// Few sums would wait for one another.
template <std::size_t N>
inline constexpr std::size_t bfloat16_chains = N <= 16   ? 4
                                               : N <= 32 ? 2
                                                         : 1;

namespace internal {
// Rows rows times Panels panels. `columns` are the pairs that are not zero in all of these rows, as bits;
// without them all pairs count.
template <class Head, std::size_t Rows, std::size_t Panels, class Columns>
[[gnu::always_inline]] inline auto bfloat16_sums(const bfloat16_buffers& buffers, std::size_t row,
                                                 std::size_t panel,
                                                 [[maybe_unused]] Columns columns) noexcept {
    using layout = bfloat16_layout<Head::inputs, Head::outputs>;
    using V = typename layout::vector;
    using words = words_of<V>;
    constexpr std::size_t stride = layout::row::stride, pairs = layout::row::pairs, lanes = layout::lanes;
    constexpr std::size_t chains = std::min(bfloat16_chains<Head::outputs>, pairs);

    const bfloat16_pair* const x = buffers.x + row * stride;
    const bfloat16_pair* const weights = buffers.kernel + panel * pairs * lanes;
    tile_sums<V, Rows, Panels> parts[chains];
    for (std::size_t c = 0; c < chains; ++c)
        for (std::size_t q = 0; q < Panels; ++q) {
            V start(0.0f);
            if constexpr (Head::has_bias)
                if (c == 0)
                    start = V::load_aligned(buffers.bias + (panel + q) * lanes);
            for (std::size_t i = 0; i < Rows; ++i)
                parts[c].registers[i][q] = start;
        }
    const auto add = [&](tile_sums<V, Rows, Panels>& sums, std::size_t pair) {
        words right[Panels];
        for (std::size_t q = 0; q < Panels; ++q)
            right[q] = words::load_aligned(weights + (q * pairs + pair) * lanes);
#pragma GCC unroll 16
        for (std::size_t i = 0; i < Rows; ++i) {
            const words left(x[i * stride + pair]);
#pragma GCC unroll 16
            for (std::size_t q = 0; q < Panels; ++q)
                sums.registers[i][q] = add_products(sums.registers[i][q], left, right[q]);
        }
    };
    if constexpr (std::is_same_v<Columns, all_columns>) {
        for (std::size_t pair = 0; pair + chains <= pairs; pair += chains)
#pragma GCC unroll 4
            for (std::size_t c = 0; c < chains; ++c)
                add(parts[c], pair + c);
#pragma GCC unroll 4
        for (std::size_t c = 0; c < pairs % chains; ++c)
            add(parts[c], pairs / chains * chains + c);
    } else
        nonzero::visit_set(columns, nonzero::words_for(stride),
                           [&](std::size_t pair) { add(parts[0], pair); });
    add_chains<1, chains>(parts);
    return parts[0];
}

template <class Head, std::size_t RowsPerSample, std::size_t Rows, std::size_t Panels, class Tail,
          class Columns>
[[gnu::always_inline]] inline void bfloat16_tile(const bfloat16_buffers& buffers, std::size_t row,
                                                 std::size_t panel, const Tail& tail,
                                                 Columns columns) noexcept {
    using layout = bfloat16_layout<Head::inputs, Head::outputs>;
    constexpr std::size_t N = Head::outputs, lanes = layout::lanes;
    const auto sums = bfloat16_sums<Head, Rows, Panels>(buffers, row, panel, columns);
    const typename Tail::template tile<Rows, Panels * lanes, RowsPerSample, float> tile(tail, row,
                                                                                        panel * lanes, N);
#pragma GCC unroll 16
    for (std::size_t i = 0; i < Rows; ++i)
#pragma GCC unroll 16
        for (std::size_t q = 0; q < Panels; ++q) {
            float* const y = buffers.y + (row + i) * N + (panel + q) * lanes;
            if (layout::last == lanes || panel + q + 1 < layout::panels)
                finish<keeping::nothing, lanes>(sums.registers[i][q], tile, i, q * lanes, y, y);
            else
                finish<keeping::nothing, layout::last>(sums.registers[i][q], tile, i, q * lanes, y, y);
        }
}

// A function of its own, so that the compiler keeps the sums of the loop over a set in registers.
template <class Head, std::size_t RowsPerSample, std::size_t Rows, std::size_t Panels, class Tail>
[[gnu::noinline]] void bfloat16_tile_of_set(const bfloat16_buffers& buffers, std::size_t row,
                                            std::size_t panel, const Tail& tail,
                                            const std::uint64_t* columns) noexcept {
    bfloat16_tile<Head, RowsPerSample, Rows, Panels>(buffers, row, panel, tail, columns);
}

// One output: 16 chains side by side over a row, in as many registers as hold them, whose halves are added
// until there is one.
template <class Head, std::size_t RowsPerSample, class Tail>
inline void bfloat16_dot(const bfloat16_buffers& buffers, std::size_t row, const Tail& tail) noexcept {
    using layout = bfloat16_layout<Head::inputs, 1>;
    using V = typename layout::vector;
    using words = words_of<V>;
    constexpr std::size_t line = layout::row::line, lanes = layout::lanes;
    const bfloat16_pair* const x = buffers.x + row * layout::row::stride;
    V sums[line / lanes];
    for (V& sum : sums)
        sum = V(0.0f);
    for (std::size_t pair = 0; pair < layout::row::stride; pair += line)
        for (std::size_t r = 0; r < line / lanes; ++r)
            sums[r] = add_products(sums[r], words::load_aligned(x + pair + r * lanes),
                                   words::load_aligned(buffers.kernel + pair + r * lanes));
    alignas(alignment) float chains[line];
    for (std::size_t r = 0; r < line / lanes; ++r)
        sums[r].store_aligned(chains + r * lanes);
    for (std::size_t count = line / 2; count > 0; count /= 2)
        for (std::size_t c = 0; c < count; ++c)
            chains[c] += chains[c + count];
    using single = simd<float, lanes_of<float, 1>>;
    single value(chains[0]);
    if constexpr (Head::has_bias)
        value = value + single(buffers.bias[0]);
    const typename Tail::template tile<single::size, 1, RowsPerSample, float> tile(tail, row, 0, 1);
    finish<keeping::nothing, 1>(value, tile, 0, 0, buffers.y + row, buffers.y + row);
}
} // namespace internal

/// y = tail(x W + b) for all rows, where products and sums are as `narrow_factor` says: those of one row are
/// the same bits as those of many.
template <class Head, std::size_t RowsPerSample, bool Data, class Tail>
void bfloat16_forward(const bfloat16_buffers& buffers, std::size_t rows, const Tail& tail) noexcept {
    using layout = bfloat16_layout<Head::inputs, Head::outputs>;
    if constexpr (layout::is_dot) {
        for (std::size_t row = 0; row < rows; ++row)
            internal::bfloat16_dot<Head, RowsPerSample>(buffers, row, tail);
    } else {
        constexpr std::size_t chains = bfloat16_chains<Head::outputs>, stride = layout::row::stride;
        constexpr std::size_t sums = tile_rows<typename layout::vector> * tile_panels / chains;
        constexpr std::size_t wide = std::min(chains == 4 ? std::size_t{1} : tile_panels, layout::panels);
        constexpr std::size_t tall = std::max<std::size_t>(2, sums / wide);
        constexpr std::size_t many = std::min<std::size_t>(2 * single_row_panels / chains, layout::panels);
        constexpr bool sparse = Data && chains == 1 && nonzero::is_worthwhile<Head::inputs, layout::panels>;
        [[maybe_unused]] std::array<std::uint64_t, sparse ? nonzero::words_for(stride) : 1> set;
        const auto visit = [&](auto run, std::size_t row, auto panel_run, std::size_t panel,
                               [[maybe_unused]] bool some) {
            constexpr std::size_t high = decltype(run)::value, broad = decltype(panel_run)::value;
            if constexpr (sparse && high == 1)
                if (some) {
                    internal::bfloat16_tile_of_set<Head, RowsPerSample, high, broad>(buffers, row, panel,
                                                                                     tail, set.data());
                    return;
                }
            internal::bfloat16_tile<Head, RowsPerSample, high, broad>(buffers, row, panel, tail,
                                                                      internal::all_columns{});
        };
        const std::size_t single = rows / (tall / 2) * (tall / 2);
        // The loop over panels is the outer one, so that a panel's weights come from the outer caches once.
        visit_runs<wide, layout::panels % wide>(0, layout::panels, [&](auto panel_run, std::size_t panel) {
            visit_runs<tall, tall / 2>(
                0, single, [&](auto run, std::size_t row) { visit(run, row, panel_run, panel, false); });
        });
        visit_runs<1>(single, rows, [&](auto run, std::size_t row) {
            bool some = false;
            if constexpr (sparse) {
                nonzero::columns_of<1, stride>(buffers.x + row * stride, set.data());
                some = nonzero::is_sparse(set.data(), set.size(), layout::row::pairs);
            }
            visit_runs<many, many == wide ? 0 : wide, layout::panels % wide>(
                0, layout::panels,
                [&](auto panel_run, std::size_t panel) { visit(run, row, panel_run, panel, some); });
        });
    }
}

} // namespace strata::bedrock::inline STRATA_SETTING
