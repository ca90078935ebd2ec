// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/expression/type_list.hpp>
#include <strata/kernels/product/contract.hpp>
#include <strata/setting.hpp>

#include <cstddef>
#include <cstdint>

namespace strata::inline STRATA_SETTING {

/// Taps along one axis, and how far x and the weights move from one to the next.
struct tap_steps {
    std::size_t taps;
    std::ptrdiff_t x;
    std::ptrdiff_t weights;
    std::ptrdiff_t later; ///< the same in memory that is fetched for later, in tiles that scatter
};

/// What the sums of a tile are taken over: for each tap, `depth` products at neighbouring places of x and of
/// the panels. All numbers are known at run time only, so that convolutions of all shapes share their tiles'
/// code.
template <class T>
struct tile_terms {
    /// How many registers of what is fetched later lie together.
    static constexpr std::size_t later_run = line_size<T>;

    const T* x; ///< what the first tap reads for the tile's first place: outside of the line where it is cut
    const T* weights; ///< of the first panel and tap
    std::ptrdiff_t place_step;
    std::ptrdiff_t line_step; ///< from line to line of places
    std::size_t panel_step;
    const T* soon; ///< memory to fetch into the first cache meanwhile: a register for each product
    /// The same into the second cache. In tiles that `Scatter`, it goes on `later_step` numbers behind the
    /// beginning of each run of `later_run` registers.
    const T* later;
    std::size_t later_step;
    tap_steps slices;
    tap_steps lines;
    tap_steps columns;
    const std::uint8_t* cuts; ///< for each tap of a line the places that it leaves out
    std::size_t depth;
};

/// Places at the ends of a tile that a tap leaves out, as it has no input for them: none, the first `Cut` or
/// fewer, the last, or all.
struct tile_cut {
    static constexpr std::uint8_t none = 0;
    static constexpr std::uint8_t all = 255;
    static constexpr std::uint8_t first(std::size_t count) {
        return static_cast<std::uint8_t>(2 * count - 1);
    }
    static constexpr std::uint8_t last(std::size_t count) { return static_cast<std::uint8_t>(2 * count); }
};

/// The sums over windows for `Places` places in each of some lines times `Panels` panels of filters, in
/// registers: those at the image's ends that a tap leaves out are up to `Cut` on a side.
template <class V, std::size_t Lines, std::size_t Places, std::size_t Panels, std::size_t Cut, bool Scatter>
struct convolution_tile {
    using T = typename V::value_type;
    using sums_type = tile_sums<V, Lines * Places, Panels>;

    [[gnu::always_inline]] static inline void add(sums_type& sums, const tile_terms<T>& terms) noexcept {
        const T* x_slice = terms.x;
        const T* weights_slice = terms.weights;
        const T* later_slice = terms.later;
        for (std::size_t slice = 0; slice < terms.slices.taps; ++slice) {
            const T* x_line = x_slice;
            const T* weights_line = weights_slice;
            const T* later_line = later_slice;
            for (std::size_t line = 0; line < terms.lines.taps; ++line) {
                const T* x = x_line;
                const T* weights = weights_line;
                const T* later = later_line;
                for (std::size_t column = 0; column < terms.columns.taps; ++column) {
                    if constexpr (Cut == 0)
                        add_tap<0, Places>(sums, terms, x, weights, later);
                    else
                        add_cut(sums, terms, terms.cuts[column], x, weights, later);
                    x += terms.columns.x;
                    weights += terms.columns.weights;
                    if constexpr (Scatter)
                        later += terms.columns.later;
                }
                x_line += terms.lines.x;
                weights_line += terms.lines.weights;
                if constexpr (Scatter)
                    later_line += terms.lines.later;
            }
            x_slice += terms.slices.x;
            weights_slice += terms.slices.weights;
            if constexpr (Scatter)
                later_slice += terms.slices.later;
        }
    }

private:
    [[gnu::always_inline]] static inline void add_cut(sums_type& sums, const tile_terms<T>& terms,
                                                      std::uint8_t cut, const T* x, const T* weights,
                                                      const T* later) noexcept {
        if (cut == tile_cut::none)
            add_tap<0, Places>(sums, terms, x, weights, later);
        else
            for_each_index<Cut>([&](auto index) __attribute__((always_inline)) {
                constexpr std::size_t count = index + 1;
                if constexpr (count < Places) {
                    if (cut == tile_cut::first(count))
                        add_tap<count, Places>(sums, terms, x, weights, later);
                    else if (cut == tile_cut::last(count))
                        add_tap<0, Places - count>(sums, terms, x, weights, later);
                }
            });
    }

    // Adds the products of one tap for the places [Low, High) of each line.
    template <std::size_t Low, std::size_t High>
    [[gnu::always_inline]] static inline void add_tap(sums_type& sums, const tile_terms<T>& terms, const T* x,
                                                      const T* weights, const T* later) noexcept {
        // A pointer for each four places: the steps between those fit addresses.
        constexpr std::size_t group = 4;
        constexpr std::size_t groups = (High - Low + group - 1) / group;
        const T* from[Lines * groups];
        const std::ptrdiff_t step = terms.place_step;
        for (std::size_t g = 0; g < std::size(from); ++g)
            from[g] = x + static_cast<std::ptrdiff_t>(Low + g % groups * group) * step +
                      static_cast<std::ptrdiff_t>(g / groups) * terms.line_step;
        const std::size_t panel_step = terms.panel_step;
        // Pointers to be fetched move along with the weights: none needs a register that counts.
        const std::ptrdiff_t soon = terms.soon - terms.weights;
        [[maybe_unused]] const std::ptrdiff_t behind = terms.later - terms.weights;
        [[maybe_unused]] const std::size_t later_step = terms.later_step;
        [[maybe_unused]] constexpr std::size_t run = tile_terms<T>::later_run;
        for (std::size_t k = 0; k < terms.depth; ++k) {
            V columns[Panels];
#pragma GCC unroll 4
            for (std::size_t q = 0; q < Panels; ++q)
                columns[q] = V::load_aligned(weights + q * panel_step);
            __builtin_prefetch(weights + soon, 0, 3);
            if constexpr (Scatter)
                __builtin_prefetch(later + k / run * later_step + k % run * V::size, 0, 2);
            else
                __builtin_prefetch(weights + behind, 0, 2);
#pragma GCC unroll 2
            for (std::size_t line = 0; line < Lines; ++line)
#pragma GCC unroll 32
                for (std::size_t i = 0; i < High - Low; ++i) {
                    const V row(
                        from[line * groups + i / group][static_cast<std::ptrdiff_t>(i % group) * step]);
                    V(&of_place)[Panels] = sums.registers[line * Places + Low + i];
#pragma GCC unroll 4
                    for (std::size_t q = 0; q < Panels; ++q)
                        of_place[q] = xsimd::fma(row, columns[q], of_place[q]);
                }
            weights += V::size;
#pragma GCC unroll 8
            for (const T*& each : from)
                ++each;
        }
    }
};

} // namespace strata::inline STRATA_SETTING
