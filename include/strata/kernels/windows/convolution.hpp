// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/threads/team.hpp>
#include <strata/kernels/windows/convolution_lines.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

namespace strata::inline STRATA_SETTING {

/// x and weights of a sum over windows.
template <class T>
struct convolution_operands {
    const T* x;
    std::size_t pitch; ///< from pixel to pixel of x
    const T* weights;  ///< panels [filters / lanes][taps][channels][lanes], from `first_panel` on
    std::size_t first_panel = 0;
    const T* next = nullptr; ///< memory of so many panels that will be wanted next, for tiles that scatter
    std::size_t next_panels = 0;
    std::size_t next_step = 0; ///< from a run of `later_run` registers to the next
    std::size_t next_tap = 0;  ///< from tap to tap
    T* gathered = nullptr;     ///< memory for x of tiles that gather
};

namespace internal {
/// Walks along the tiles of all lines of all samples.
template <class T>
struct tile_walk {
    const convolution_lines& lines;
    const convolution_operands<T>& with;
    tile_terms<T> terms{}; ///< of the current line, without the place in it
    const T* x_line = nullptr;
    std::size_t weights_line = 0; ///< where the line's first taps are in a panel
    std::size_t next_line = 0;    ///< the same in memory that will be wanted next
    std::size_t row_of_line = 0;
    std::size_t line;
    std::size_t number;
    bool joins_taps;

    tile_walk(const convolution_lines& all, const convolution_operands<T>& operands, std::size_t lanes,
              std::size_t place) noexcept
        : lines(all), with(operands), line(place / all.tiles), number(place % all.tiles) {
        const map_axis& width = all.map.axes[2];
        // Neighbouring taps read neighbouring memory: one long row of products.
        joins_taps = width.offset_step == 1 && width.weight_step == 1 && operands.pitch == all.channels;
        terms.place_step = static_cast<std::ptrdiff_t>(width.read_step * operands.pitch);
        terms.panel_step = all.panel_size;
        terms.depth = all.channels;
        const auto tap_size = static_cast<std::ptrdiff_t>(all.channels * lanes);
        const auto pitch = static_cast<std::ptrdiff_t>(operands.pitch);
        const map_axis& height = all.map.axes[1];
        const map_axis& depth = all.map.axes[0];
        const auto line_pitch = pitch * static_cast<std::ptrdiff_t>(width.read_extent);
        terms.line_step = static_cast<std::ptrdiff_t>(height.read_step) * line_pitch;
        const auto next_tap = static_cast<std::ptrdiff_t>(operands.next_tap);
        // Taps that the weights move on by.
        const auto columns = static_cast<std::ptrdiff_t>(width.weight_step);
        const auto of_line = static_cast<std::ptrdiff_t>(height.weight_step * width.weight_extent);
        const auto of_slice =
            static_cast<std::ptrdiff_t>(depth.weight_step * height.weight_extent * width.weight_extent);
        terms.columns = {width.taps, width.offset_step * pitch, columns * tap_size, columns * next_tap};
        terms.lines = {0, height.offset_step * line_pitch, of_line * tap_size, of_line * next_tap};
        terms.slices = {0, depth.offset_step * line_pitch * static_cast<std::ptrdiff_t>(height.read_extent),
                        of_slice * tap_size, of_slice * next_tap};
        tap_size_ = static_cast<std::size_t>(tap_size);
        enter_line();
    }

    struct place_range {
        std::size_t begin;
        std::size_t count;
        const std::uint8_t* cuts;
    };
    /// The current tile, where those in the middle have so many places.
    [[nodiscard]] place_range tile(std::size_t places) const noexcept {
        const std::size_t in_middle = number - lines.first_ends;
        if (in_middle < lines.middle)
            return {lines.middle_begin + in_middle * places, places, lines.no_cuts};
        const std::size_t of_ends = number < lines.first_ends ? number : number - lines.middle;
        const end_tile& end = lines.ends[of_ends];
        return {end.begin, end.places, lines.cuts + of_ends * lines.map.axes[2].taps};
    }

    /// The tile that begins at `begin`, of panels from `panel` on.
    [[nodiscard]] tile_terms<T> terms_at(std::size_t begin, const std::uint8_t* cuts,
                                         std::size_t panel) const noexcept {
        tile_terms<T> result = terms;
        result.x = x_line + static_cast<std::ptrdiff_t>(begin) * terms.place_step;
        result.weights = with.weights + (panel - with.first_panel) * lines.panel_size + weights_line;
        result.cuts = cuts;
        if (joins_taps && cuts == lines.no_cuts) {
            result.depth *= result.columns.taps;
            result.columns.taps = 1;
        }
        return result;
    }

    /// Whether the next line of the same slice has the same taps.
    [[nodiscard]] bool spans_lines() const noexcept {
        const map_axis& height = lines.map.axes[1];
        const std::size_t h = line % height.results;
        return h + 1 < height.results && taps_of_result(height, h) == taps_of_result(height, h + 1);
    }

    void next() noexcept {
        if (++number == lines.tiles) {
            number = 0;
            ++line;
            enter_line();
        }
    }

private:
    std::size_t tap_size_;

    void enter_line() noexcept {
        const auto& [depth, height, width] = lines.map.axes;
        const std::size_t sample = line / lines.lines();
        const std::size_t d = line % lines.lines() / height.results;
        const std::size_t h = line % lines.lines() % height.results;
        const auto slices = taps_of_result(depth, d);
        const auto of_lines = taps_of_result(height, h);
        terms.slices.taps = slices.second - slices.first;
        terms.lines.taps = of_lines.second - of_lines.first;
        const std::size_t first_tap =
            (depth.tap(slices.first) * height.weight_extent + height.tap(of_lines.first)) *
                width.weight_extent +
            width.weight;
        weights_line = first_tap * tap_size_;
        next_line = first_tap * with.next_tap;
        const std::ptrdiff_t from =
            ((static_cast<std::ptrdiff_t>(sample * depth.read_extent) + depth.read(d, slices.first)) *
                 static_cast<std::ptrdiff_t>(height.read_extent) +
             height.read(h, of_lines.first)) *
                static_cast<std::ptrdiff_t>(width.read_extent) +
            width.offset;
        x_line = with.x + from * static_cast<std::ptrdiff_t>(with.pitch);
        row_of_line = sample * lines.map.result_rows() + lines.map.result_row(d, h, 0);
    }
};

/// Calls visit(lines, walk, number) for tiles [of.begin, of.end): one of several lines where those have the
/// same taps.
template <std::size_t Lines, class T, class Visit>
void visit_tiles(tile_walk<T> walk, team::range of, const Visit& visit) noexcept {
    for (std::size_t i = of.begin; i < of.end; ++i, walk.next()) {
        if constexpr (Lines > 1)
            if (i + 1 < of.end && walk.spans_lines()) {
                visit(constant_size<Lines>{}, walk, i);
                ++i;
                walk.next();
                continue;
            }
        visit(constant_size<1>{}, walk, i);
    }
}

/// Copies what tiles [of.begin, of.end) read, for tiles of one tap.
template <class T>
void gather_tiles(const convolution_lines& lines, const convolution_operands<T>& with, std::size_t lanes,
                  std::size_t places, team::range of) noexcept {
    const std::size_t pitch = gathered_pitch<T>(lines.channels);
    tile_walk<T> walk(lines, with, lanes, of.begin);
    for (std::size_t i = of.begin; i < of.end; ++i, walk.next()) {
        const auto [begin, count, cuts] = walk.tile(places);
        const tile_terms<T> terms = walk.terms_at(begin, cuts, with.first_panel);
        T* const to = with.gathered + (i - of.begin) * places * pitch;
        for (std::size_t place = 0; place < count; ++place)
            std::memcpy(to + place * pitch, terms.x + static_cast<std::ptrdiff_t>(place) * terms.place_step,
                        lines.channels * sizeof(T));
    }
}

/// Where the results of a tile go.
struct result_rows {
    std::size_t begin;
    std::size_t step;      ///< from place to place
    std::size_t line_step; ///< from line to line
};

// A function of its own, so that the compiler keeps its sums in registers.
template <class V, std::size_t Lines, std::size_t Places, std::size_t Panels, std::size_t Cut,
          std::size_t LastLanes, class Finish>
[[gnu::noinline]] void compute_tile(const tile_terms<value_type_of<V>>& terms, const result_rows& rows,
                                    std::size_t column, bool is_last, const Finish& finish) noexcept {
    tile_sums<V, Lines * Places, Panels> sums;
#pragma GCC unroll 4
    for (std::size_t q = 0; q < Panels; ++q) {
        const V start = finish.template start<V>(column + q * V::size);
#pragma GCC unroll 32
        for (std::size_t i = 0; i < Lines * Places; ++i)
            sums.registers[i][q] = start;
    }
    const auto out_of = [&](std::size_t line) {
        return finish.template tile<Places, Panels * V::size>(rows.begin + line * rows.line_step, column,
                                                              rows.step);
    };
    using out_type = decltype(out_of(0));
    const auto outs = [&]<std::size_t... I>(std::index_sequence<I...>) {
        return std::array<out_type, Lines>{out_of(I)...};
    }
    (std::make_index_sequence<Lines>{});
    for (const out_type& out : outs)
        for (std::size_t i = 0; i < Places; ++i)
#pragma GCC unroll 4
            for (std::size_t q = 0; q < Panels; ++q)
                out.fetch(i, q * V::size);
    convolution_tile<V, Lines, Places, Panels, Cut, Finish::scatters_weights>::add(sums, terms);
#pragma GCC unroll 2
    for (std::size_t line = 0; line < Lines; ++line) {
#pragma GCC unroll 32
        for (std::size_t i = 0; i < Places; ++i) {
#pragma GCC unroll 4
            for (std::size_t q = 0; q < Panels; ++q) {
                const V sum = sums.registers[line * Places + i][q];
                if (LastLanes < V::size && q + 1 == Panels && is_last)
                    outs[line].template put<LastLanes>(sum, i, q * V::size);
                else
                    outs[line].template put<V::size>(sum, i, q * V::size);
            }
        }
    }
}

/// Tiles whose x stay in the second cache, or in the first where the weights of all panels are few enough for
/// the second.
template <tile_shape Shape, class T>
std::size_t tiles_of_block(const convolution_lines& lines, std::size_t weight_bytes) noexcept {
    constexpr std::size_t few_weights = 256 * 1024;
    constexpr std::size_t small_block = 16 * 1024;
    const map_axis& height = lines.map.axes[1];
    const map_axis& width = lines.map.axes[2];
    const std::size_t of_place = Shape.gathers ? gathered_pitch<T>(lines.channels)
                                               : std::min(width.read_step, width.taps) *
                                                     std::min(height.read_step, height.taps) * lines.channels;
    const std::size_t bytes = Shape.places * of_place * sizeof(T);
    // Maps without taps read nothing.
    return std::max<std::size_t>(
        (weight_bytes <= few_weights ? small_block : large_block) / std::max<std::size_t>(bytes, 1), 1);
}
} // namespace internal

/// Computes tiles [work.begin, work.end), counted over the lines of all samples, for these panels of filters.
///
/// Panels are outside and places inside, so that the weights of a tile come from memory once for all places
/// of a block; the block's x stay in the second cache meanwhile.
template <class V, tile_shape Shape, class Finish, class T>
void convolve(const convolution_lines& lines, const convolution_operands<T>& with, team::range work,
              team::range panels, const Finish& finish) noexcept {
    constexpr std::size_t many_weights = 512 * 1024;
    const auto& [depth, height, width] = lines.map.axes;
    const std::size_t weight_bytes = (panels.end - panels.begin) * lines.panel_size * sizeof(T);
    const std::size_t block = internal::tiles_of_block<Shape, T>(lines, weight_bytes);
    const bool fetches = weight_bytes > many_weights;
    const bool is_contiguous = lines.lines() == 1 && with.pitch == lines.channels && width.read_step == 1;
    const std::size_t gathered_pitch = internal::gathered_pitch<T>(lines.channels);
    [[maybe_unused]] std::size_t visited = 0;
    for (std::size_t begin = work.begin; begin < work.end; begin += block) {
        const std::size_t end = std::min(begin + block, work.end);
        if constexpr (Shape.gathers)
            internal::gather_tiles(lines, with, V::size, Shape.places, {begin, end});
        const auto visit_block = [&](auto visit) {
            internal::visit_tiles<Shape.lines>(internal::tile_walk<T>(lines, with, V::size, begin),
                                               {begin, end}, visit);
        };
        std::size_t tiles = end - begin;
        if constexpr (Shape.lines > 1) {
            tiles = 0;
            visit_block([&](auto...) { ++tiles; });
        }
        visit_runs<Shape.panels, Shape.last_panels>(
            panels.begin, panels.end, [&](auto run, std::size_t panel) {
                constexpr std::size_t wide = decltype(run)::value;
                const bool is_last = panel + wide == lines.panels;
                const std::size_t behind = panels.end - panel - wide; // panels to come
                // The last tiles fetch a panel each, when what the others read is needed no longer.
                const std::size_t fetching = fetches ? std::min({wide, behind, tiles}) : 0;
                std::size_t tile = 0;
                visit_block([&](auto of_lines, const internal::tile_walk<T>& walk, std::size_t i) {
                    const auto [place, places, cuts] = walk.tile(Shape.places);
                    tile_terms<T> terms = walk.terms_at(place, cuts, panel);
                    terms.soon = terms.later = terms.weights;
                    if (tile + fetching >= tiles)
                        terms.later = terms.weights + (wide + tile + fetching - tiles) * lines.panel_size;
                    ++tile;
                    if constexpr (Finish::scatters_weights) {
                        terms.later_step = with.next_step;
                        if (visited++ < with.next_panels)
                            terms.later = with.next + walk.next_line +
                                          (visited - 1) * tile_terms<T>::later_run * V::size;
                        else
                            terms.later_step = terms.columns.later = terms.lines.later = terms.slices.later =
                                0;
                    }
                    if (is_contiguous && behind == 0)
                        terms.soon = terms.x + block * Shape.places * with.pitch;
                    if constexpr (Shape.gathers) {
                        terms.x = with.gathered + (i - begin) * Shape.places * gathered_pitch;
                        terms.place_step = static_cast<std::ptrdiff_t>(gathered_pitch);
                    }
                    const internal::result_rows rows{walk.row_of_line + place * width.step, width.step,
                                                     height.step * width.result_extent};
                    const auto compute = [&](auto size) {
                        internal::compute_tile<V, decltype(of_lines)::value, decltype(size)::value, wide,
                                               Shape.cut, Shape.last_lanes>(terms, rows, panel * V::size,
                                                                            is_last, finish);
                    };
                    for_each_index<internal::most_places>([&](auto index) {
                        constexpr std::size_t size = internal::most_places - index;
                        if constexpr (Shape.has_size(size))
                            if (places == size)
                                compute(internal::constant_size<size>{});
                    });
                });
            });
    }
}

/// How a team shares a convolution: by tiles as long as there are enough for each to get nearly the same,
/// else by panels. Returns the tiles, then the panels, of one thread.
[[nodiscard]] constexpr std::pair<team::range, team::range> share_convolution(const convolution_lines& lines,
                                                                              const tile_shape& shape,
                                                                              const team& threads,
                                                                              std::size_t samples) noexcept {
    constexpr std::size_t many_weights = 128 * 1024;
    const std::size_t work = samples * lines.lines() * lines.tiles;
    const bool by_panels = threads.size > 1 && lines.panels >= shape.panels * threads.size &&
                           (lines.panels * lines.panel_size > many_weights ||
                            (work % threads.size != 0 && work < 16 * threads.size));
    if (by_panels)
        return {{0, work}, threads.share(lines.panels, shape.panels)};
    return {threads.share(work), {0, lines.panels}};
}

} // namespace strata::inline STRATA_SETTING
