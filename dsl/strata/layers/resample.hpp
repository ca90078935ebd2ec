// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/layers/head.hpp>
#include <strata/layers/layer.hpp>
#include <strata/layers/option.hpp>
#include <strata/layers/resample_axis.hpp>
#include <strata/layers/window_text.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <array>

namespace strata::bedrock::inline STRATA_SETTING {

/// What padding, cropping, upsampling and resizing compute, for the plan: y[o] = sum over taps of weight
/// x[place], axis by axis.
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
    std::array<resample_axis, 3> result{unchanged_axis, unchanged_axis, unchanged_axis};
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

/// Adds places around the spatial axes: zeros with `zero_pad<1>`, `zero_pad<spatial{1, 2}>`, or
/// `zero_pad<margins{{1, 0}, {2, 1}}>` with the numbers at the beginning, then at the end of the axes; copies
/// of the outermost place with `edge_pad<1>`; what lies within, mirrored at that place, with
/// `reflect_pad<1>`, which takes no more places than there are within. Gradients go to the places that were
/// copied.
template <margins Margins, resample_axis::rule Kind>
struct pad_layer : detail::resample_layer<pad_layer<Margins, Kind>> {
    static constexpr auto label = [] {
        if constexpr (Kind == resample_axis::rule::edge)
            return text("edge_pad");
        else if constexpr (Kind == resample_axis::rule::reflect)
            return text("reflect_pad");
        else
            return text("zero_pad");
    }();
    static constexpr auto spelling(auto&& write) { return write(label + "<", Margins); }
    static constexpr bool fits(std::size_t axes) { return Margins.fits(axes); }
    template <std::size_t Axes>
    static constexpr auto numbers_wanted = text("margins ") + detail::numbers_text<Axes>;

private:
    static constexpr std::size_t least_extent(std::size_t axis) {
        return Kind == resample_axis::rule::reflect ? std::max(Margins.begin[axis], Margins.end[axis]) + 1
                                                    : 1;
    }

public:
    static constexpr spatial least{least_extent(0), least_extent(1), least_extent(2)};
    static constexpr resample_axis change(std::size_t extent, std::size_t axis) {
        resample_axis result = unchanged_axis;
        result.kind = Kind;
        result.input = extent;
        result.padding_begin = Margins.begin[axis];
        result.output = extent < least_extent(axis) ? 0 : extent + Margins.begin[axis] + Margins.end[axis];
        return result;
    }
};

/// Removes the outer places of the spatial axes, as many as `zero_pad` would add.
template <margins Margins>
struct crop_layer : detail::resample_layer<crop_layer<Margins>> {
    static constexpr auto label = text("crop");
    static constexpr auto spelling(auto&& write) { return write("crop<", Margins); }
    static constexpr bool fits(std::size_t axes) { return Margins.fits(axes); }
    template <std::size_t Axes>
    static constexpr auto numbers_wanted = text("margins ") + detail::numbers_text<Axes>;
    static constexpr spatial least{Margins.begin[0] + Margins.end[0] + 1,
                                   Margins.begin[1] + Margins.end[1] + 1,
                                   Margins.begin[2] + Margins.end[2] + 1};
    static constexpr resample_axis change(std::size_t extent, std::size_t axis) {
        const std::size_t margin_sum = Margins.begin[axis] + Margins.end[axis];
        resample_axis result = unchanged_axis;
        result.input = extent;
        result.output = extent > margin_sum ? extent - margin_sum : 0;
        result.cropped = Margins.begin[axis];
        return result;
    }
};

/// What lies between two pixels that move apart: the nearest one again, or a straight line between both.
enum class interpolation { nearest, bilinear };
inline constexpr interpolation nearest = interpolation::nearest;
inline constexpr interpolation bilinear = interpolation::bilinear;
constexpr auto spelling(interpolation value, auto&& write) {
    return write(value == nearest ? "nearest" : "bilinear");
}

/// Enlarges images by a whole factor: `upsample<2>`, `upsample<spatial{2, 3}, bilinear>`. Interpolation is
/// that of TensorFlow 2 and of PyTorch without aligned corners.
template <spatial Factor, interpolation Interpolation = nearest>
struct upsample_layer : detail::resample_layer<upsample_layer<Factor, Interpolation>> {
    static constexpr auto label = text("upsample<") + detail::spatial_text<Factor> + ">";
    static constexpr auto spelling(auto&& write) {
        if constexpr (Interpolation == nearest)
            return write("upsample<", Factor);
        else
            return write("upsample<", Factor, Interpolation);
    }
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
        resample_axis result = unchanged_axis;
        result.kind = Interpolation == nearest ? rule::repeat : rule::interpolate;
        result.input = extent;
        result.output = extent * Factor[axis];
        result.factor = Factor[axis];
        return result;
    }
};

template <margins Margins>
inline constexpr pad_layer<Margins, resample_axis::rule::shift> zero_pad{};
template <margins Margins>
inline constexpr pad_layer<Margins, resample_axis::rule::edge> edge_pad{};
template <margins Margins>
inline constexpr pad_layer<Margins, resample_axis::rule::reflect> reflect_pad{};
template <margins Margins>
inline constexpr crop_layer<Margins> crop{};
template <spatial Factor, interpolation Interpolation = nearest>
inline constexpr upsample_layer<Factor, Interpolation> upsample{};

} // namespace strata::bedrock::inline STRATA_SETTING

namespace strata {
using bedrock::bilinear;
using bedrock::crop;
using bedrock::edge_pad;
using bedrock::nearest;
using bedrock::reflect_pad;
using bedrock::upsample;
using bedrock::zero_pad;
} // namespace strata
