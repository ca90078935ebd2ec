// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/windows/convolution_tile.hpp>
#include <strata/kernels/windows/window_map.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace strata::bedrock::inline STRATA_SETTING {

/// How a line of places and the panels of filters are cut into tiles: sizes that code is compiled for. Maps
/// of the same kind share it.
struct tile_shape {
    std::size_t places;  ///< of a tile in the middle of a line
    std::uint32_t sizes; ///< bit n: there are tiles of n places
    std::size_t lines;   ///< that a tile spans where they have the same taps: two if each is one tile
    std::size_t panels;
    std::size_t last_panels; ///< 0 where `panels` divides all
    std::size_t cut;         ///< places that a tap leaves out at most, at one end of a tile
    std::size_t last_lanes;  ///< filters in the last panel
    bool gathers;            ///< x of a block of tiles is gathered first, place by place
    bool is_single;          ///< each result has at most one tap, which is inside, and nothing is gathered

    [[nodiscard]] constexpr bool has_size(std::size_t count) const { return (sizes >> count & 1) != 0; }
};

namespace internal {
/// Sums that the registers hold beside operands.
template <class V>
inline constexpr std::size_t most_sums = sizeof(V) == 64 ? 28 : register_sums;
inline constexpr std::size_t most_places = 14;
inline constexpr std::size_t most_cut = 3;

/// Of the places that a block of tiles reads, in bytes: they stay in the second cache.
inline constexpr std::size_t large_block = 384 * 1024;
/// From one gathered place to the next: none of a dozen collide.
template <class T>
constexpr std::size_t gathered_pitch(std::size_t channels) {
    return channels + line_size<T>;
}
template <class T>
constexpr std::size_t gathered_size(std::size_t places, std::size_t channels) {
    return std::max(large_block / sizeof(T), places * gathered_pitch<T>(channels));
}

/// Whether a tile's places, which are `place_step` bytes apart, lie in the same set of the first cache, which
/// holds a dozen.
template <class V>
constexpr bool collides(std::size_t place_step) {
    constexpr std::size_t set_stride = 4096;
    return sizeof(V) == 64 && place_step % set_stride == 0;
}

/// Places that collide are gathered where each is read by one tap, and often.
template <class V>
constexpr bool should_gather(const window_map& map, std::size_t panels, std::size_t place_step) {
    constexpr std::size_t many_panels = 8;
    constexpr std::size_t least_places = 8;
    const bool is_single =
        std::all_of(map.axes.begin(), map.axes.end(), [](const map_axis& axis) { return axis.taps == 1; });
    return is_single && map.is_inside() && collides<V>(place_step) && panels >= many_panels &&
           map.axes[2].results >= least_places;
}

// Each weight that is loaded should serve many places, but seven where more are not there or collide.
template <class V>
constexpr std::size_t tile_panels_for(std::size_t results, std::size_t panels, bool by_sevens) {
    if (sizeof(V) == 64 && panels % 4 == 0 && results % 7 == 0 && by_sevens)
        return 4;
    if (panels % 2 == 0)
        return 2;
    if (panels % 3 == 0)
        return 3;
    return panels > 2 ? 2 : 1;
}

/// How many places a tile's taps leave out at one end; too many where some leave out places at both.
constexpr std::size_t needed_cut(const map_axis& axis, std::size_t begin, std::size_t places) {
    std::size_t cut = 0;
    for (std::size_t tap = 0; tap < axis.taps; ++tap) {
        const auto [low, high] = find_inside(axis, begin, places, tap);
        if (low < high && low > 0 && high < places)
            return most_cut + 1;
        cut = low < high ? std::max({cut, low, places - high}) : std::max<std::size_t>(cut, 1);
    }
    return cut;
}

/// The tiles of a line that lie wholly inside and have the full size: numbers [first, second).
constexpr std::pair<std::size_t, std::size_t> middle_tiles(const map_axis& axis, std::size_t places) {
    const auto [first, last] = axis.interior();
    const std::size_t begin = (first + places - 1) / places;
    return {begin, std::max(begin, last / places)};
}

/// A tile at the end of a line.
struct end_tile {
    std::size_t begin;
    std::size_t places;
};

/// Visits a tile, or halves of it, and of those, until each leaves out no more than `most_cut` at one end.
template <class Visit>
constexpr void visit_parts(const map_axis& axis, end_tile tile, Visit visit) {
    if (tile.places == 1 || needed_cut(axis, tile.begin, tile.places) <= most_cut) {
        visit(tile);
        return;
    }
    const std::size_t half = tile.places / 2;
    visit_parts(axis, {tile.begin, half}, visit);
    visit_parts(axis, {tile.begin + half, tile.places - half}, visit);
}

/// Visits the tiles of a line with their ends: those before the middle ones, then those behind.
template <class Visit>
constexpr void visit_end_tiles(const map_axis& axis, std::size_t places, Visit visit) {
    const auto middle = middle_tiles(axis, places);
    for (std::size_t begin = 0; begin < axis.results; begin += places) {
        if (begin / places == middle.first)
            begin = middle.second * places;
        if (begin >= axis.results)
            break;
        visit_parts(axis, {begin, std::min(places, axis.results - begin)}, visit);
    }
}

/// `pitch`: bytes from pixel to pixel of x. `is_forward`: as in `convolution_of`.
template <class V>
constexpr tile_shape choose_tile_shape(const window_map& map, std::size_t filters, std::size_t pitch,
                                       bool is_forward) {
    const map_axis& axis = map.axes[2];
    const std::size_t panels = (filters + V::size - 1) / V::size;
    const std::size_t place_step = axis.read_step * pitch;
    tile_shape shape{};
    shape.gathers = is_forward && should_gather<V>(map, panels, place_step);
    const std::size_t results = std::max<std::size_t>(axis.results, 1);
    // Lines of one tap collide as their places do; an input gradient's weights are in the cache already.
    const bool may_span =
        is_forward && axis.taps > 1 && map.axes[1].results > 1 && 2 * results <= most_places;
    const bool by_sevens = !may_span && (results == 7 || (collides<V>(place_step) && !shape.gathers));
    shape.panels = tile_panels_for<V>(results, panels, by_sevens);
    shape.last_panels = panels % shape.panels;
    const std::size_t most = std::min(most_sums<V> / shape.panels, most_places);
    const std::size_t tiles = (results + most - 1) / most;
    shape.places = (results + tiles - 1) / tiles;
    shape.last_lanes = (filters - 1) % V::size + 1;
    shape.is_single =
        !shape.gathers && map.is_inside() &&
        std::all_of(map.axes.begin(), map.axes.end(), [](const map_axis& each) { return each.taps <= 1; });
    const auto [first, last] = middle_tiles(axis, shape.places);
    if (first < last)
        shape.sizes = std::uint32_t{1} << shape.places;
    visit_end_tiles(axis, shape.places, [&](end_tile tile) {
        shape.sizes |= std::uint32_t{1} << tile.places;
        shape.cut = std::max(shape.cut, needed_cut(axis, tile.begin, tile.places));
    });
    const bool is_one_tile = may_span && shape.sizes == std::uint32_t{1} << results;
    shape.lines = is_one_tile && 2 * results * shape.panels <= most_sums<V> ? 2 : 1;
    return shape;
}
} // namespace internal

/// A sum over windows as data. Lines are those of the map's depth and height; a line is made of tiles: some
/// at its beginning, equal ones in its middle that lie wholly inside, some at its end.
struct convolution_lines {
    window_map map;
    std::size_t channels; ///< products of a tap
    std::size_t panels;
    std::size_t panel_size; ///< numbers from panel to panel
    std::size_t first_ends; ///< tiles before those of the middle
    std::size_t middle_begin;
    std::size_t middle;
    std::size_t tiles; ///< of a line
    const internal::end_tile* ends;
    const std::uint8_t* cuts;    ///< [tiles at the ends][taps of a line]
    const std::uint8_t* no_cuts; ///< [taps of a line]

    [[nodiscard]] constexpr std::size_t lines() const { return map.axes[0].results * map.axes[1].results; }
};

/// The lines of a map, made at compile time, for pixels of x that are `Pitch` numbers apart as a rule.
/// `Forward`: all panels are computed from the same x, with weights that come from memory.
template <window_map Map, std::size_t Channels, std::size_t Pitch, std::size_t Filters, class T,
          bool Forward = false>
struct convolution_of {
    static constexpr std::size_t lanes = lanes_of<T, Filters>;
    using vector = simd<T, lanes>;
    static constexpr std::size_t panels = (Filters + lanes - 1) / lanes;
    static constexpr map_axis width = Map.axes[2];
    static constexpr tile_shape shape =
        internal::choose_tile_shape<vector>(Map, Filters, Pitch * sizeof(T), Forward);
    /// Numbers that a thread gathers at a time.
    static constexpr std::size_t gathered_size =
        shape.gathers ? internal::gathered_size<T>(shape.places, Channels) : 0;

private:
    static constexpr std::size_t end_count = [] {
        std::size_t count = 0;
        internal::visit_end_tiles(width, shape.places, [&](internal::end_tile) { ++count; });
        return count;
    }();
    static constexpr auto ends = [] {
        std::array<internal::end_tile, end_count + 1> result{};
        std::size_t next = 0;
        internal::visit_end_tiles(width, shape.places,
                                  [&](internal::end_tile tile) { result[next++] = tile; });
        return result;
    }();
    static constexpr auto cuts = [] {
        std::array<std::uint8_t, end_count * width.taps + 1> result{};
        for (std::size_t i = 0; i < end_count; ++i)
            for (std::size_t tap = 0; tap < width.taps; ++tap) {
                const auto [low, high] = internal::find_inside(width, ends[i].begin, ends[i].places, tap);
                result[i * width.taps + tap] = low == high             ? tile_cut::all
                                               : low > 0               ? tile_cut::first(low)
                                               : high < ends[i].places ? tile_cut::last(ends[i].places - high)
                                                                       : tile_cut::none;
            }
        return result;
    }();
    static constexpr std::array<std::uint8_t, width.taps + 1> no_cuts{};

public:
    static constexpr convolution_lines lines = [] {
        convolution_lines result{};
        result.map = Map;
        result.channels = Channels;
        result.panels = panels;
        result.panel_size = Map.weight_taps() * Channels * lanes;
        const auto middle = internal::middle_tiles(width, shape.places);
        result.middle_begin = middle.first * shape.places;
        result.middle = middle.second - middle.first;
        while (result.first_ends < end_count && ends[result.first_ends].begin < result.middle_begin)
            ++result.first_ends;
        result.tiles = end_count + result.middle;
        result.ends = ends.data();
        result.cuts = cuts.data();
        result.no_cuts = no_cuts.data();
        return result;
    }();
};

} // namespace strata::bedrock::inline STRATA_SETTING
