// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/product/weight_layout.hpp>
#include <strata/kernels/windows/convolution.hpp>
#include <strata/kernels/windows/window_map.hpp>
#include <strata/kernels/windows/winograd.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <cstddef>

namespace strata::bedrock::inline STRATA_SETTING {

/// How the gradient of a convolution's input is cut up: how many panels of channels share transposed weights,
/// of how many filters these are, and for how many samples. `Direct`: never by Winograd's products.
template <window Geometry, bool Transposed, std::size_t Channels, std::size_t Filters, std::size_t PitchDelta,
          bool Direct, class T>
struct input_gradient_shape {
    using layout = weight_layout<T, Geometry.taps() * Channels, Filters, false>;
    using by_winograd = winograd_of<internal::first_map<Geometry, !Transposed>, Filters, Channels, true, T>;
    static constexpr bool uses_winograd = !Direct && by_winograd::is_worthwhile;
    static constexpr std::size_t taps = Geometry.taps();
    static constexpr std::size_t lanes = lanes_of<T, Channels>;
    static constexpr std::size_t panels = (Channels + lanes - 1) / lanes;
    static constexpr std::size_t places =
        internal::first_map<Geometry, !Transposed>.read_rows(); ///< of delta
    static constexpr std::size_t result_places = internal::first_map<Geometry, !Transposed>.result_rows();

    /// Panels of channels that all tiles go into.
    static constexpr std::size_t tile_panels = [] {
        std::size_t widest = 1;
        internal::for_each_map<Geometry, !Transposed>([&](auto map) {
            using tiling = convolution_of<map.value, Filters, PitchDelta, Channels, T>;
            widest = std::max(widest, tiling::shape.panels);
        });
        return widest;
    }();

    static constexpr bool is_one_map = Transposed || adjoint_phases(Geometry) == 1;

    static constexpr std::size_t cached_weights = 256 * 1024 / sizeof(T);
    static constexpr std::size_t strip_panels = [] {
        if constexpr (uses_winograd)
            return internal::winograd_panels;
        // Equal strips, whose weights leave the second cache room for a sample's deltas.
        constexpr std::size_t most = 320 * 1024 / sizeof(T) / (taps * Filters * lanes) / tile_panels;
        constexpr std::size_t tiles = (panels + tile_panels - 1) / tile_panels;
        constexpr std::size_t strips = (tiles - 1) / std::max<std::size_t>(most, 1) + 1;
        return (tiles + strips - 1) / strips * tile_panels;
    }();
    static constexpr std::size_t strip_filters = uses_winograd ? by_winograd::shape.some_channels : Filters;
    static constexpr std::size_t strip_size = strip_panels * taps * strip_filters * lanes;

    /// For a few places, the weights of a strip are transposed and used in parts, of so many filters, where
    /// they are more than the cache holds. A part leaves room for those that are fetched for the next.
    /// Several maps add up their parts in turn, which costs more.
    static constexpr std::size_t few_places = taps > 1 && is_one_map ? 1024 : 256;
    static constexpr std::size_t part_weights = 160 * 1024 / sizeof(T);

    /// Whether tiles transpose the weights that are used next, for a few places with one tap each: there have
    /// to be enough tiles.
    static constexpr bool may_transpose_ahead = [] {
        bool is_single = true;
        std::size_t tiles = 0;
        internal::for_each_map<Geometry, !Transposed>([&](auto map) {
            using tiling = convolution_of<map.value, Filters, PitchDelta, Channels, T>;
            is_single = is_single && tiling::shape.is_single;
            if (map.value.has_taps())
                tiles += tiling::lines.lines() * tiling::lines.tiles;
        });
        return !uses_winograd && is_single && taps == 1 && places <= few_places && lanes == layout::lanes &&
               lanes == line_size<T> && Channels % lanes == 0 && Filters % lanes == 0 &&
               tiles >= tile_panels * transposing_schedule<T>::panel_parts;
    }();
    /// These are parts of fewer filters where the second cache would not hold all deltas beside the weights.
    static constexpr std::size_t part_filters = [] {
        constexpr std::size_t cached_deltas = 512 * 1024 / sizeof(T);
        constexpr std::size_t few_filters = Filters % 512 == 0 ? 512 : 256;
        if (may_transpose_ahead)
            return places * Filters > cached_deltas && Filters % few_filters == 0 ? few_filters : Filters;
        constexpr std::size_t filter_weights = taps * tile_panels * lanes;
        return filter_weights * Filters <= cached_weights
                   ? Filters
                   : std::max<std::size_t>(part_weights / filter_weights / layout::lanes, 1) * layout::lanes;
    }();

    /// Panels whose weights are transposed ahead, and what they take of scratch, which has two of them: those
    /// of two tiles, or of one where only parts of the filters fit, as each part goes over the gradients once
    /// more, and their lines from one thread's cache to the other's where panels of both lie side by side.
    static constexpr std::size_t ahead_panels =
        part_filters == Filters && panels > tile_panels ? 2 * tile_panels : tile_panels;
    static constexpr std::size_t ahead_size = ahead_panels * part_filters * lanes;

    /// Samples whose gradients are computed together, where that takes several maps.
    static constexpr std::size_t some_samples = [] {
        constexpr std::size_t numbers = 512 * 1024 / sizeof(T);
        return is_one_map ? static_cast<std::size_t>(-1) / 2
                          : std::max<std::size_t>(numbers / (places * PitchDelta), 1);
    }();
};

} // namespace strata::bedrock::inline STRATA_SETTING
