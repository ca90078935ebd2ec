// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/expression/text.hpp>
#include <strata/layers/window.hpp>
#include <strata/setting.hpp>

#include <cstddef>
#include <utility>

namespace strata::bedrock::inline STRATA_SETTING::detail {

// What layers with a window say of it and of shapes that they do not take.

template <spatial Numbers>
inline constexpr auto spatial_text = []<std::size_t... Axis>(std::index_sequence<0, Axis...>) {
    return (number_text<Numbers[0]> + ... + (text(" x ") + number_text<Numbers[Axis]>));
}
(std::make_index_sequence<Numbers.given>{});

inline constexpr auto spatial_axes_text = text("one to three spatial axes and channels");

/// How many numbers an option may have, as a text: one for all axes, or one for each.
template <std::size_t Axes>
inline constexpr auto numbers_text = [] {
    if constexpr (Axes == 1)
        return text("of one number");
    else
        return text("of one number or ") + number_text<Axes>;
}();

/// The smallest spatial extents of an image, as a text.
template <std::size_t Axes, spatial Least>
inline constexpr auto least_text = [] {
    constexpr auto joined = []<std::size_t First, std::size_t... Rest>(std::index_sequence<First, Rest...>) {
        return (number_text<Least[First]> + ... + (text(" x ") + number_text<Least[Rest]>));
    }
    (std::make_index_sequence<Axes>{});
    if constexpr (Axes == 1)
        return text("at least ") + joined + " places";
    else
        return text("images of at least ") + joined;
}();

template <window_options Options>
constexpr spatial least_input() {
    const auto least = [](std::size_t axis) {
        const std::size_t reach = (Options.taps[axis] - 1) * Options.dilations[axis] + 1;
        const std::size_t margin_sum = Options.padding.given.begin[axis] + Options.padding.given.end[axis];
        const std::size_t spared = margin_sum + (Options.has_last ? Options.strides[axis] - 1 : 0);
        return reach > spared + 1 ? reach - spared : 1;
    };
    return {least(0), least(1), least(2)};
}

/// What a layer with a window says of a shape that it does not take.
template <class Shape, window_options Options>
constexpr auto window_wants() {
    if constexpr (!has_spatial_axes<Shape>)
        return spatial_axes_text;
    else {
        constexpr std::size_t axes = Shape::rank - 1;
        if constexpr (Options.padding.rule == padding_rule::history && axes != 1)
            return text("steps of features, on two axes");
        else if constexpr (!Options.taps.fits(axes))
            return text("a kernel ") + numbers_text<axes>;
        else if constexpr (!Options.taps.positive())
            return text("a kernel above 0");
        else if constexpr (!Options.strides.fits(axes))
            return text("a stride ") + numbers_text<axes>;
        else if constexpr (!Options.strides.positive())
            return text("a stride above 0");
        else if constexpr (!Options.dilations.fits(axes))
            return text("a dilation ") + numbers_text<axes>;
        else if constexpr (!Options.dilations.positive())
            return text("a dilation above 0");
        else if constexpr (!Options.padding.given.fits(axes))
            return text("a padding ") + numbers_text<axes>;
        else
            return least_text<axes, least_input<Options>()>;
    }
}

} // namespace strata::bedrock::inline STRATA_SETTING::detail
