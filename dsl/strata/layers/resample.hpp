// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/layers/head.hpp>
#include <strata/layers/layer.hpp>
#include <strata/layers/option.hpp>
#include <strata/layers/window.hpp>

#include <array>

namespace strata::bedrock {

/// What an output of one axis is made of: two inputs and their weights. An input whose weight is 0 is not
/// read.
struct resample_taps {
    std::array<std::size_t, 2> places{};
    std::array<double, 2> weight{};
};

/// How one axis is resampled: shifted by padding or cropping, enlarged by repeating, or by interpolating.
struct resample_axis {
    enum class rule { shift, repeat, interpolate };
    // Without initializers: g++ 12 forgets some of them in objects that are template arguments.
    rule kind;
    std::size_t input;
    std::size_t output;
    std::size_t padding_begin; ///< zeros in front
    std::size_t cropped;       ///< inputs left out in front
    std::size_t factor;

    [[nodiscard]] constexpr resample_taps taps(std::size_t o) const {
        if (kind == rule::repeat)
            return {{o / factor, 0}, {1, 0}};
        if (kind == rule::shift) {
            const bool is_inside = o + cropped >= padding_begin && o + cropped - padding_begin < input;
            return is_inside ? resample_taps{{o + cropped - padding_begin, 0}, {1, 0}} : resample_taps{};
        }
        // Pixels have their values at their centres. Beyond the first and the last centre those values
        // continue.
        const double position = (static_cast<double>(o) + 0.5) / static_cast<double>(factor) - 0.5;
        if (position <= 0)
            return {{0, 0}, {1, 0}};
        const auto low = static_cast<std::size_t>(position);
        if (low + 1 >= input)
            return {{input - 1, 0}, {1, 0}};
        const double fraction = position - static_cast<double>(low);
        return {{low, low + 1}, {1 - fraction, fraction}};
    }
};

/// What padding, cropping and upsampling compute, for the plan: y[o] = sum over taps of weight x[place], axis
/// by axis.
template <std::array<resample_axis, 3> Axes, std::size_t Channels>
struct resampling : head_base<Axes[0].input * Axes[1].input * Axes[2].input, Channels,
                              Axes[0].output * Axes[1].output * Axes[2].output, Channels> {
    static constexpr auto axes = Axes;
    static constexpr bool reads_pitched = true;
    static constexpr bool writes_pitched = true;
};

namespace detail {
template <class Shape, class Change>
constexpr std::array<resample_axis, 3> resample_axes(Change change) {
    constexpr resample_axis unchanged{resample_axis::rule::shift, 1, 1, 0, 0, 1};
    std::array<resample_axis, 3> result{unchanged, unchanged, unchanged};
    constexpr std::size_t axes = Shape::rank - 1;
    for (std::size_t axis = 0; axis < axes; ++axis)
        result[3 - axes + axis] = change(Shape::extents[axis], axis);
    return result;
}

template <class Shape, std::array<resample_axis, 3> Axes>
constexpr auto resampled_shape() {
    constexpr std::size_t axes = Shape::rank - 1;
    return []<std::size_t... Axis>(std::index_sequence<Axis...>) {
        return shape<Axes[3 - axes + Axis].output..., Shape::last>{};
    }
    (std::make_index_sequence<axes>{});
}

/// A layer that changes the spatial axes one by one: `Rule::fits(axes)` and `Rule::change(extent, axis)`;
/// what it says of others: `Rule::numbers_wanted<axes>` and the smallest extents, `Rule::least`.
template <class Rule>
struct resample_layer : layer_base {
    using role = role::head;

    template <class Shape>
    static constexpr auto axes = resample_axes<Shape>(&Rule::change);

    template <class Shape>
    static constexpr bool accepts = [] {
        if constexpr (!has_spatial_axes<Shape>)
            return false;
        else if constexpr (!Rule::fits(Shape::rank - 1))
            return false;
        else {
            for (const resample_axis& axis : axes<Shape>)
                if (axis.output == 0)
                    return false;
            return true;
        }
    }();
    template <class Shape>
    static constexpr auto wants = [] {
        if constexpr (!has_spatial_axes<Shape>)
            return spatial_axes_text;
        else if constexpr (!Rule::fits(Shape::rank - 1))
            return Rule::template numbers_wanted<Shape::rank - 1>;
        else
            return least_text<Shape::rank - 1, Rule::least>;
    }();
    template <class Shape>
    using output = decltype(resampled_shape<Shape, axes<Shape>>());
    template <class Shape>
    using head = resampling<axes<Shape>, Shape::last>;
};
} // namespace detail

/// Adds zeros around the spatial axes: `zero_pad<1>`, `zero_pad<spatial{1, 2}>`, or
/// `zero_pad<margins{{1, 0}, {2, 1}}>` with the numbers at the beginning, then at the end of the
/// axes.
template <margins Margins>
struct zero_pad_layer : detail::resample_layer<zero_pad_layer<Margins>> {
    static constexpr auto label = text("zero_pad");
    static constexpr bool fits(std::size_t axes) {
        return Margins.begin.fits(axes) && Margins.end.fits(axes);
    }
    template <std::size_t Axes>
    static constexpr auto numbers_wanted = text("margins ") + detail::numbers_text<Axes>;
    static constexpr spatial least = 1;
    static constexpr resample_axis change(std::size_t extent, std::size_t axis) {
        const std::size_t padding_begin = Margins.begin[axis];
        return {resample_axis::rule::shift,
                extent,
                extent + padding_begin + Margins.end[axis],
                padding_begin,
                0,
                1};
    }
};

/// Removes the outer places of the spatial axes, as many as `zero_pad` would add.
template <margins Margins>
struct crop_layer : detail::resample_layer<crop_layer<Margins>> {
    static constexpr auto label = text("crop");
    static constexpr bool fits(std::size_t axes) {
        return Margins.begin.fits(axes) && Margins.end.fits(axes);
    }
    template <std::size_t Axes>
    static constexpr auto numbers_wanted = text("margins ") + detail::numbers_text<Axes>;
    static constexpr spatial least{Margins.begin[0] + Margins.end[0] + 1,
                                   Margins.begin[1] + Margins.end[1] + 1,
                                   Margins.begin[2] + Margins.end[2] + 1};
    static constexpr resample_axis change(std::size_t extent, std::size_t axis) {
        const std::size_t margin_sum = Margins.begin[axis] + Margins.end[axis];
        return {resample_axis::rule::shift, extent, extent > margin_sum ? extent - margin_sum : 0, 0,
                Margins.begin[axis],        1};
    }
};

/// What lies between two pixels that move apart: the nearest one again, or a straight line between both.
enum class interpolation { nearest, bilinear };
inline constexpr interpolation nearest = interpolation::nearest;
inline constexpr interpolation bilinear = interpolation::bilinear;

/// Enlarges images by a whole factor: `upsample<2>`, `upsample<spatial{2, 3}, bilinear>`. Interpolation is
/// that of TensorFlow 2 and of PyTorch without aligned corners.
template <spatial Factor, interpolation Interpolation = nearest>
struct upsample_layer : detail::resample_layer<upsample_layer<Factor, Interpolation>> {
    static constexpr auto label = text("upsample<") + detail::spatial_text<Factor> + ">";
    static constexpr bool fits(std::size_t axes) { return Factor.fits(axes) && Factor.positive(); }
    template <std::size_t Axes>
    static constexpr auto numbers_wanted = [] {
        if constexpr (Factor.positive())
            return text("a factor ") + detail::numbers_text<Axes>;
        else
            return text("a factor above 0");
    }();
    static constexpr spatial least = 1;
    static constexpr resample_axis change(std::size_t extent, std::size_t axis) {
        using rule = resample_axis::rule;
        return {Interpolation == nearest ? rule::repeat : rule::interpolate,
                extent,
                extent * Factor[axis],
                0,
                0,
                Factor[axis]};
    }
};

template <margins Margins>
inline constexpr zero_pad_layer<Margins> zero_pad{};
template <margins Margins>
inline constexpr crop_layer<Margins> crop{};
template <spatial Factor, interpolation Interpolation = nearest>
inline constexpr upsample_layer<Factor, Interpolation> upsample{};

} // namespace strata::bedrock

namespace strata {
using bedrock::bilinear;
using bedrock::crop;
using bedrock::nearest;
using bedrock::upsample;
using bedrock::zero_pad;
} // namespace strata
