// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/product/contract.hpp>
#include <strata/kernels/product/weight_layout.hpp>
#include <strata/kernels/stream/narrow_product.hpp>
#include <strata/kernels/stream/paired_rows.hpp>
#include <strata/kernels/stream/step_kernels.hpp>
#include <strata/layers/convolution.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <cstddef>

namespace strata::bedrock::inline STRATA_SETTING {

namespace internal {
template <class Tail>
struct tail_facts;
template <class Formula, class Operands>
struct tail_facts<prediction_tail<Formula, Operands>> {
    using formula = Formula;
};

/// Whether a formula is better taken of rows one behind the other: where a row fills half of the widest
/// register, the other lanes would be idle. Scales belong to channels, so they need rows.
template <class Formula, std::size_t Width, class T>
inline constexpr bool suits_joined_rows = !Formula::has_unit_slope && !Formula::has_affine &&
                                          Width * sizeof(T) == 32 && has_register<T, 64 / sizeof(T)>;

/// A convolution over steps for a group of its filters. Taps are `tap_step` numbers apart, the last tap at
/// the step itself. Convolutions that differ in nothing but their dilation share this code.
template <std::size_t Taps, std::size_t Channels, std::size_t Pitch, std::size_t Filters, std::size_t Width,
          class T, class Tail>
struct step_product {
    using layout = weight_layout<T, Taps * Channels, Filters, false>;
    using V = typename layout::vector;
    static constexpr std::size_t lanes = layout::lanes;
    /// Sums that stay in registers: half of what there is, since what they are made of needs some as well.
    static constexpr std::size_t most_sums = has_register<T, 64 / sizeof(T)> ? 16 : 8;
    static constexpr std::size_t wide = std::min<std::size_t>(layout::panels, 2);
    static constexpr std::size_t tall = most_sums / wide;
    static constexpr std::size_t single_wide = std::min<std::size_t>(layout::panels, 4);

    const T* x; ///< of the first row, at its first tap
    std::ptrdiff_t tap_step;
    const T* kernel;
    const T* bias; ///< none: without
    rows_view<T> y;
    std::size_t column; ///< of the group's first filter
    const Tail& tail;

    /// Taps are outside and channels inside, as in the product of a whole sequence, so that the sums are the
    /// same to the last bit.
    template <std::size_t Rows, std::size_t Panels>
    [[gnu::always_inline]] inline void compute(std::size_t row, std::size_t panel) const noexcept {
        tile_sums<V, Rows, Panels> sums;
#pragma GCC unroll 4
        for (std::size_t q = 0; q < Panels; ++q) {
            const V start = bias == nullptr ? V(T(0)) : V::load_unaligned(bias + (panel + q) * lanes);
#pragma GCC unroll 16
            for (std::size_t i = 0; i < Rows; ++i)
                sums.registers[i][q] = start;
        }
        const T* tap_x = x + row * Pitch;
        const T* weights = kernel + panel * Taps * Channels * lanes;
        for (std::size_t tap = 0; tap < Taps; ++tap) {
#pragma GCC unroll 4
            for (std::size_t k = 0; k < Channels; ++k) {
                V columns[Panels];
#pragma GCC unroll 4
                for (std::size_t q = 0; q < Panels; ++q)
                    columns[q] = V::load_aligned(weights + (q * Taps * Channels + k) * lanes);
#pragma GCC unroll 16
                for (std::size_t i = 0; i < Rows; ++i) {
                    const V number(tap_x[i * Pitch + k]);
#pragma GCC unroll 4
                    for (std::size_t q = 0; q < Panels; ++q)
                        sums.registers[i][q] = xsimd::fma(number, columns[q], sums.registers[i][q]);
                }
            }
            tap_x += tap_step;
            weights += Channels * lanes;
        }
        const std::size_t first = column + panel * lanes;
        const typename Tail::template tile<Rows, Panels * lanes, 1, T> tile(tail, row, first, Width);
#pragma GCC unroll 16
        for (std::size_t i = 0; i < Rows; ++i) {
#pragma GCC unroll 4
            for (std::size_t q = 0; q < Panels; ++q) {
                T* const place = y.row(row + i) + first + q * lanes;
                if (layout::last == lanes || panel + q + 1 < layout::panels)
                    finish<keeping::nothing, lanes>(sums.registers[i][q], tile, i, q * lanes, place,
                                                    static_cast<T*>(nullptr));
                else
                    finish<keeping::nothing, layout::last>(sums.registers[i][q], tile, i, q * lanes, place,
                                                           static_cast<T*>(nullptr));
            }
        }
    }

    // A function of its own for each size, so that the compiler keeps its sums in registers.
    template <std::size_t Rows, std::size_t Panels>
    [[gnu::noinline]] void compute_apart(std::size_t row, std::size_t panel) const noexcept {
        compute<Rows, Panels>(row, panel);
    }

    static constexpr bool is_narrow = is_narrow_product<T, lanes, layout::panels, Channels>;

    [[gnu::always_inline]] inline void compute_row(std::size_t row) const noexcept {
        if constexpr (is_narrow)
            compute_narrow(row);
        else
            compute_single(row);
    }

    [[gnu::always_inline]] inline void compute_narrow(std::size_t row) const noexcept {
        const V start = bias == nullptr ? V(T(0)) : V::load_unaligned(bias);
        const V sum = narrow_sums<Taps, Channels>(x + row * Pitch, tap_step, kernel, start);
        const typename Tail::template tile<1, lanes, 1, T> tile(tail, row, column, Width);
        finish<keeping::nothing, layout::last>(sum, tile, 0, 0, y.row(row) + column,
                                               static_cast<T*>(nullptr));
    }

    [[gnu::always_inline]] inline void compute_single(std::size_t row) const noexcept {
        visit_runs<single_wide, layout::panels % single_wide>(
            0, layout::panels, [&](auto run, std::size_t panel) __attribute__((always_inline)) {
                compute<1, decltype(run)::value>(row, panel);
            });
    }

    [[gnu::noinline]] void compute_rows(std::size_t rows) const noexcept {
        using formula = typename tail_facts<Tail>::formula;
        if constexpr (suits_paired_rows<T, Channels, Pitch, Filters, Width> && !formula::has_affine)
            if (rows >= 4 && are_joined()) {
                compute_all_pairs(rows);
                return;
            }
        if constexpr (Filters == Width && suits_joined_rows<formula, Width, T>)
            if (rows >= 4 && are_joined()) {
                const prediction_tail<bedrock::tail<>> no_tail;
                const step_product<Taps, Channels, Pitch, Filters, Width, T, prediction_tail<bedrock::tail<>>>
                    sums{x, tap_step, kernel, bias, y, column, no_tail};
                sums.compute_tiles(rows);
                finish_joined(rows * Width);
                return;
            }
        if constexpr (is_narrow)
            for (std::size_t row = 0; row < rows; ++row)
                compute_narrow(row);
        else
            compute_tiles(rows);
    }

    // A formula of more than sums is taken behind them all: it needs the registers that they fill.
    static constexpr bool adds_alone = tail_facts<Tail>::formula::has_unit_slope;

    template <std::size_t Rows>
    [[gnu::noinline]] void compute_pairs(std::size_t first) const noexcept {
        using W = simd<T, 16>;
        paired_sums<Taps, Rows / 2>(
            x + first * Pitch, tap_step, kernel,
            bias, [&](std::size_t pair, W sums) __attribute__((always_inline)) {
                const std::size_t place = (first + 2 * pair) * Width;
                if constexpr (adds_alone) {
                    const typename Tail::template tile<1, W::size, 1, T> joined(tail, 0, place, Width);
                    joined(sums, 0, 0).store_unaligned(y.data + place);
                } else
                    sums.store_unaligned(y.data + place);
            });
    }

    void compute_all_pairs(std::size_t rows) const noexcept {
        const std::size_t paired = rows / 2 * 2;
        visit_runs<16, 4, 2>(0, paired,
                             [&](auto run, std::size_t row) { compute_pairs<decltype(run)::value>(row); });
        if constexpr (!adds_alone)
            finish_joined(paired * Width);
        if (paired < rows)
            compute_row(paired);
    }

    void compute_tiles(std::size_t rows) const noexcept {
        const std::size_t single = rows / 4 * 4;
        visit_runs<wide, layout::panels % wide>(0, layout::panels, [&](auto panels, std::size_t panel) {
            constexpr std::size_t broad = decltype(panels)::value;
            visit_runs<tall, 4>(0, single, [&](auto run, std::size_t row) {
                compute_apart<decltype(run)::value, broad>(row, panel);
            });
        });
        for (std::size_t row = single; row < rows; ++row)
            compute_row(row);
    }

private:
    /// Whether all rows that the formula reads and writes follow each other.
    [[nodiscard]] bool are_joined() const noexcept {
        if constexpr (tail_facts<Tail>::formula::has_skip)
            return y.pitch == Width && tail.operands.skip.pitch == Width;
        else
            return y.pitch == Width;
    }
    /// The formula of so many sums, where they are.
    void finish_joined(std::size_t count) const noexcept {
        constexpr std::size_t most = lanes_of<T, 64 / sizeof(T)>;
        visit_runs<most, Width>(0, count, [&](auto run, std::size_t place) {
            constexpr std::size_t size = decltype(run)::value;
            using W = simd<T, lanes_of<T, size>>;
            const typename Tail::template tile<1, W::size, 1, T> joined(tail, 0, place, Width);
            store_first<size>(joined(load_first<size, W>(y.data + place), 0, 0), y.data + place);
        });
    }
};
} // namespace internal

/// Causal convolutions, step by step. The sums are those of the whole sequence to the last bit, where what
/// lies before its beginning are zeros, but for those of few filters (`is_narrow_product`). Exponentials in
/// formulas of joined rows may differ in the last bit, since xsimd rounds them in another way in wider
/// registers.
template <window Geometry, std::size_t Channels, std::size_t Filters, std::size_t Groups, class Layer>
struct step_kernels<convolution<Geometry, Channels, Filters, Groups, false, Layer>> : step_kernels_base {
    using whole = convolution<Geometry, Channels, Filters, Groups, false, Layer>;
    static constexpr std::size_t taps = Geometry.taps();
    static constexpr std::size_t group_channels = Channels / Groups;
    static constexpr std::size_t group_filters = Filters / Groups;

    template <class Stage, std::size_t Streams, class T, class Tail>
    [[gnu::always_inline]] static inline void forward(const step_forward<T>& call, std::size_t rows,
                                                      const Tail& tail) noexcept {
        using product =
            internal::step_product<taps, group_channels, Channels, group_filters, Filters, T, Tail>;
        constexpr std::size_t tap_step = Geometry.axes[2].dilation * Streams * Channels;
        for (std::size_t group = 0; group < Groups; ++group) {
            const T* bias = nullptr;
            if constexpr (whole::has_bias)
                bias = array_of<whole>(call.parameters, typename whole::bias{}) + group * group_filters;
            const product sums{call.sources[0].data - (taps - 1) * tap_step + group * group_channels,
                               static_cast<std::ptrdiff_t>(tap_step),
                               array_of<whole>(call.parameters, typename whole::kernel{}) +
                                   group * product::layout::kernel_size,
                               bias,
                               call.y,
                               group * group_filters,
                               tail};
            if (rows == 1)
                sums.compute_row(0);
            else
                sums.compute_rows(rows);
        }
    }
};

} // namespace strata::bedrock::inline STRATA_SETTING
