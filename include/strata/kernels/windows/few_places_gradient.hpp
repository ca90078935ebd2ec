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
    /// channels again, since that is how the gradient rests; fetch(place, channel) asks for where they go.
    template <class Put, class Fetch>
    static void run(rows_view<const T> delta, const T* kernel, std::size_t places, T* scratch,
                    team::range panels, const Put& put, const Fetch& fetch) noexcept {
        const sum_operands operands{delta, kernel, scratch, places / lanes * lanes, places};
        for (std::size_t place = 0; place < operands.filled; place += lanes)
            for (std::size_t filter = 0; filter < Filters; filter += lanes)
                internal::copy_transposed<lanes>(delta.row(place) + filter, delta.pitch,
                                                 scratch + place * Filters + filter * lanes, lanes);
        // Each place has a line of its own, rows away from the next, and often in the same set of the cache.
        // So a panel's results wait, and go there one by one while the sums of the next panel are computed.
        alignas(alignment) T results[most_places * lanes];
        std::size_t put_places = places;
        std::size_t put_channel = 0;
        const auto put_next = [&](std::size_t count) __attribute__((always_inline)) {
            for (const std::size_t end = std::min(put_places + count, places); put_places < end;
                 ++put_places) {
                fetch(std::min(put_places + lead, places - 1), put_channel);
                put(V::load_aligned(results + put_places * lanes), put_places, put_channel);
            }
        };
        for (std::size_t panel = panels.begin; panel < panels.end; ++panel) {
            alignas(alignment) T sums[lanes * most_places];
            V rest[(most_rest + 1) * lanes];
            for (std::size_t row = 0; row < lanes; row += rows)
                add_rows(operands, panel * lanes + row, sums + row * operands.filled, rest + row, put_next);
            put_next(places);
            put_channel = panel * lanes;
            put_places = 0;
            for (std::size_t place = 0; place < operands.filled; place += lanes)
                internal::copy_transposed<lanes>(sums + place, operands.filled, results + place * lanes,
                                                 lanes);
            for (std::size_t place = operands.filled; place < places; ++place)
                for (std::size_t i = 0; i < lanes; ++i)
                    results[place * lanes + i] =
                        internal::add_lanes(rest[(place - operands.filled) * lanes + i]);
        }
        put_next(places);
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
    // So many results are put with each panel of weights, and asked for before.
    static constexpr std::size_t some_places = (most_places * rows - 1) / Filters + 1;
    static constexpr std::size_t lead = 4;

    // The sums of a tile's channels over all filters: `sums` [rows][filled] for places that fill registers,
    // and in `rest` a register for each dot product, whose lanes are added at the end.
    template <class PutNext>
    static void add_rows(const sum_operands& operands, std::size_t channel, T* sums, V* rest,
                         const PutNext& put_next) noexcept {
        for (std::size_t place = operands.filled; place < operands.places; ++place)
            std::fill_n(rest + (place - operands.filled) * lanes, rows, V(T(0)));
        const T* const weights = operands.kernel + layout::index(channel, 0);
        visit_runs<wide, 2, 1>(0, operands.filled / lanes, [&](auto run, std::size_t group) {
            // The rest goes with the first places, whose weights are in the first cache then: read once more
            // they would not be, as those of all panels lie in the same sets.
            const auto add_rest = [&](const T* panel_weights, std::size_t panel)
                __attribute__((always_inline)) {
                if (group > 0)
                    return;
                for (std::size_t place = operands.filled; place < operands.places; ++place)
                    add_dots(panel_weights, operands.delta.row(place) + panel * lanes,
                             rest + (place - operands.filled) * lanes);
                put_next(some_places);
            };
            add_products<decltype(run)::value>(weights, operands.transposed + group * Filters * lanes,
                                               sums + group * lanes, operands.filled, add_rest);
        });
    }

    // Runs the tile of convolutions with the two operands changed: its places are our channels, its panels
    // our registers of places, and each panel of the weights is a tap. add_rest(weights, panel) computes with
    // the same weights while the multiplications of the panel before go on.
    template <std::size_t Vectors, class AddRest>
    [[gnu::noinline]] static void add_products(const T* weights, const T* delta, T* place_sums,
                                               std::size_t pitch, const AddRest& add_rest) noexcept {
        // Panels that are fetched before they are used. The next one has to be in the first cache, since all
        // sums wait for its first numbers.
        constexpr std::size_t near_lead = 1;
        constexpr std::size_t far_lead = 8;
        using fetching = linear_fetching<T>;
        tile_task<T, fetching> task{};
        tile_terms<T>& terms = task.terms;
        terms.x = weights;
        terms.weights = delta;
        terms.place_step = static_cast<std::ptrdiff_t>(lanes);
        terms.panel_step = Filters * lanes;
        terms.slices.taps = terms.lines.taps = terms.columns.taps = 1;
        terms.depth = lanes;
        tile_sums<V, rows, Vectors> sums{};
        for (std::size_t panel = 0; panel < Filters / lanes; ++panel) {
            task.fetching = {terms.x + near_lead * panel_step, terms.x + far_lead * panel_step};
            convolution_tile<V, 1, rows, Vectors, 0, fetching>::add_single(
                sums, task, [&]() __attribute__((always_inline)) { add_rest(terms.x, panel); });
            terms.x += panel_step;
            terms.weights += lanes * lanes;
        }
#pragma GCC unroll 16
        for (std::size_t i = 0; i < rows; ++i)
#pragma GCC unroll 4
            for (std::size_t q = 0; q < Vectors; ++q)
                sums.registers[i][q].store_aligned(place_sums + i * pitch + q * lanes);
    }

    // Adds the products of a panel of filters at one place: each lane of a sum is a filter's part.
    [[gnu::always_inline]] static inline void add_dots(const T* weights, const T* delta, V* dots) noexcept {
        const V factor = V::load_unaligned(delta);
#pragma GCC unroll 16
        for (std::size_t i = 0; i < rows; ++i)
            dots[i] = xsimd::fma(factor, V::load_aligned(weights + i * lanes), dots[i]);
    }
};

} // namespace strata::bedrock::inline STRATA_SETTING
