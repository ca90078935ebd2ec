// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/product/contract.hpp>
#include <strata/kernels/product/fetching.hpp>
#include <strata/kernels/product/transposing_fetching.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <type_traits>

namespace strata::bedrock::inline STRATA_SETTING {

/// Taps along one axis, and how far x and the weights move from one to the next.
struct tap_steps {
    std::size_t taps;
    std::ptrdiff_t x;
    std::ptrdiff_t weights;
};

/// What the sums of a tile are taken over: for each tap, `depth` products at neighbouring places of x and of
/// the panels. All numbers are known at run time only, so that convolutions of all shapes share their tiles'
/// code.
template <class T>
struct tile_terms {
    const T* x; ///< what the first tap reads for the tile's first place: outside of the line where it is cut
    const T* weights; ///< of the first panel and tap
    std::ptrdiff_t place_step;
    std::ptrdiff_t line_step; ///< from line to line of places
    std::size_t panel_step;
    tap_steps slices;
    tap_steps lines;
    tap_steps columns;
    const std::uint8_t* cuts; ///< for each tap of a line the places that it leaves out
    std::size_t depth;
};

/// A tile's terms, and what is fetched while they are added: `linear_fetching` or `scattered_fetching`.
template <class T, class Fetching>
struct tile_task {
    tile_terms<T> terms;
    Fetching fetching;
};
/// The same for terms that rest elsewhere and are changed from tile to tile.
template <class T, class Fetching>
struct resting_task {
    const tile_terms<T>& terms;
    Fetching fetching;
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

/// The sums over windows for `Places` places in each of some lines times `Panels` panels of filters: those at
/// the image's ends that a tap leaves out are up to `Cut` on a side.
///
/// The sums stay in registers from the first tap to the last. The innermost loop goes along the channels of
/// one tap: it loads one register of weights for each panel and broadcasts one number of x for each place, so
/// that a load of weights serves all places and a broadcast all panels. Taps are outside, since from one
/// to the next only pointers move.
template <class V, std::size_t Lines, std::size_t Places, std::size_t Panels, std::size_t Cut, class Fetching>
struct convolution_tile {
    using T = typename V::value_type;
    using sums_type = tile_sums<V, Lines * Places, Panels>;
    using cursor = typename Fetching::cursor;

    template <class Task>
    [[gnu::always_inline]] static inline void add(sums_type& sums, const Task& task) noexcept {
        const tile_terms<T>& terms = task.terms;
        const Fetching& fetching = task.fetching;
        const T* x_slice = terms.x;
        const T* weights_slice = terms.weights;
        cursor slice_cursor = fetching.begin();
        for (std::size_t slice = 0; slice < terms.slices.taps; ++slice) {
            const T* x_line = x_slice;
            const T* weights_line = weights_slice;
            cursor line_cursor = slice_cursor;
            for (std::size_t line = 0; line < terms.lines.taps; ++line) {
                const T* x = x_line;
                const T* weights = weights_line;
                cursor column_cursor = line_cursor;
                for (std::size_t column = 0; column < terms.columns.taps; ++column) {
                    if constexpr (Cut == 0)
                        add_tap<0, Places>(sums, task, x, weights, column_cursor);
                    else
                        add_cut(sums, task, terms.cuts[column], x, weights, column_cursor);
                    x += terms.columns.x;
                    weights += terms.columns.weights;
                    fetching.pass_column(column_cursor);
                }
                x_line += terms.lines.x;
                weights_line += terms.lines.weights;
                fetching.pass_line(line_cursor);
            }
            x_slice += terms.slices.x;
            weights_slice += terms.slices.weights;
            fetching.pass_slice(slice_cursor);
        }
    }
    /// The same where each axis has at most one tap, which cuts no tile. What is between two tiles counts
    /// where that tap has few products. So `fetch_results` is called behind the first of them, while
    /// multiplications wait already.
    template <class Task, class FetchResults>
    [[gnu::always_inline]] static inline void add_single(sums_type& sums, const Task& task,
                                                         const FetchResults& fetch_results) noexcept {
        const tile_terms<T>& terms = task.terms;
        if (terms.slices.taps * terms.lines.taps * terms.columns.taps > 0)
            add_tap<0, Places>(sums, task, terms.x, terms.weights, task.fetching.begin(), fetch_results);
    }

private:
    // Each way to leave out places is a loop of its own, so that the sums have fixed registers. No function
    // that a compiler may leave a call is between: the sums would be in memory.
    template <std::size_t Count = 0, class Task>
    [[gnu::always_inline]] static inline void add_cut(sums_type& sums, const Task& task, std::uint8_t cut,
                                                      const T* x, const T* weights, cursor fetched) noexcept {
        if constexpr (Count == 0) {
            if (cut == tile_cut::none)
                add_tap<0, Places>(sums, task, x, weights, fetched);
            else
                add_cut<1>(sums, task, cut, x, weights, fetched);
        } else if constexpr (Count <= Cut && Count < Places) {
            if (cut == tile_cut::first(Count))
                add_tap<Count, Places>(sums, task, x, weights, fetched);
            else if (cut == tile_cut::last(Count))
                add_tap<0, Places - Count>(sums, task, x, weights, fetched);
            else
                add_cut<Count + 1>(sums, task, cut, x, weights, fetched);
        }
    }

    struct fetch_nothing {
        [[gnu::always_inline]] void operator()() const noexcept {}
    };

    // Adds the products of one tap for the places [Low, High) of each line.
    template <std::size_t Low, std::size_t High, class Task, class FetchResults = fetch_nothing>
    [[gnu::always_inline]] static inline void add_tap(sums_type& sums, const Task& task, const T* x,
                                                      const T* weights, cursor fetched,
                                                      const FetchResults& fetch_results = {}) noexcept {
        const tile_terms<T>& terms = task.terms;
        // A pointer for each four places: the steps between those fit addresses.
        constexpr std::size_t group = 4;
        constexpr std::size_t groups = (High - Low + group - 1) / group;
        const T* pointers[Lines * groups];
        const std::ptrdiff_t step = terms.place_step;
        for (std::size_t g = 0; g < std::size(pointers); ++g)
            pointers[g] = x + static_cast<std::ptrdiff_t>(Low + g % groups * group) * step +
                          static_cast<std::ptrdiff_t>(g / groups) * terms.line_step;
        const std::size_t panel_step = terms.panel_step;
        const auto& stream = task.fetching.open(terms.weights, fetched);
        const auto add_run = [&](std::size_t count, const auto& run) __attribute__((always_inline)) {
            // clang would take two at a time, and keep some sums in memory for want of registers.
#pragma GCC unroll 1
            for (std::size_t k = 0; k < count; ++k) {
                V columns[Panels];
#pragma GCC unroll 4
                for (std::size_t q = 0; q < Panels; ++q)
                    columns[q] = V::load_aligned(weights + q * panel_step);
                run.template fetch<V::size>(weights, k);
#pragma GCC unroll 2
                for (std::size_t line = 0; line < Lines; ++line)
#pragma GCC unroll 32
                    for (std::size_t i = 0; i < High - Low; ++i) {
                        const V row(pointers[line * groups + i / group]
                                            [static_cast<std::ptrdiff_t>(i % group) * step]);
                        V(&place_sums)[Panels] = sums.registers[line * Places + Low + i];
#pragma GCC unroll 4
                        for (std::size_t q = 0; q < Panels; ++q)
                            place_sums[q] = xsimd::fma(row, columns[q], place_sums[q]);
                    }
                weights += V::size;
#pragma GCC unroll 8
                for (const T*& pointer : pointers)
                    ++pointer;
            }
        };
        // Many pointers leave no register to find what is fetched, so that is done run by run,
        // as transposing is.
        constexpr bool transposes = std::is_same_v<Fetching, transposing_fetching<T>>;
        constexpr bool by_runs = transposes || (!std::is_same_v<FetchResults, fetch_nothing> && groups > 2);
        if constexpr (transposes)
            if (stream.is_idle()) {
                fetch_results();
                add_run(terms.depth, typename Fetching::idle_stream{});
                return;
            }
        if constexpr (by_runs) {
            constexpr std::size_t first_run = std::min<std::size_t>(Fetching::run, 16);
            std::size_t count = std::min(first_run, terms.depth);
            for (std::size_t first = 0; first < terms.depth;) {
                add_run(count, stream.open_run(weights, first));
                if (first == 0)
                    fetch_results();
                first += count;
                count = std::min(Fetching::run, terms.depth - first);
            }
        } else {
            fetch_results();
            add_run(terms.depth, stream);
        }
    }
};

} // namespace strata::bedrock::inline STRATA_SETTING
