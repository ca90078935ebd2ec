// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/layers/head.hpp>
#include <strata/layers/layer.hpp>
#include <strata/layers/option.hpp>
#include <strata/layers/window.hpp>

#include <array>

namespace strata {

/// Where an output of one axis comes from: two inputs with their weights, of which one may be 0 (and then its
/// input is not read).
struct resample_taps {
    std::array<std::size_t, 2> from{};
    std::array<double, 2> weight{};
};

/// How one axis is resampled: shifted by padding or cropping, enlarged by repeating, or by interpolating.
struct resample_axis {
    enum class rule { shift, repeat, interpolate };
    // Without initializers: g++ 12 forgets some of them in objects that are template arguments.
    rule how;
    std::size_t input;
    std::size_t output;
    std::size_t before;  ///< zeros in front
    std::size_t cropped; ///< inputs left out in front
    std::size_t factor;

    [[nodiscard]] constexpr resample_taps taps(std::size_t o) const {
        if (how == rule::repeat)
            return {{o / factor, 0}, {1, 0}};
        if (how == rule::shift) {
            const bool inside = o + cropped >= before && o + cropped - before < input;
            return inside ? resample_taps{{o + cropped - before, 0}, {1, 0}} : resample_taps{};
        }
        // Half-pixel centres; outside the first and the last centre their values go on.
        const double place = (static_cast<double>(o) + 0.5) / static_cast<double>(factor) - 0.5;
        if (place <= 0)
            return {{0, 0}, {1, 0}};
        const auto low = static_cast<std::size_t>(place);
        if (low + 1 >= input)
            return {{input - 1, 0}, {1, 0}};
        const double rest = place - static_cast<double>(low);
        return {{low, low + 1}, {1 - rest, rest}};
    }
};

/// What padding, cropping and upsampling compute, for the plan: y[o] = sum over taps of weight x[from], axis
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
constexpr std::array<resample_axis, 3> resampled(Change change) {
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

private:
    template <class Shape>
    static constexpr auto axes = resampled<Shape>(&Rule::change);

public:
    template <class Shape>
    static constexpr bool accepts = [] {
        if constexpr (!has_spatial_axes<Shape>)
            return false;
        else if constexpr (!Rule::fits(Shape::rank - 1))
            return false;
        else {
            for (const resample_axis& each : axes<Shape>)
                if (each.output == 0)
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

/// Zeros around the spatial axes: `zero_pad<1>`, `zero_pad<spatial{1, 2}>`, or
/// `zero_pad<margins{{1, 0}, {2, 1}}>` with the numbers before, then after the axes.
template <margins Around>
struct zero_pad_layer : detail::resample_layer<zero_pad_layer<Around>> {
    static constexpr auto label = text("zero_pad");
    static constexpr bool fits(std::size_t axes) {
        return Around.before.fits(axes) && Around.after.fits(axes);
    }
    template <std::size_t Axes>
    static constexpr auto numbers_wanted = text("margins ") + detail::numbers_text<Axes>;
    static constexpr spatial least = 1;
    static constexpr resample_axis change(std::size_t extent, std::size_t axis) {
        const std::size_t before = Around.before.at(axis);
        return {resample_axis::rule::shift, extent, extent + before + Around.after.at(axis), before, 0, 1};
    }
};

/// Without some of the outer places of the spatial axes; the numbers as for `zero_pad`.
template <margins Around>
struct crop_layer : detail::resample_layer<crop_layer<Around>> {
    static constexpr auto label = text("crop");
    static constexpr bool fits(std::size_t axes) {
        return Around.before.fits(axes) && Around.after.fits(axes);
    }
    template <std::size_t Axes>
    static constexpr auto numbers_wanted = text("margins ") + detail::numbers_text<Axes>;
    static constexpr spatial least{Around.before.at(0) + Around.after.at(0) + 1,
                                   Around.before.at(1) + Around.after.at(1) + 1,
                                   Around.before.at(2) + Around.after.at(2) + 1};
    static constexpr resample_axis change(std::size_t extent, std::size_t axis) {
        const std::size_t gone = Around.before.at(axis) + Around.after.at(axis);
        return {resample_axis::rule::shift, extent, extent > gone ? extent - gone : 0, 0,
                Around.before.at(axis),     1};
    }
};

/// What lies between two pixels that move apart: the nearest one again, or a straight line between both.
enum class interpolation { nearest, bilinear };
inline constexpr interpolation nearest = interpolation::nearest;
inline constexpr interpolation bilinear = interpolation::bilinear;

/// Images larger by a whole factor: `upsample<2>`, `upsample<spatial{2, 3}, bilinear>`. Interpolation is that
/// of TensorFlow 2 and of PyTorch without aligned corners.
template <spatial Factor, interpolation How = nearest>
struct upsample_layer : detail::resample_layer<upsample_layer<Factor, How>> {
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
        return {How == nearest ? rule::repeat : rule::interpolate,
                extent,
                extent * Factor.at(axis),
                0,
                0,
                Factor.at(axis)};
    }
};

template <margins Around>
inline constexpr zero_pad_layer<Around> zero_pad{};
template <margins Around>
inline constexpr crop_layer<Around> crop{};
template <spatial Factor, interpolation How = nearest>
inline constexpr upsample_layer<Factor, How> upsample{};

} // namespace strata
