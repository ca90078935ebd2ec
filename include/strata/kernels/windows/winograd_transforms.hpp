// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/rows_view.hpp>
#include <strata/kernels/simd.hpp>
#include <strata/kernels/windows/window_map.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <cstddef>

namespace strata::bedrock::inline STRATA_SETTING {

/// Winograd's minimal filtering F(4 x 4, 3 x 3): 4 x 4 results of a 3 x 3 convolution from 6 x 6 numbers of x
/// with 36 multiplications instead of 144 (Lavin and Gray, "Fast algorithms for convolutional neural
/// networks", 2015). x and the weights are transformed, y = A' [(G g G') * (B' d B)] A: what remains are 36
/// products of matrices, [tiles][channels] times [channels][filters], one for each of the 6 x 6 points.
///
/// In float its error is some 1e-5 of the largest result, about eight times that of plain sums.
struct winograd_shape {
    static constexpr std::size_t side = 4;   ///< of a tile's results
    static constexpr std::size_t points = 6; ///< along one axis

    map_axis height;
    map_axis width;
    std::size_t channels;
    std::size_t panels;
    std::size_t tiles_down;
    std::size_t tiles_across;
    std::size_t block_rows;    ///< rows of tiles whose transformed x are in the cache together
    std::size_t some_channels; ///< channels whose transformed weights are

    [[nodiscard]] constexpr std::size_t block_tiles() const { return block_rows * tiles_across; }
    /// Where the first tap reads, and whether the taps run backwards.
    [[nodiscard]] static constexpr std::ptrdiff_t first_read(const map_axis& axis) {
        return axis.offset_step > 0 ? axis.offset : axis.offset - 2;
    }
    /// Rows of one sample's image.
    [[nodiscard]] constexpr std::size_t read_rows() const { return height.read_extent * width.read_extent; }
    [[nodiscard]] constexpr bool flips() const { return width.offset_step < 0; }
};

namespace internal {
/// Panels that are computed together.
inline constexpr std::size_t winograd_panels = 2;
/// Tiles behind the last one, which may be computed for nothing.
inline constexpr std::size_t winograd_filling = 3;

/// How far apart the points of the three buffers are. Each step has one register more than it needs: 36
/// points at multiples of a page would all fall into the same few lines of the first cache.
constexpr std::size_t winograd_input_step(std::size_t tiles, std::size_t channels, std::size_t lanes) {
    return (tiles + winograd_filling) * channels + lanes;
}
constexpr std::size_t winograd_result_step(std::size_t tiles, std::size_t lanes) {
    return (tiles + winograd_filling) * winograd_panels * lanes + lanes;
}
constexpr std::size_t winograd_weights_step(std::size_t channels, std::size_t lanes) {
    return winograd_panels * channels * lanes + lanes;
}
} // namespace internal

/// Whether the sums of a map are faster this way, and how its tiles lie. `Transposes`: the weights must be
/// transposed first, and in parts, so once for each block of tiles.
template <window_map Map, std::size_t Channels, std::size_t Filters, bool Transposes, class T>
struct winograd_of {
    static constexpr std::size_t lanes = lanes_of<T, Filters>;
    using vector = simd<T, lanes>;
    static constexpr winograd_shape shape = [] {
        constexpr std::size_t side = winograd_shape::side;
        winograd_shape result{};
        result.height = Map.axes[1];
        result.width = Map.axes[2];
        result.channels = Channels;
        result.panels = (Filters + lanes - 1) / lanes;
        result.tiles_down = (result.height.results + side - 1) / side;
        result.tiles_across = (result.width.results + side - 1) / side;
        const std::size_t tiles = std::clamp<std::size_t>(32768 / sizeof(T) / Channels, 16, 64);
        result.some_channels = std::min<std::size_t>(Channels, 512 / sizeof(T));
        result.block_rows = std::max<std::size_t>(tiles / std::max<std::size_t>(result.tiles_across, 1), 1);
        return result;
    }();

private:
    static constexpr bool fits(const map_axis& axis) {
        return axis.taps == 3 && axis.read_step == 1 && axis.step == 1 && axis.begin == 0 &&
               axis.weight == 0 && axis.weight_step == 1 && (axis.offset_step == 1 || axis.offset_step == -1);
    }
    // Counted in multiplications for each channel and filter. The costs of the transformations are measured
    // ones, per 16 numbers.
    static constexpr bool is_cheaper() {
        constexpr double per_weight = Transposes ? 560 : 380;
        constexpr double per_input = 600;
        constexpr double per_result = 400;
        const auto tiles = static_cast<double>(shape.tiles_down * shape.tiles_across);
        const double products =
            tiles * 36 + per_weight + tiles * (per_input / Filters + per_result / Channels);
        return 1.2 * products < 9.0 * static_cast<double>(Map.results());
    }

public:
    static constexpr bool is_worthwhile =
        Map.axes[0].taps == 1 && Map.axes[0].results == 1 && fits(Map.axes[1]) && fits(Map.axes[2]) &&
        Map.axes[1].offset_step == Map.axes[2].offset_step && Channels % lanes_of<T, Channels> == 0 &&
        Channels % lanes == 0 && Filters % lanes == 0 && is_cheaper();

    /// Numbers of scratch for one thread.
    static constexpr std::size_t scratch_size = [] {
        constexpr std::size_t points = winograd_shape::points;
        constexpr std::size_t tiles = shape.block_tiles();
        return points * points *
                   (internal::winograd_input_step(tiles, Channels, lanes) +
                    internal::winograd_result_step(tiles, lanes)) +
               points * points * internal::winograd_weights_step(shape.some_channels, lanes);
    }();
};

namespace internal {
// B' d: six points of six numbers along one axis. Sums that two points share are taken once.
template <class V>
[[gnu::always_inline]] inline void transform_input(const V (&d)[6], V (&points)[6]) noexcept {
    using T = typename V::value_type;
    const V four(T(4));
    const V five(T(5));
    const V two(T(2));
    const V even = xsimd::fnma(four, d[2], d[4]);
    const V odd = xsimd::fnma(four, d[1], d[3]);
    const V middle = d[4] - d[2];
    const V outer = d[3] - d[1];
    points[0] = xsimd::fma(four, d[0], xsimd::fnma(five, d[2], d[4]));
    points[1] = even + odd;
    points[2] = even - odd;
    points[3] = xsimd::fma(two, outer, middle);
    points[4] = xsimd::fnma(two, outer, middle);
    points[5] = xsimd::fma(four, d[1], xsimd::fnma(five, d[3], d[5]));
}

// A' m: four results from six points along one axis.
template <class V>
[[gnu::always_inline]] inline void transform_output(const V (&m)[6], V (&results)[4]) noexcept {
    using T = typename V::value_type;
    const V sum = m[1] + m[2];
    const V difference = m[1] - m[2];
    const V far_sum = m[3] + m[4];
    const V far_difference = m[3] - m[4];
    results[0] = m[0] + sum + far_sum;
    results[1] = xsimd::fma(V(T(2)), far_difference, difference);
    results[2] = xsimd::fma(V(T(4)), far_sum, sum);
    results[3] = xsimd::fma(V(T(8)), far_difference, difference) + m[5];
}

/// The 36 points of one tile's x for all channels: along the lines first, then down the columns. `x` is the
/// image, of which the tile's first number is at (top, left); what is outside of it counts as 0. Most tiles
/// lie inside and are read without asking at each place.
template <class V, class T>
[[gnu::noinline]] void transform_input_tile(const winograd_shape& shape, rows_view<const T> x,
                                            std::ptrdiff_t top, std::ptrdiff_t left, T* points,
                                            std::size_t point_step) noexcept {
    const std::size_t height = shape.height.read_extent;
    const std::size_t width = shape.width.read_extent;
    const bool inside = top >= 0 && left >= 0 && static_cast<std::size_t>(top) + 6 <= height &&
                        static_cast<std::size_t>(left) + 6 <= width;
    for (std::size_t channel = 0; channel < shape.channels; channel += V::size) {
        V line_points[6][6];
        for (std::size_t i = 0; i < 6; ++i) {
            const std::ptrdiff_t line = top + static_cast<std::ptrdiff_t>(i);
            V d[6];
            if (inside) {
                const T* const pixels =
                    x.row(static_cast<std::size_t>(line) * width + static_cast<std::size_t>(left)) + channel;
#pragma GCC unroll 6
                for (std::size_t j = 0; j < 6; ++j)
                    d[j] = V::load_unaligned(pixels + j * x.pitch);
            } else
                for (std::size_t j = 0; j < 6; ++j) {
                    const std::ptrdiff_t place = left + static_cast<std::ptrdiff_t>(j);
                    const bool is_there =
                        static_cast<std::size_t>(line) < height && static_cast<std::size_t>(place) < width;
                    d[j] = is_there ? V::load_unaligned(x.row(static_cast<std::size_t>(line) * width +
                                                              static_cast<std::size_t>(place)) +
                                                        channel)
                                    : V(T(0));
                }
            transform_input(d, line_points[i]);
        }
#pragma GCC unroll 6
        for (std::size_t j = 0; j < 6; ++j) {
            V column_points[6];
            const V column[6] = {line_points[0][j], line_points[1][j], line_points[2][j],
                                 line_points[3][j], line_points[4][j], line_points[5][j]};
            transform_input(column, column_points);
#pragma GCC unroll 6
            for (std::size_t i = 0; i < 6; ++i)
                column_points[i].store_aligned(points + (i * 6 + j) * point_step + channel);
        }
    }
}

// G g: six points from three taps along one axis.
template <class V>
[[gnu::always_inline]] inline void transform_taps(const V (&g)[3], V (&points)[6]) noexcept {
    using T = typename V::value_type;
    constexpr T sixth = T(1) / T(6);
    const V sum = V(-sixth) * (g[0] + g[2]);
    const V far = xsimd::fma(V(sixth / 4), g[0], V(sixth) * g[2]);
    points[0] = V(T(1) / 4) * g[0];
    points[1] = xsimd::fma(V(-sixth), g[1], sum);
    points[2] = xsimd::fma(V(sixth), g[1], sum);
    points[3] = xsimd::fma(V(sixth / 2), g[1], far);
    points[4] = xsimd::fma(V(-sixth / 2), g[1], far);
    points[5] = g[2];
}

/// The 36 points of the weights of one panel for some channels. The taps are 9 arrays [channels][lanes] that
/// are `tap_step` apart, backwards where the convolution is a gradient; the points are 36 such arrays, `step`
/// apart.
template <class V, class T>
[[gnu::noinline]] void transform_weights(const T* weights, std::ptrdiff_t tap_step, std::size_t channels,
                                         T* points, std::size_t step) noexcept {
    for (std::size_t c = 0; c < channels; ++c, weights += V::size, points += V::size) {
        V column_points[3][6];
#pragma GCC unroll 3
        for (std::ptrdiff_t j = 0; j < 3; ++j) {
            const V column[3] = {V::load_aligned(weights + j * tap_step),
                                 V::load_aligned(weights + (3 + j) * tap_step),
                                 V::load_aligned(weights + (6 + j) * tap_step)};
            transform_taps(column, column_points[j]);
        }
#pragma GCC unroll 6
        for (std::size_t i = 0; i < 6; ++i) {
            const V line[3] = {column_points[0][i], column_points[1][i], column_points[2][i]};
            V line_points[6];
            transform_taps(line, line_points);
#pragma GCC unroll 6
            for (std::size_t j = 0; j < 6; ++j)
                line_points[j].store_aligned(points + (i * 6 + j) * step);
        }
    }
}
} // namespace internal

} // namespace strata::bedrock::inline STRATA_SETTING
