// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/dense/forward.hpp>
#include <strata/kernels/integer/quantization.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace strata::bedrock::inline STRATA_SETTING {

/// A dense layer of 8 bits: output n of a row of numbers q is
///
///     input.scale * scales[n] * (starts[n] + sum over k of q[k] * weight[k][n])
///
/// where the sum is exact. `starts` have the bias, and take input.zero away from all q.
struct integer_weights {
    const byte_word* kernel; ///< as `integer_layout` says
    const std::int32_t* starts;
    const float* scales;
    quantization input;
};

/// Rows of bytes, `integer_row::size` words each, and the factor of each row's sums, as `quantize_row` gives
/// it.
struct integer_rows {
    const byte_word* words;
    const float* factors;
};

/// Inputs for which no sum exceeds 32 bits, in whatever order: each product is at most 255 * 127, the start
/// as much as all of them and a bias of 2^24.
inline constexpr std::size_t most_integer_inputs = 32768;
inline constexpr std::int32_t largest_integer_bias = 1 << 24;

namespace internal {
/// Rows of a tile. Without the instruction a register of weights becomes two.
template <class V>
inline constexpr std::size_t integer_tile_rows = best_dot_way<V> == dot_way::instruction || sizeof(V) == 64
                                                     ? tile_rows<V>
                                                     : tile_rows<V> / 3 * 2;

/// Chains of sums for which a tile has registers: a dot product takes four cycles, and one or two begin in
/// each.
template <std::size_t Sums, std::size_t Words>
inline constexpr std::size_t integer_chains = std::min(Sums >= 4 ? 1 : 8 / Sums, Words);

/// The numbers of sums that are integers.
template <class V>
[[nodiscard, gnu::always_inline]] inline auto convert_integers(V sums) noexcept {
    using integers = xsimd::batch<std::int32_t, typename V::arch_type>;
    return xsimd::to_float(same_bits<integers>(sums));
}

template <class Head, std::size_t RowsPerSample, std::size_t Rows, std::size_t Panels, class Tail>
[[gnu::always_inline]] inline void integer_tile(const integer_weights& weights, const integer_rows& x,
                                                float* y, std::size_t row, std::size_t panel,
                                                const Tail& tail) noexcept {
    using layout = integer_layout<Head::inputs, Head::outputs>;
    using V = typename layout::vector;
    using floats = typename layout::floats;
    constexpr std::size_t words = layout::row::words;
    constexpr std::size_t pitch = layout::row::size;
    constexpr std::size_t lanes = layout::lanes;
    constexpr std::size_t N = Head::outputs;
    constexpr std::size_t chains = integer_chains<Rows * Panels, words>;

    tile_sums<V, Rows, Panels> sums[chains];
#pragma GCC unroll 16
    for (std::size_t q = 0; q < Panels; ++q) {
        using integers = xsimd::batch<std::int32_t, typename V::arch_type>;
        const V start = same_bits<V>(integers::load_aligned(weights.starts + (panel + q) * lanes));
#pragma GCC unroll 16
        for (std::size_t i = 0; i < Rows; ++i) {
            sums[0].registers[i][q] = start;
#pragma GCC unroll 8
            for (std::size_t c = 1; c < chains; ++c)
                sums[c].registers[i][q] = V(0);
        }
    }
    const byte_word* const bytes = x.words + row * pitch;
    const byte_word* const kernel = weights.kernel + panel * words * lanes;
    const auto add = [&](tile_sums<V, Rows, Panels> & part, std::size_t word) __attribute__((always_inline)) {
        V columns[Panels];
#pragma GCC unroll 16
        for (std::size_t q = 0; q < Panels; ++q)
            columns[q] = V::load_aligned(kernel + (q * words + word) * lanes);
#pragma GCC unroll 16
        for (std::size_t i = 0; i < Rows; ++i) {
            const V left(bytes[i * pitch + word]);
#pragma GCC unroll 16
            for (std::size_t q = 0; q < Panels; ++q)
                part.registers[i][q] = add_dot_products(part.registers[i][q], left, columns[q]);
        }
    };
    for (std::size_t word = 0; word + chains <= words; word += chains)
#pragma GCC unroll 8
        for (std::size_t c = 0; c < chains; ++c)
            add(sums[c], word + c);
#pragma GCC unroll 8
    for (std::size_t c = 0; c < words % chains; ++c)
        add(sums[c], words / chains * chains + c);
    add_chains<1, chains>(sums);

    const typename Tail::template tile<Rows, Panels * lanes, RowsPerSample, float> tile(tail, row,
                                                                                        panel * lanes, N);
#pragma GCC unroll 16
    for (std::size_t q = 0; q < Panels; ++q) {
        const floats scale =
            floats::load_aligned(weights.scales + (panel + q) * lanes) * floats(weights.input.scale);
#pragma GCC unroll 16
        for (std::size_t i = 0; i < Rows; ++i) {
            const floats value =
                convert_integers(sums[0].registers[i][q]) * scale * floats(x.factors[row + i]);
            float* const place = y + (row + i) * N + (panel + q) * lanes;
            if (layout::last == lanes || panel + q + 1 < layout::panels)
                finish<keeping::nothing, lanes, floats, decltype(tile), float>(value, tile, i, q * lanes,
                                                                               place, nullptr);
            else
                finish<keeping::nothing, layout::last, floats, decltype(tile), float>(
                    value, tile, i, q * lanes, place, nullptr);
        }
    }
}

// The results of several rows where there is one output: the sums of all lie side by side, and are scaled
// and go through the tail at once.
template <class Head, std::size_t RowsPerSample, std::size_t Rows, class Tail>
[[gnu::always_inline]] inline void integer_dots(const integer_weights& weights, const integer_rows& x,
                                                float* y, std::size_t row, const Tail& tail) noexcept {
    using layout = integer_layout<Head::inputs, 1>;
    using V = typename layout::vector;
    using result = simd<float, lanes_of<float, Rows>>;
    using integers = xsimd::batch<std::int32_t, typename result::arch_type>;
    constexpr std::size_t pitch = layout::row::size;

    V sums[Rows];
#pragma GCC unroll 4
    for (std::size_t i = 0; i < Rows; ++i)
        sums[i] = V(0);
    for (std::size_t word = 0; word < layout::row::words; word += layout::lanes) {
        const V column = V::load_aligned(weights.kernel + word);
#pragma GCC unroll 4
        for (std::size_t i = 0; i < Rows; ++i)
            sums[i] = add_dot_products(sums[i], V::load_aligned(x.words + (row + i) * pitch + word), column);
    }
    alignas(alignment) std::int32_t dots[result::size]{};
    alignas(alignment) float factors[result::size]{};
    for (std::size_t i = 0; i < Rows; ++i) {
        alignas(alignment) byte_word lanes[V::size];
        sums[i].store_aligned(lanes);
        auto sum = static_cast<byte_word>(weights.starts[0]);
        for (const byte_word lane : lanes)
            sum += lane;
        dots[i] = static_cast<std::int32_t>(sum);
        factors[i] = x.factors[row + i];
    }
    const result value = xsimd::to_float(integers::load_aligned(dots)) *
                         result(weights.scales[0] * weights.input.scale) * result::load_aligned(factors);
    const typename Tail::template tile<result::size, 1, RowsPerSample, float> tile(tail, row, 0, 1);
    finish<keeping::nothing, Rows, result, decltype(tile), float>(value, tile, 0, 0, y + row, nullptr);
}
} // namespace internal

/// Numbers of memory that `integer_forward` needs for rows of `K` numbers: their words, and their factors.
template <std::size_t K>
[[nodiscard]] constexpr std::size_t integer_memory(std::size_t rows) noexcept {
    return rows * integer_row<K>::size + whole_lines<float>(rows);
}

/// y = tail(x W + b) of float rows [rows][inputs], which become bytes first: y [rows][outputs]. `words` and
/// `factors` are memory for them, aligned. One row and many give the same bits.
template <class Head, std::size_t RowsPerSample, class Tail>
void integer_forward(const integer_weights& weights, const float* x, float* y, std::size_t rows,
                     byte_word* words, float* factors, const Tail& tail) noexcept {
    using layout = integer_layout<Head::inputs, Head::outputs>;
    using V = typename layout::vector;
    for (std::size_t i = 0; i < rows; ++i)
        factors[i] =
            quantize_row<Head::inputs>(x + i * Head::inputs, weights.input, words + i * layout::row::size);
    const integer_rows bytes{words, factors};
    if constexpr (layout::is_dot)
        visit_runs<4, 1>(0, rows, [&](auto run, std::size_t row) {
            internal::integer_dots<Head, RowsPerSample, decltype(run)::value>(weights, bytes, y, row, tail);
        });
    else {
        constexpr std::size_t tall = internal::integer_tile_rows<V>;
        constexpr std::size_t wide = std::min(tile_panels, layout::panels);
        const auto tile = [&](auto run, std::size_t row, auto panel_run, std::size_t panel)
            __attribute__((always_inline)) {
            internal::integer_tile<Head, RowsPerSample, decltype(run)::value, decltype(panel_run)::value>(
                weights, bytes, y, row, panel, tail);
        };
        const std::size_t single = rows / (tall / 2) * (tall / 2);
        if (single > 0)
            visit_runs<wide, layout::panels % wide>(
                0, layout::panels, [&](auto panel_run, std::size_t panel) {
                    visit_runs<tall, tall / 2>(
                        0, single, [&](auto run, std::size_t row) { tile(run, row, panel_run, panel); });
                });
        constexpr std::size_t many = std::min(single_row_panels, layout::panels);
        constexpr std::size_t whole = layout::panels / many * many;
        for (std::size_t row = single; row < rows; ++row) {
            for (std::size_t panel = 0; panel < whole; panel += many)
                tile(internal::constant_size<1>{}, row, internal::constant_size<many>{}, panel);
            if constexpr (whole < layout::panels)
                tile(internal::constant_size<1>{}, row, internal::constant_size<layout::panels - whole>{},
                     whole);
        }
    }
}

} // namespace strata::bedrock::inline STRATA_SETTING
