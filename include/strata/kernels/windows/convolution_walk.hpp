// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/threads/team.hpp>
#include <strata/kernels/windows/convolution_lines.hpp>
#include <strata/setting.hpp>

#include <cstring>

namespace strata::bedrock::inline STRATA_SETTING {

/// x and weights of a sum over windows.
template <class T>
struct convolution_operands {
    const T* x;
    std::size_t pitch; ///< from pixel to pixel of x
    const T* weights;  ///< panels [filters / lanes][taps][channels][lanes], from `first_panel` on
    std::size_t first_panel = 0;
    T* gathered = nullptr; ///< memory for x of tiles that gather
};

namespace internal {
/// Walks along the tiles of all lines of all samples. What all tiles of a line have in common, as the taps
/// that are inside, is found once when the line is entered.
template <class T>
class tile_walk {
public:
    struct place_range {
        std::size_t begin;
        std::size_t count;
        const std::uint8_t* cuts;
    };

    /// A walk is made once, and started wherever tiles are visited. It is never copied: a wide load that
    /// copies what was just written in parts waits for these writes, and so for those of all results of the
    /// tile before.
    tile_walk(const tile_walk&) = delete;
    tile_walk& operator=(const tile_walk&) = delete;
    tile_walk(const convolution_lines& all, const convolution_operands<T>& operands,
              std::size_t lanes) noexcept
        : lines_(all), operands_(operands), tap_size_(all.channels * lanes) {
        const auto& [depth, height, width] = all.map.axes;
        // Neighbouring taps may read neighbouring memory: one long row of products.
        if (width.offset_step == 1 && width.weight_step == 1 && operands.pitch == all.channels)
            joined_taps_ = width.taps;
        place_step_ =
            numbers(all.map.read_row<std::ptrdiff_t>(0, 0, static_cast<std::ptrdiff_t>(width.read_step)));
        terms_.line_step =
            numbers(all.map.read_row<std::ptrdiff_t>(0, static_cast<std::ptrdiff_t>(height.read_step), 0));
        terms_.panel_step = all.panel_size;
        terms_.slices = {0, numbers(all.map.read_row<std::ptrdiff_t>(depth.offset_step, 0, 0)),
                         weight_step(0)};
        terms_.lines = {0, numbers(all.map.read_row<std::ptrdiff_t>(0, height.offset_step, 0)),
                        weight_step(1)};
        terms_.columns = {width.taps, numbers(all.map.read_row<std::ptrdiff_t>(0, 0, width.offset_step)),
                          weight_step(2)};
    }
    /// Begins with a tile, counted over all lines.
    void start(std::size_t tile) noexcept {
        if (tile == number_)
            return;
        number_ = tile;
        line_ = tile / lines_.tiles;
        tile_ = tile % lines_.tiles;
        enter_line();
    }

    /// The places of the current tile, where tiles in the middle of a line have so many.
    [[nodiscard]] place_range tile(std::size_t places) const noexcept {
        const std::size_t middle = tile_ - lines_.first_ends; // wraps in the tiles before
        if (middle < lines_.middle)
            return {lines_.middle_begin + middle * places, places, lines_.no_cuts};
        const std::size_t number = tile_ < lines_.first_ends ? tile_ : tile_ - lines_.middle;
        const end_tile& end = lines_.ends[number];
        return {end.begin, end.places, lines_.cuts + number * lines_.map.axes[2].taps};
    }

    /// Turns the terms to these places and the panels from `panel` on. They stay where they are, as the walk
    /// does.
    tile_terms<T>& turn(const place_range& places, std::size_t panel) noexcept {
        terms_.x = line_x_ + static_cast<std::ptrdiff_t>(places.begin) * place_step_;
        terms_.place_step = place_step_;
        terms_.weights =
            operands_.weights + (panel - operands_.first_panel) * lines_.panel_size + first_tap_ * tap_size_;
        terms_.cuts = places.cuts;
        const bool joins = joined_taps_ > 1 && places.cuts == lines_.no_cuts;
        terms_.depth = joins ? lines_.channels * joined_taps_ : lines_.channels;
        terms_.columns.taps = joins ? 1 : lines_.map.axes[2].taps;
        return terms_;
    }

    /// The number of the kernel's tap that the line's tiles begin with.
    [[nodiscard]] std::size_t first_tap() const noexcept { return first_tap_; }
    /// The row of the line's first result.
    [[nodiscard]] std::size_t result_row() const noexcept { return result_row_; }

    /// Whether the next line of the same slice has the same taps.
    [[nodiscard]] bool spans_lines() const noexcept {
        const map_axis& height = lines_.map.axes[1];
        const std::size_t h = line_ % height.results;
        return h + 1 < height.results && taps_of_result(height, h) == taps_of_result(height, h + 1);
    }

    void advance() noexcept {
        ++number_;
        if (++tile_ == lines_.tiles) {
            tile_ = 0;
            ++line_;
            enter_line();
        }
    }

private:
    const convolution_lines& lines_;
    const convolution_operands<T>& operands_;
    tile_terms<T> terms_{}; ///< of the current line and the tile that they were turned to
    std::ptrdiff_t place_step_ = 0;
    const T* line_x_ = nullptr;
    std::size_t first_tap_ = 0;
    std::size_t result_row_ = 0;
    std::size_t number_ = static_cast<std::size_t>(-1); ///< of the tile, counted over all lines
    std::size_t line_ = 0;
    std::size_t tile_ = 0; ///< of the line
    std::size_t tap_size_;
    std::size_t joined_taps_ = 1;

    /// Rows of x as numbers.
    [[nodiscard]] std::ptrdiff_t numbers(std::ptrdiff_t rows) const noexcept {
        return rows * static_cast<std::ptrdiff_t>(operands_.pitch);
    }
    [[nodiscard]] std::ptrdiff_t weight_step(std::size_t axis) const noexcept {
        return static_cast<std::ptrdiff_t>(lines_.map.weight_step(axis) * tap_size_);
    }

    void enter_line() noexcept {
        const window_map& map = lines_.map;
        const auto& [depth, height, width] = map.axes;
        const std::size_t sample = line_ / lines_.lines();
        const std::size_t d = line_ % lines_.lines() / height.results;
        const std::size_t h = line_ % lines_.lines() % height.results;
        const auto [first_slice, last_slice] = taps_of_result(depth, d);
        const auto [first_line, last_line] = taps_of_result(height, h);
        terms_.slices.taps = last_slice - first_slice;
        terms_.lines.taps = last_line - first_line;
        first_tap_ = map.weight_tap(first_slice, first_line, 0);
        const auto slice = static_cast<std::ptrdiff_t>(sample * depth.read_extent);
        line_x_ =
            operands_.x + numbers(map.read_row<std::ptrdiff_t>(slice + depth.read(d, first_slice),
                                                               height.read(h, first_line), width.offset));
        result_row_ = sample * map.result_rows() + map.result_row(d, h, 0);
    }
};

/// Calls visit(lines, walk, number) for tiles [tiles.begin, tiles.end): one of several lines where those have
/// the same taps.
template <std::size_t Lines, class T, class Visit>
void visit_tiles(tile_walk<T>& walk, team::range tiles, const Visit& visit) noexcept {
    walk.start(tiles.begin);
    for (std::size_t number = tiles.begin; number < tiles.end;) {
        std::size_t next = number + 1;
        if constexpr (Lines > 1)
            if (next < tiles.end && walk.spans_lines())
                ++next;
        if (next - number == Lines)
            visit(constant_size<Lines>{}, walk, number);
        else if constexpr (Lines > 1)
            visit(constant_size<1>{}, walk, number);
        // Behind the last tile the walk stays, as the next panels begin there where the block is one tile.
        for (; number < next && next < tiles.end; ++number)
            walk.advance();
        number = next;
    }
}

/// Copies what tiles [tiles.begin, tiles.end) read, for tiles of one tap.
template <class T>
void gather_tiles(const convolution_lines& lines, const convolution_operands<T>& operands, tile_walk<T>& walk,
                  std::size_t places, team::range tiles) noexcept {
    const std::size_t pitch = gathered_pitch<T>(lines.channels);
    walk.start(tiles.begin);
    for (std::size_t number = tiles.begin; number < tiles.end; ++number) {
        if (number > tiles.begin)
            walk.advance();
        const auto tile = walk.tile(places);
        const tile_terms<T>& terms = walk.turn(tile, operands.first_panel);
        T* const copy = operands.gathered + (number - tiles.begin) * places * pitch;
        for (std::size_t place = 0; place < tile.count; ++place)
            std::memcpy(copy + place * pitch, terms.x + static_cast<std::ptrdiff_t>(place) * terms.place_step,
                        lines.channels * sizeof(T));
    }
}
} // namespace internal

} // namespace strata::bedrock::inline STRATA_SETTING
