// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/expression/type_list.hpp>
#include <strata/kernels/threads/team.hpp>
#include <strata/kernels/uncached_store.hpp>
#include <strata/kernels/windows/convolution_walk.hpp>
#include <strata/kernels/windows/fetch_schedule.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace strata::bedrock::inline STRATA_SETTING {

namespace internal {
/// Where the results of a tile go.
struct result_rows {
    std::size_t begin;
    std::size_t step;      ///< from place to place
    std::size_t line_step; ///< from line to line
};

// The results of one tile. Inlined into functions of their own, so that the compiler keeps the sums in
// registers.
template <class V, std::size_t Lines, std::size_t Places, std::size_t Panels, std::size_t Cut, bool Single,
          std::size_t LastLanes, class Fetching, class Finish>
[[gnu::always_inline]] inline void compute_results(const resting_task<value_type_of<V>, Fetching>& task,
                                                   const result_rows& rows, std::size_t column, bool is_last,
                                                   const Finish& finish) noexcept {
    tile_sums<V, Lines * Places, Panels> sums;
#pragma GCC unroll 4
    for (std::size_t q = 0; q < Panels; ++q) {
        const V start = finish.template start<V>(column + q * V::size);
#pragma GCC unroll 32
        for (std::size_t i = 0; i < Lines * Places; ++i)
            sums.registers[i][q] = start;
    }
    const auto line_output = [&](std::size_t line) {
        return finish.template tile<Places, Panels * V::size>(rows.begin + line * rows.line_step, column,
                                                              rows.step);
    };
    using output = decltype(line_output(0));
    const auto outputs = [&]<std::size_t... I>(std::index_sequence<I...>) {
        return std::array<output, Lines>{line_output(I)...};
    }
    (std::make_index_sequence<Lines>{});
    constexpr bool may_be_uncached = has_uncached_store<V> && requires { finish.is_uncached; };
    // The memory of the results arrives while they are computed.
    const auto fetch_results = [&]() __attribute__((always_inline)) {
        if constexpr (may_be_uncached)
            if (finish.is_uncached)
                return;
        for (const output& each : outputs)
            for (std::size_t i = 0; i < Places; ++i)
#pragma GCC unroll 4
                for (std::size_t q = 0; q < Panels; ++q)
                    each.fetch(i, q * V::size);
    };
    using tile = convolution_tile<V, Lines, Places, Panels, Cut, Fetching>;
    if constexpr (Single)
        tile::add_single(sums, task, fetch_results);
    else {
        fetch_results();
        tile::add(sums, task);
    }
    const auto put_results = [&](const auto& put) __attribute__((always_inline)) {
#pragma GCC unroll 2
        for (std::size_t line = 0; line < Lines; ++line) {
#pragma GCC unroll 32
            for (std::size_t i = 0; i < Places; ++i) {
#pragma GCC unroll 4
                for (std::size_t q = 0; q < Panels; ++q) {
                    const V sum = sums.registers[line * Places + i][q];
                    if (LastLanes < V::size && q + 1 == Panels && is_last)
                        outputs[line].template put<LastLanes>(sum, i, q * V::size);
                    else
                        put(outputs[line], sum, i, q * V::size);
                }
            }
        }
    };
    if constexpr (may_be_uncached)
        if (finish.is_uncached) {
            put_results([](const output& writer, V sum, std::size_t i, std::size_t lane) __attribute__((
                always_inline)) { writer.template put<V::size, true>(sum, i, lane); });
            return;
        }
    put_results([](const output& writer, V sum, std::size_t i, std::size_t lane)
                    __attribute__((always_inline)) { writer.template put<V::size>(sum, i, lane); });
}

template <class V, std::size_t Lines, std::size_t Places, std::size_t Panels, std::size_t Cut,
          std::size_t LastLanes, class Fetching, class Finish>
[[gnu::noinline]] void compute_tile(const resting_task<value_type_of<V>, Fetching>& task,
                                    const result_rows& rows, std::size_t column, bool is_last,
                                    const Finish& finish) noexcept {
    compute_results<V, Lines, Places, Panels, Cut, false, LastLanes>(task, rows, column, is_last, finish);
}

/// The panels that a tile of one tap is computed for.
struct panel_run {
    team::range panels;
    team::range all;       ///< panels of the pass
    std::size_t count;     ///< panels of the convolution
    std::size_t size;      ///< numbers of a panel's weights
    std::size_t first_tap; ///< that the tile reads
    bool is_block;         ///< whether the tile is a block of its own
};

// The same place for some panels after another: one tap has so few products that a call for each would count.
template <class V, std::size_t Places, std::size_t Panels, std::size_t LastLanes, class Schedule,
          class Finish>
[[gnu::noinline]] void compute_panels(tile_terms<value_type_of<V>>& terms, const result_rows& rows,
                                      const panel_run& run, Schedule& schedule,
                                      const Finish& finish) noexcept {
    for (std::size_t panel = run.panels.begin; panel < run.panels.end; panel += Panels) {
        if (run.is_block)
            schedule.start_panels(Panels, run.all.end - panel - Panels, 1);
        const resting_task<value_type_of<V>, typename Schedule::fetching> task{
            terms, schedule.template next_tile<V::size>(terms, run.first_tap)};
        compute_results<V, 1, Places, Panels, 0, true, LastLanes>(task, rows, panel * V::size,
                                                                  panel + Panels == run.count, finish);
        terms.weights += Panels * run.size;
    }
}

/// Tiles whose x stay in the second cache, or in the first where the weights of all panels are few enough for
/// the second. Then it is one tile where its places have many results, as memory takes long rows of them
/// better than pieces of many rows in turn, or where the first cache has all weights of the one tap.
template <class V, tile_shape Shape, class T>
std::size_t tiles_of_block(const convolution_lines& lines, std::size_t weight_bytes) noexcept {
    constexpr std::size_t few_weights = 256 * 1024;
    constexpr std::size_t long_row = 1024;
    constexpr std::size_t small_block = 16 * 1024;
    const map_axis& height = lines.map.axes[1];
    const map_axis& width = lines.map.axes[2];
    const std::size_t place_size = Shape.gathers
                                       ? gathered_pitch<T>(lines.channels)
                                       : std::min(width.read_step, width.taps) *
                                             std::min(height.read_step, height.taps) * lines.channels;
    const std::size_t bytes = Shape.places * place_size * sizeof(T);
    const bool is_long = lines.panels * V::size * sizeof(T) >= long_row;
    if ((weight_bytes <= few_weights && is_long) || (weight_bytes <= small_block && Shape.is_single))
        return Shape.lines;
    // Maps without taps read nothing.
    return std::max<std::size_t>(
        (weight_bytes <= few_weights ? small_block : large_block) / std::max<std::size_t>(bytes, 1), 1);
}

/// A block of tiles, whose x stay in the cache while all panels are computed from them.
template <class V, tile_shape Shape, class Schedule, class Finish>
struct convolution_block {
    using T = value_type_of<V>;
    const convolution_lines& lines;
    const convolution_operands<T>& operands;
    tile_walk<T>& walk;
    Schedule& schedule;
    const Finish& finish;
    team::range tiles;

    /// Computes all tiles for these panels.
    void compute(team::range panels) const noexcept {
        if constexpr (Shape.gathers)
            gather_tiles(lines, operands, walk, Shape.places, tiles);
        if constexpr (Shape.is_single)
            if (tiles.end - tiles.begin == 1) {
                walk.start(tiles.begin);
                const std::size_t whole =
                    panels.begin + (panels.end - panels.begin) / Shape.panels * Shape.panels;
                compute_places<1, Shape.panels>(walk, tiles.begin, {panels.begin, whole}, panels);
                if constexpr (Shape.last_panels > 0)
                    compute_places<1, Shape.last_panels>(walk, tiles.begin, {whole, panels.end}, panels);
                return;
            }
        const std::size_t count = count_tasks();
        visit_runs<Shape.panels, Shape.last_panels>(
            panels.begin, panels.end, [&](auto run, std::size_t panel) {
                constexpr std::size_t wide = decltype(run)::value;
                schedule.start_panels(wide, panels.end - panel - wide, count);
                visit([&](auto line_count, tile_walk<T>& place, std::size_t number) {
                    compute_places<decltype(line_count)::value, wide>(place, number, {panel, panel + wide},
                                                                      panels);
                });
            });
    }

private:
    template <class Visit>
    void visit(const Visit& visit) const noexcept {
        visit_tiles<Shape.lines>(walk, tiles, visit);
    }
    /// Tiles of two lines are computed at a time, as one.
    [[nodiscard]] std::size_t count_tasks() const noexcept {
        std::size_t count = tiles.end - tiles.begin;
        if constexpr (Shape.lines > 1) {
            count = 0;
            visit([&](const auto&...) { ++count; });
        }
        return count;
    }

    /// One tile: what it reads, what it fetches and where its results go. For these panels of all: as many as
    /// a tile has, or more where each result has one tap.
    template <std::size_t Lines, std::size_t Panels>
    void compute_places(tile_walk<T>& place, std::size_t number, team::range panels,
                        team::range all) const noexcept {
        const auto places = place.tile(Shape.places);
        tile_terms<T>& terms = place.turn(places, panels.begin);
        const auto& [depth, height, width] = lines.map.axes;
        const result_rows rows{place.result_row() + places.begin * width.step, width.step,
                               height.step * width.result_extent};
        if constexpr (Shape.is_single) {
            const panel_run run{
                panels, all, lines.panels, lines.panel_size, place.first_tap(), tiles.end - tiles.begin == 1};
            visit_size(places.count, [&](auto size) {
                compute_panels<V, decltype(size)::value, Panels, Shape.last_lanes>(terms, rows, run, schedule,
                                                                                   finish);
            });
        } else {
            const resting_task<T, typename Schedule::fetching> task{
                terms, schedule.template next_tile<V::size>(terms, place.first_tap())};
            if constexpr (Shape.gathers) {
                const std::size_t pitch = gathered_pitch<T>(lines.channels);
                terms.x = operands.gathered + (number - tiles.begin) * Shape.places * pitch;
                terms.place_step = static_cast<std::ptrdiff_t>(pitch);
            }
            const bool is_last = panels.end == lines.panels;
            visit_size(places.count, [&](auto size) {
                compute_tile<V, Lines, decltype(size)::value, Panels, Shape.cut, Shape.last_lanes>(
                    task, rows, panels.begin * V::size, is_last, finish);
            });
        }
    }

    /// Calls visit(size) with the size of tile that it is.
    template <class Visit>
    static void visit_size(std::size_t count, const Visit& visit) noexcept {
        for_each_index<most_places>([&](auto index) {
            constexpr std::size_t size = most_places - index;
            if constexpr (Shape.has_size(size))
                if (count == size)
                    visit(constant_size<size>{});
        });
    }
};
} // namespace internal

/// Computes tiles [work.begin, work.end), counted over the lines of all samples, for these panels of filters.
/// `schedule` says what is fetched meanwhile.
///
/// Panels are outside and places inside, so that the weights of a tile come from memory once for all places
/// of a block; the block's x stay in the second cache meanwhile.
template <class V, tile_shape Shape, class Finish, class T, class Schedule = linear_schedule<T>>
void convolve(const convolution_lines& lines, const convolution_operands<T>& operands, team::range work,
              team::range panels, const Finish& finish, Schedule schedule = {}) noexcept {
    constexpr std::size_t many_weights = 512 * 1024;
    const map_axis& width = lines.map.axes[2];
    const std::size_t weight_bytes = (panels.end - panels.begin) * lines.panel_size * sizeof(T);
    const std::size_t block = internal::tiles_of_block<V, Shape, T>(lines, weight_bytes);
    const bool is_contiguous = lines.lines() == 1 && operands.pitch == lines.channels && width.read_step == 1;
    schedule.start_pass({lines.map, lines.panel_size,
                         is_contiguous ? block * Shape.places * operands.pitch : 0,
                         weight_bytes > many_weights});
    internal::tile_walk<T> walk(lines, operands, V::size);
    for (std::size_t begin = work.begin; begin < work.end; begin += block)
        internal::convolution_block<V, Shape, Schedule, Finish>{
            lines, operands, walk, schedule, finish, {begin, std::min(begin + block, work.end)}}
            .compute(panels);
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

} // namespace strata::bedrock::inline STRATA_SETTING
