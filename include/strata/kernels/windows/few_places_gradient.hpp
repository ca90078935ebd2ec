// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/product/transpose.hpp>
#include <strata/kernels/product/weight_layout.hpp>
#include <strata/kernels/rows_view.hpp>
#include <strata/kernels/threads/team.hpp>
#include <strata/kernels/windows/convolution_tile.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <cstddef>

namespace strata::bedrock::inline STRATA_SETTING {

/// The input gradient of a convolution of one tap for few places: sums over filters of delta times weights.
///
/// Weights rest with filters in a register's lanes, and this sum wants them elsewhere. Where there are many
/// places, registers hold channels, and transposing the weights for them pays, since all places share in it.
/// Here registers hold places: what is transposed is delta, which is little, and each weight is read once, as
/// it lies. Places that fill no register are dot products, which are slower; so only one or two may be left.
template <std::size_t Channels, std::size_t Filters, class T>
struct few_places_gradient {
    using layout = weight_layout<T, Channels, Filters, false>;
    using V = typename layout::vector;
    static constexpr std::size_t lanes = layout::lanes;
    static constexpr std::size_t most_places = 64;
    static constexpr std::size_t most_rest = lanes / 8;
    /// A tile is `rows` channels times up to `wide` registers of places: as many sums as there are registers
    /// for.
    static constexpr std::size_t rows = std::min<std::size_t>(lanes, sizeof(V) == 64 ? 8 : 4);
    static constexpr std::size_t wide = 3;

    static constexpr bool is_possible =
        Channels % lanes == 0 && Filters % lanes == 0 && lanes == lanes_of<T, Channels>;
    static constexpr bool is_worthwhile(std::size_t places) {
        return is_possible && places >= lanes && places <= most_places && places % lanes <= most_rest;
    }
    /// The transposed delta of one thread.
    static constexpr std::size_t scratch_size = is_possible ? Filters * most_places : 0;

    /// Computes these panels of channels. put(sums, place, channel) gets registers of sums, whose lanes are
    /// channels again, since that is how the gradient rests.
    template <class Put>
    static void run(rows_view<const T> delta, const T* kernel, std::size_t places, T* scratch,
                    team::range panels, const Put& put) noexcept {
        const sum_operands operands{delta, kernel, scratch, places / lanes * lanes, places};
        for (std::size_t place = 0; place < operands.filled; place += lanes)
            for (std::size_t filter = 0; filter < Filters; filter += lanes)
                internal::copy_transposed<lanes>(delta.row(place) + filter, delta.pitch,
                                                 scratch + place * Filters + filter * lanes, lanes);
        for (std::size_t panel = panels.begin; panel < panels.end; ++panel) {
            alignas(alignment) T sums[lanes * most_places];
            V rest[(most_rest + 1) * lanes];
            for (std::size_t row = 0; row < lanes; row += rows)
                add_rows(operands, panel * lanes + row, sums + row * operands.filled, rest + row);
            for (std::size_t place = 0; place < operands.filled; place += lanes) {
                alignas(alignment) T turned[lanes * lanes];
                internal::copy_transposed<lanes>(sums + place, operands.filled, turned, lanes);
                for (std::size_t i = 0; i < lanes; ++i)
                    put(V::load_aligned(turned + i * lanes), place + i, panel * lanes);
            }
            for (std::size_t place = operands.filled; place < places; ++place) {
                alignas(alignment) T dots[lanes];
                for (std::size_t i = 0; i < lanes; ++i)
                    dots[i] = internal::add_lanes(rest[(place - operands.filled) * lanes + i]);
                put(V::load_aligned(dots), place, panel * lanes);
            }
        }
    }

private:
    struct sum_operands {
        rows_view<const T> delta;
        const T* kernel;
        const T* transposed; ///< delta of places that fill registers: [filled / lanes][filters][lanes]
        std::size_t filled;
        std::size_t places;
    };
    static constexpr std::size_t panel_step = Channels * lanes;
    /// Panels of filters whose weights of a tile stay in the first cache for the dot products.
    static constexpr std::size_t some_panels = 16 * 1024 / (rows * lanes * sizeof(T));

    // The sums of a tile's channels over all filters: `sums` [rows][filled] for places that fill registers,
    // and in `rest` a register for each dot product, whose lanes are added at the end.
    static void add_rows(const sum_operands& operands, std::size_t channel, T* sums, V* rest) noexcept {
        constexpr std::size_t all = Filters / lanes;
        std::fill_n(sums, rows * operands.filled, T(0));
        for (std::size_t place = operands.filled; place < operands.places; ++place)
            std::fill_n(rest + (place - operands.filled) * lanes, rows, V(T(0)));
        for (std::size_t panel = 0; panel < all; panel += some_panels) {
            const std::size_t count = std::min(some_panels, all - panel);
            const T* const weights = operands.kernel + layout::index(channel, panel * lanes);
            visit_runs<wide, 2, 1>(0, operands.filled / lanes, [&](auto run, std::size_t group) {
                add_products<decltype(run)::value>(
                    weights, count, operands.transposed + (group * Filters + panel * lanes) * lanes,
                    sums + group * lanes, operands.filled);
            });
            for (std::size_t place = operands.filled; place < operands.places; ++place)
                add_dots(weights, count, operands.delta.row(place) + panel * lanes,
                         rest + (place - operands.filled) * lanes);
        }
    }

    // Runs the tile of convolutions with the two operands changed: its places are our channels, its panels
    // our registers of places, and it walks over the weights' panels as over taps.
    template <std::size_t Vectors>
    [[gnu::noinline]] static void add_products(const T* weights, std::size_t panels, const T* delta,
                                               T* place_sums, std::size_t pitch) noexcept {
        constexpr std::size_t lead = 4; // panels that are fetched before they are used
        constexpr auto step = static_cast<std::ptrdiff_t>(panel_step);
        using fetching = scattered_fetching<T>;
        tile_task<T, fetching> task{};
        tile_terms<T>& terms = task.terms;
        terms.x = weights;
        terms.weights = delta;
        terms.place_step = static_cast<std::ptrdiff_t>(lanes);
        terms.panel_step = Filters * lanes;
        terms.slices.taps = terms.lines.taps = 1;
        terms.columns = {panels, step, static_cast<std::ptrdiff_t>(lanes * lanes)};
        terms.depth = lanes;
        task.fetching.near_memory = delta;
        task.fetching.far_memory = weights + lead * panel_step;
        task.fetching.column_step = step;
        tile_sums<V, rows, Vectors> sums;
#pragma GCC unroll 16
        for (std::size_t i = 0; i < rows; ++i)
#pragma GCC unroll 4
            for (std::size_t q = 0; q < Vectors; ++q)
                sums.registers[i][q] = V::load_aligned(place_sums + i * pitch + q * lanes);
        convolution_tile<V, 1, rows, Vectors, 0, fetching>::add(sums, task);
#pragma GCC unroll 16
        for (std::size_t i = 0; i < rows; ++i)
#pragma GCC unroll 4
            for (std::size_t q = 0; q < Vectors; ++q)
                sums.registers[i][q].store_aligned(place_sums + i * pitch + q * lanes);
    }

    // Adds the products of some panels of filters at one place: each lane of a sum is a filter's part.
    static void add_dots(const T* weights, std::size_t panels, const T* delta, V* dots) noexcept {
        V sums[rows];
        std::copy_n(dots, rows, sums);
        for (std::size_t panel = 0; panel < panels; ++panel, weights += panel_step, delta += lanes) {
            const V factor = V::load_unaligned(delta);
#pragma GCC unroll 16
            for (std::size_t i = 0; i < rows; ++i)
                sums[i] = xsimd::fma(factor, V::load_aligned(weights + i * lanes), sums[i]);
        }
        std::copy_n(sums, rows, dots);
    }
};

} // namespace strata::bedrock::inline STRATA_SETTING
