// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/product/weight_layout.hpp>
#include <strata/kernels/rows_view.hpp>
#include <strata/kernels/threads/team.hpp>
#include <strata/kernels/windows/convolution_lines.hpp>
#include <strata/kernels/windows/dot_products.hpp>
#include <strata/kernels/windows/window_map.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace strata::bedrock::inline STRATA_SETTING {

/// The input gradient of a convolution of several taps for few places: sums over taps and filters of delta
/// times weights.
///
/// Weights rest with filters in a register's lanes, and transposing them costs too much where few places
/// share in it. Here each sum is a dot product, whose lanes are added at the end. That costs little, as a
/// result of several taps has many products. The weights of some channels lie in the same sets of the caches,
/// so they are copied while the products of the channels before are computed.
template <window Geometry, bool Transposed, std::size_t Channels, std::size_t Filters, class T>
struct dot_gradient {
    using layout = weight_layout<T, Geometry.taps() * Channels, Filters, false>;
    using V = typename layout::vector;
    static constexpr std::size_t lanes = layout::lanes;
    static constexpr window_map map = internal::first_map<Geometry, !Transposed>;
    static constexpr std::size_t places = map.read_rows(); ///< of delta
    static constexpr std::size_t most_places = 64;

private:
    static constexpr map_axis height = map.axes[1];
    static constexpr map_axis width = map.axes[2];
    /// Shorter lines have too few sums for each number that is read, and longer ones more than there are
    /// registers for.
    static constexpr std::size_t least_width = 6;
    static constexpr std::size_t most_width = 8;
    /// Registers of products in a result, on the average: fewer do not pay for adding their lanes.
    static constexpr std::size_t least_products = 128;
    /// Panels are what threads share, and how many these are may not decide about bits.
    static constexpr std::size_t least_panels = 8;
    static constexpr std::size_t taps = Geometry.taps();
    static constexpr std::size_t filter_panels = Filters / lanes;
    /// Channels whose weights are copied together: those of two such parts, and all deltas, should stay in
    /// the second cache.
    static constexpr std::size_t part = std::max<std::size_t>(lanes / 2, 2);
    using part_copy = internal::chunk_copy<V, part>;
    static constexpr std::size_t copy_size = taps * Filters * part;
    static constexpr std::size_t most_channels = 3; ///< whose sums for a line fill the registers

    static constexpr map_axis depth = map.axes[0];
    static constexpr bool is_plane = depth.results == 1 && depth.read_extent == 1 && depth.taps == 1;
    static constexpr bool has_one_map = Transposed || adjoint_phases(Geometry) == 1;
    static constexpr bool suits_tiles = width.read_step == 1 && width.results >= least_width &&
                                        width.results <= most_width &&
                                        internal::needed_cut(width, 0, width.results) <= 1;

public:
    static constexpr bool is_possible = sizeof(V) == 64 && is_plane && has_one_map && suits_tiles &&
                                        places <= most_places && Channels % lanes == 0 &&
                                        lanes == lanes_of<T, Channels> && Channels >= least_panels * lanes &&
                                        Filters % (lanes * internal::dot_block) == 0 &&
                                        places * taps * Filters >= map.result_rows() * least_products * lanes;
    static constexpr bool is_worthwhile(std::size_t samples) {
        return is_possible && samples * places <= most_places;
    }
    /// Of one thread: delta by panels, the weights of two parts of a panel of channels, and its sums.
    static constexpr std::size_t scratch_size =
        is_possible
            ? most_places * Filters + 2 * copy_size + most_places / places * map.result_rows() * lanes * lanes
            : 0;

    /// Computes these panels of channels and hands the gradients to `finish`: a `gradient_finish`.
    template <class Finish>
    static void run(rows_view<const T> delta, const T* kernel, std::size_t samples, T* scratch,
                    team::range panels, const Finish& finish) noexcept {
        if (panels.begin == panels.end)
            return;
        const std::size_t x_panel = samples * places * lanes;
        for (std::size_t place = 0; place < samples * places; ++place)
            for (std::size_t panel = 0; panel < filter_panels; ++panel)
                V::load_unaligned(delta.row(place) + panel * lanes)
                    .store_aligned(scratch + panel * x_panel + place * lanes);
        T* current = scratch + most_places * Filters;
        T* next = current + copy_size;
        T* const sums = next + copy_size;
        const auto copy_of = [&](std::size_t number, T* copy) {
            return part_copy{kernel + number * part * lanes, Channels * lanes, copy,
                             number * part < panels.end * lanes ? taps * filter_panels : 0};
        };
        copy_of(panels.begin * lanes / part, current).copy_rest();
        for (std::size_t panel = panels.begin; panel < panels.end; ++panel) {
            for (std::size_t channel = 0; channel < lanes; channel += part) {
                part_copy copying = copy_of((panel * lanes + channel) / part + 1, next);
                for (std::size_t sample = 0; sample < samples; ++sample)
                    add_lines(scratch, x_panel, sample, current, sums + channel * lanes, copying);
                copying.copy_rest();
                std::swap(current, next);
            }
            for (std::size_t row = 0; row < samples * map.result_rows(); ++row)
                finish.put_register(internal::sum_lanes<V>(sums + row * lanes * lanes), row, panel * lanes);
        }
    }

private:
    /// Which places of a line each tap leaves out.
    static constexpr auto cuts = [] {
        std::array<std::uint8_t, width.taps> result{};
        for (std::size_t tap = 0; tap < width.taps; ++tap) {
            const auto [low, high] = internal::find_inside(width, 0, width.results, tap);
            result[tap] = low == high            ? tile_cut::all
                          : low > 0              ? tile_cut::first(low)
                          : high < width.results ? tile_cut::last(width.results - high)
                                                 : tile_cut::none;
        }
        return result;
    }();

    /// The sums of a part of a panel for all places of a sample.
    static void add_lines(const T* x, std::size_t x_panel, std::size_t sample, const T* weights, T* sums,
                          part_copy& copying) noexcept {
        std::array<internal::dot_tap, height.taps * width.taps> line_taps{};
        internal::dot_terms<T> terms{};
        terms.x = x;
        terms.x_panel = x_panel;
        terms.weights_panel = taps * part * lanes;
        terms.blocks = filter_panels / internal::dot_block;
        terms.taps = line_taps.data();
        terms.result_step = width.step * lanes * lanes;
        for (std::size_t h = 0; h < height.results; ++h) {
            const auto [begin, end] = internal::taps_of_result(height, h);
            terms.tap_count = 0;
            for (std::size_t line = begin; line < end; ++line)
                for (std::size_t column = 0; column < width.taps; ++column)
                    if (cuts[column] != tile_cut::all) {
                        const auto row = map.template read_row<std::ptrdiff_t>(
                            static_cast<std::ptrdiff_t>(sample), height.read(h, line), width.read(0, column));
                        line_taps[terms.tap_count++] = {row * static_cast<std::ptrdiff_t>(lanes),
                                                        map.weight_tap(0, line, column) * part * lanes,
                                                        cuts[column]};
                    }
            T* const results = sums + (sample * map.result_rows() + map.result_row(0, h, 0)) * lanes * lanes;
            for (std::size_t channel = 0; channel < part;) {
                terms.weights = weights + channel * lanes;
                terms.results = results + channel * lanes;
                if ((part - channel) % most_channels == 0) {
                    internal::add_dot_products<V, width.results, most_channels>(terms, copying);
                    channel += most_channels;
                } else {
                    internal::add_dot_products<V, width.results, 2>(terms, copying);
                    channel += 2;
                }
            }
        }
    }
};

} // namespace strata::bedrock::inline STRATA_SETTING
