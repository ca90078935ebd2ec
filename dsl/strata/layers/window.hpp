// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/expression/text.hpp>
#include <strata/layers/time_view.hpp>
#include <strata/setting.hpp>
#include <strata/topology/shape.hpp>

#include <array>
#include <cstddef>
#include <utility>

namespace strata::bedrock::inline STRATA_SETTING {

/// A number for each spatial axis, or one for all of them: `3`, or `spatial{1, 7}` as height x width.
struct spatial {
    std::array<std::size_t, 3> numbers;
    std::size_t given;

    constexpr spatial(std::size_t all) : numbers{all, all, all}, given(1) {}
    constexpr spatial(std::size_t first, std::size_t second) : numbers{first, second, 0}, given(2) {}
    constexpr spatial(std::size_t first, std::size_t second, std::size_t third)
        : numbers{first, second, third}, given(3) {}

    constexpr auto spelling(auto&& write, const char* name = "spatial{") const {
        return given == 1   ? write("", numbers[0])
               : given == 2 ? write(name, numbers[0], numbers[1])
                            : write(name, numbers[0], numbers[1], numbers[2]);
    }
    /// The number of an axis; 0 for one that was not given.
    [[nodiscard]] constexpr std::size_t operator[](std::size_t axis) const { return numbers[axis]; }
    /// Whether it has a number for each of so many axes.
    [[nodiscard]] constexpr bool fits(std::size_t axes) const { return given == 1 || given == axes; }
    [[nodiscard]] constexpr bool is_one() const {
        for (std::size_t axis = 0; axis < given; ++axis)
            if (numbers[axis] != 1)
                return false;
        return true;
    }
    [[nodiscard]] constexpr bool positive() const {
        for (std::size_t axis = 0; axis < given; ++axis)
            if (numbers[axis] == 0)
                return false;
        return true;
    }
};

/// How much is padded or cropped at the beginning and at the end of each spatial axis.
struct margins {
    spatial begin;
    spatial end;

    constexpr margins(std::size_t all) : begin(all), end(all) {}
    constexpr margins(spatial both) : begin(both), end(both) {}
    constexpr margins(spatial first, spatial last) : begin(first), end(last) {}

    constexpr auto spelling(auto&& write) const {
        const bool are_equal = begin.given == end.given && begin.numbers == end.numbers;
        return are_equal ? write("", begin)
                         : write("margins{", begin.spelling(write, "{"), end.spelling(write, "{"));
    }
    /// Whether both have a number for each of so many axes.
    [[nodiscard]] constexpr bool fits(std::size_t axes) const { return begin.fits(axes) && end.fits(axes); }
};

/// How far a window moves from one output to the next: `stride<2>`, `stride<spatial{2, 1}>`.
struct stride_option {
    spatial steps;
    constexpr auto spelling(auto&& write) const { return write("stride<", steps); }
};
template <spatial Steps>
inline constexpr stride_option stride{Steps};

/// How far the taps of a window are apart (atrous convolution).
struct dilation_option {
    spatial steps;
    constexpr auto spelling(auto&& write) const { return write("dilation<", steps); }
};
template <spatial Steps>
inline constexpr dilation_option dilation{Steps};

/// What lies around the input: nothing (`valid`), as many zeros as make ceil(input / stride) outputs (`same`:
/// half of them before, the odd one after, as TensorFlow does; `same_lower`: the odd one before, as ONNX
/// calls it), a given number on both sides, as in PyTorch (`padding<1>`, `padding<margins{{1, 0}, {2, 1}}>`
/// with the numbers before, then behind), or so many before that no output looks ahead (`causal`).
enum class padding_rule { valid, same, given, history, same_lower };
struct padding_option {
    padding_rule rule;
    margins given;

    /// For `type_number`: the bytes between the members say nothing.
    constexpr void visit_parts(auto&& visit) const {
        visit(rule);
        for (const spatial& side : {given.begin, given.end}) {
            for (const std::size_t number : side.numbers)
                visit(number);
            visit(side.given);
        }
    }

    [[nodiscard]] constexpr bool is_same() const {
        return rule == padding_rule::same || rule == padding_rule::same_lower;
    }
    constexpr auto spelling(auto&& write) const {
        switch (rule) {
        case padding_rule::valid:
            return write("valid");
        case padding_rule::same:
            return write("same");
        case padding_rule::same_lower:
            return write("same_lower");
        case padding_rule::history:
            return write("bedrock::causal_padding");
        default:
            return write("padding<", given);
        }
    }
    /// How many of so many places are in front.
    [[nodiscard]] constexpr std::size_t front(std::size_t places) const {
        return rule == padding_rule::same_lower ? places - places / 2 : places / 2;
    }
};
inline constexpr padding_option valid{padding_rule::valid, {0, 0}};
inline constexpr padding_option same{padding_rule::same, {0, 0}};
inline constexpr padding_option same_lower{padding_rule::same_lower, {0, 0}};
inline constexpr padding_option causal_padding{padding_rule::history, {0, 0}}; ///< of the option `causal`
template <margins Margins>
inline constexpr padding_option padding{padding_rule::given, Margins};

/// One axis of a window that slides over an input: output o looks at the inputs o * stride + k * dilation -
/// padding_begin, for the taps k. `padding_begin` counts the padded places at the beginning.
struct window_axis {
    // Without initializers: g++ 12 forgets some of them in objects that are template arguments.
    std::size_t input;
    std::size_t output;
    std::size_t taps;
    std::size_t stride;
    std::size_t dilation;
    std::size_t padding_begin;

    [[nodiscard]] constexpr bool is_pointwise() const {
        return taps == 1 && stride == 1 && padding_begin == 0 && input == output;
    }
};

/// An axis that an input lacks.
inline constexpr window_axis no_axis{1, 1, 1, 1, 1, 0};

/// A window over depth, height and width, of which an input has the last `rank`; axes that it lacks have the
/// extent 1.
struct window {
    std::array<window_axis, 3> axes;
    std::size_t rank;

    [[nodiscard]] constexpr std::size_t inputs() const {
        return axes[0].input * axes[1].input * axes[2].input;
    }
    [[nodiscard]] constexpr std::size_t outputs() const {
        return axes[0].output * axes[1].output * axes[2].output;
    }
    [[nodiscard]] constexpr std::size_t taps() const { return axes[0].taps * axes[1].taps * axes[2].taps; }
    /// Whether each output looks at the input of the same place alone.
    [[nodiscard]] constexpr bool is_pointwise() const {
        return axes[0].is_pointwise() && axes[1].is_pointwise() && axes[2].is_pointwise();
    }
};

namespace detail {
/// The options of a window, before a shape is known.
struct window_options {
    spatial taps;
    spatial strides;
    spatial dilations;
    padding_option padding;
    bool has_last; ///< a last window that begins inside, though it ends outside

    [[nodiscard]] constexpr bool fit(std::size_t axes) const {
        return (padding.rule != padding_rule::history || axes == 1) && axes >= 1 && axes <= 3 &&
               taps.fits(axes) && taps.positive() && strides.fits(axes) && strides.positive() &&
               dilations.fits(axes) && dilations.positive() && padding.given.fits(axes);
    }
};

// The axis of a window with these options over `input` places.
constexpr window_axis slide(std::size_t input, std::size_t axis, const window_options& options) {
    const std::size_t taps = options.taps[axis];
    const std::size_t stride = options.strides[axis];
    const std::size_t dilation = options.dilations[axis];
    const std::size_t extent = (taps - 1) * dilation + 1;
    std::size_t padding_begin = 0;
    std::size_t padding_end = 0;
    if (options.padding.rule == padding_rule::given) {
        padding_begin = options.padding.given.begin[axis];
        padding_end = options.padding.given.end[axis];
    } else if (options.padding.is_same()) {
        const std::size_t output = (input + stride - 1) / stride;
        const std::size_t covered = (output - 1) * stride + extent;
        const std::size_t missing = covered > input ? covered - input : 0;
        padding_begin = options.padding.front(missing);
        padding_end = missing - padding_begin;
    } else if (options.padding.rule == padding_rule::history)
        padding_begin = extent - 1;
    const std::size_t padded = input + padding_begin + padding_end;
    const std::size_t reached = padded + (options.has_last ? stride - 1 : 0);
    std::size_t output = reached < extent ? 0 : (reached - extent) / stride + 1;
    if (options.has_last && output > 1 && (output - 1) * stride >= input + padding_begin)
        --output;
    return {input, output, taps, stride, dilation, padding_begin};
}

/// The window over the leading axes of a shape, whose last axis are the channels.
template <class Shape>
constexpr window slide(const window_options& options) {
    constexpr std::size_t axes = Shape::rank - 1;
    window result{{no_axis, no_axis, no_axis}, axes};
    for (std::size_t axis = 0; axis < axes; ++axis)
        result.axes[3 - axes + axis] = slide(Shape::extents[axis], axis, options);
    return result;
}

/// How a window over [steps, features] looks along time. One over further axes looks at the whole.
constexpr time_view view_of_window(const window& sliding) {
    const window_axis& steps = sliding.axes[2];
    const std::size_t reach = (steps.taps - 1) * steps.dilation;
    if (sliding.rank != 1)
        return whole_sequence;
    if (steps.stride != 1 || steps.input != steps.output)
        return {sight::resampled};
    if (reach > steps.padding_begin)
        return {sight::ahead, reach - steps.padding_begin, steps.padding_begin};
    return {sight::past, reach};
}

/// The shape with the window's outputs for its spatial axes, and that many channels.
template <class Shape, window Window, std::size_t Channels>
constexpr auto slid_shape() {
    constexpr std::size_t axes = Shape::rank - 1;
    return []<std::size_t... Axis>(std::index_sequence<Axis...>) {
        return shape<Window.axes[3 - axes + Axis].output..., Channels>{};
    }
    (std::make_index_sequence<axes>{});
}

/// The taps of a window, axis by axis, and further extents: the shape of a kernel.
template <window Geometry, std::size_t... Further>
constexpr auto kernel_shape() {
    return []<std::size_t... Axis>(std::index_sequence<Axis...>) {
        return shape<Geometry.axes[3 - Geometry.rank + Axis].taps..., Further...>{};
    }
    (std::make_index_sequence<Geometry.rank>{});
}

template <class Shape>
inline constexpr bool has_spatial_axes = Shape::rank >= 2 && Shape::rank <= 4 && Shape::size > 0;

template <class Shape, window_options Options>
constexpr bool window_fits() {
    if constexpr (!has_spatial_axes<Shape>)
        return false;
    else if constexpr (!Options.fit(Shape::rank - 1))
        return false;
    else
        return slide<Shape>(Options).outputs() > 0;
}
} // namespace detail

} // namespace strata::bedrock::inline STRATA_SETTING

namespace strata {
using bedrock::dilation;
using bedrock::margins;
using bedrock::padding;
using bedrock::same;
using bedrock::same_lower;
using bedrock::spatial;
using bedrock::stride;
using bedrock::valid;
} // namespace strata
