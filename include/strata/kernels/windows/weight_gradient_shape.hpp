// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/product/weight_layout.hpp>
#include <strata/kernels/windows/gradient_blocks.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <cstddef>

namespace strata::bedrock::inline STRATA_SETTING {

/// How the gradient of a convolution's weights is cut up: which factors and which panels a tile holds, over
/// how many places it sums at a time, and what is gathered for it. The window `Geometry` slides over the
/// larger image: x, or delta where the convolution is transposed.
template <window Geometry, bool Transposed, std::size_t Channels, std::size_t PitchX, std::size_t Filters,
          std::size_t PitchDelta, class T>
struct weight_gradient_shape {
    using value_type = T;
    static constexpr bool is_transposed = Transposed;
    static constexpr bool is_pointwise = Geometry.is_pointwise();
    static constexpr std::size_t channels = Channels;
    static constexpr std::size_t filters = Filters;
    using layout = weight_layout<T, Geometry.taps() * Channels, Filters, false>;
    using V = typename layout::vector;
    static constexpr std::size_t lanes = layout::lanes;
    /// Few weights are summed over so many parts of the places, each by one thread, and then over the parts.
    /// Where they are more, but of few filters, that pays for many places only: threads that share the
    /// weights would each read a part of a row beside the others'.
    static constexpr bool has_tiny_sums = layout::kernel_size * sizeof(T) <= 16 * 1024;
    static constexpr bool has_small_sums =
        layout::panels <= 4 && layout::kernel_size * sizeof(T) <= 64 * 1024;
    static constexpr std::size_t most_parts = has_tiny_sums || has_small_sums ? 8 : 1;
    static constexpr std::size_t least_blocks = has_tiny_sums ? 1 : 2; ///< of a part
    /// Whole lines of memory of each place, which the second cache brings in time.
    static constexpr bool reads_lines = !Transposed && sizeof(V) == line_size<T> * sizeof(T);
    static constexpr std::size_t image_places = forward_map(Geometry).results(); ///< of the small image
    static constexpr bool is_small = image_places * sizeof(T) <= 1024;
    /// Where long lines of places come in time, a block may be larger, unless parts are made of it.
    static constexpr bool has_long_lines =
        reads_lines && !has_tiny_sums && forward_map(Geometry).axes[2].results >= 16;
    /// As sums rest between blocks, which costs most where threads write theirs side by side.
    static constexpr bool has_large_blocks = has_long_lines && !is_small;
    /// Whether half an image of x is a block. The second cache does not keep a whole one, so that the panels
    /// after the first would have to bring it from afar again.
    static constexpr std::size_t x_size = forward_map(Geometry).read_rows() * PitchX * sizeof(T);
    static constexpr std::size_t cached_x = std::size_t{512} * 1024; ///< half of a usual second cache
    static constexpr bool halves =
        has_large_blocks && is_pointwise && image_places * sizeof(T) <= 4096 && x_size > cached_x;
    /// Places of a large block, at most: the second cache keeps what they read of x for all panels.
    static constexpr std::size_t large_block = [] {
        constexpr std::size_t place_size =
            Geometry.taps() == 1 ? PitchX * sizeof(T) : std::max<std::size_t>(x_size / image_places, 1);
        return std::min(4096 / sizeof(T), std::max(cached_x / place_size, std::size_t{1024} / sizeof(T)));
    }();
    static constexpr std::size_t half_image = (image_places + 1) / 2;
    /// A whole small image, or as much of a larger one as leaves the first cache room for both images, or an
    /// equal part of it that leaves the second cache room where blocks are large.
    static constexpr std::size_t block_places = [] {
        if (halves)
            return 2 * half_image;
        if (has_large_blocks) {
            constexpr std::size_t image_blocks = (image_places + large_block - 1) / large_block;
            return image_blocks == 1 ? large_block : (image_places + image_blocks - 1) / image_blocks;
        }
        return (is_small ? 1024 : 512) / sizeof(T);
    }();
    using places = gradient_blocks<Geometry, block_places, halves ? half_image : block_places>;
    static constexpr std::size_t block_segments =
        halves ? places::block_segments / 2 : places::block_segments;
    static constexpr map_axis depth = places::depth;
    static constexpr map_axis height = places::height;
    static constexpr map_axis width = places::width;

    /// With few channels, all taps of a line are one row of factors.
    static constexpr bool joins_taps = !Transposed && Channels < 8 && Channels == PitchX &&
                                       Geometry.axes[2].dilation == 1 && width.taps * Channels <= 64;
    static constexpr std::size_t factors = joins_taps ? width.taps * Channels : Channels;
    static constexpr std::size_t taps = depth.taps * height.taps * (joins_taps ? 1 : width.taps);

    static constexpr std::size_t wide = std::min<std::size_t>(2, layout::panels);
    static constexpr std::size_t most_rows = sizeof(V) == 64 ? 14 : register_sums / 2;
    /// Strips of factors, nearly equal ones, each of which is a row of tiles. Many are as many as two or four
    /// threads share evenly.
    static constexpr std::size_t strips = [] {
        constexpr std::size_t least = (factors + most_rows - 1) / most_rows;
        constexpr std::size_t many = 16;
        return least < many ? least : round_up(least, 4);
    }();
    static constexpr std::size_t first_row(std::size_t strip) { return strip * factors / strips; }
    /// Rows of a tile, at most: some have one less, but not the last.
    static constexpr std::size_t rows = (factors + strips - 1) / strips;
    static constexpr bool has_short_strips = factors % strips != 0;

    static constexpr std::size_t long_pitch = 1024; ///< in bytes
    /// Neighbouring places that one tap reads, which it does in time, too, as long as they are near enough:
    /// the nearer, the more panels read them.
    static constexpr bool reads_near = [] {
        constexpr std::size_t pitch = PitchX * sizeof(T);
        constexpr std::size_t many_panels = 16;
        const bool is_near = layout::panels > many_panels ? pitch < 2 * long_pitch : pitch <= 2 * long_pitch;
        return reads_lines && is_pointwise && is_near;
    }();
    static constexpr bool gathers_x =
        places::is_flat && !joins_taps && PitchX * sizeof(T) >= long_pitch && !reads_near;
    static constexpr bool gathers_delta =
        (places::is_flat && PitchDelta * sizeof(T) >= long_pitch && !reads_lines) || layout::last < lanes;
    /// Only a run of panels reads a line of memory of each place's delta, so that the cache need not keep
    /// more.
    static constexpr bool fetches_columns = reads_lines && !gathers_delta;

    static constexpr bool gathers_large = Transposed ? gathers_delta : gathers_x;
    static constexpr bool gathers_small = Transposed ? gathers_x : gathers_delta;
    static constexpr std::size_t x_places = Transposed ? places::small_places : places::large_places;
    static constexpr std::size_t delta_places = Transposed ? places::large_places : places::small_places;
    /// Strips of x that are gathered at a time.
    static constexpr std::size_t some_strips = [] {
        constexpr std::size_t numbers = 512 * 1024 / sizeof(T);
        return gathers_x ? std::clamp<std::size_t>(numbers / (x_places * rows), 1, strips) : strips;
    }();
    static constexpr std::size_t gathered_x = gathers_x ? round_up(some_strips * x_places * rows, lanes) : 0;

    static constexpr std::size_t scratch_size =
        gathered_x + (gathers_delta ? delta_places * wide * lanes : 0);

    /// Blocks cover each place of delta once where it is the smaller image.
    static constexpr bool sums_delta = !Transposed && Filters == PitchDelta;
    static constexpr std::size_t part_size = layout::kernel_size + (sums_delta ? layout::panels * lanes : 0);
    static constexpr std::size_t shared_size = most_parts * part_size;
};

} // namespace strata::bedrock::inline STRATA_SETTING
