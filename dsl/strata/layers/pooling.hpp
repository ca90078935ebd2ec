// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/layers/head.hpp>
#include <strata/layers/layer.hpp>
#include <strata/layers/mask.hpp>
#include <strata/layers/option.hpp>
#include <strata/layers/window_text.hpp>
#include <strata/setting.hpp>

namespace strata::bedrock::inline STRATA_SETTING {

/// What a pooling makes of the numbers in a window. `mean` leaves the padding out, as Keras does;
/// `mean_with_padding` counts its zeros, as PyTorch does unless told otherwise.
enum class pooled { largest, mean, mean_with_padding };

/// "Also a last window that begins inside and ends outside", an option of poolings.
struct ceil_mode_option {
    static constexpr auto spelling(auto&& write) { return write("ceil_mode"); }
};
inline constexpr ceil_mode_option ceil_mode{};

/// "Count the padding's zeros", an option of `average_pool`.
struct padding_counts_option {
    static constexpr auto spelling(auto&& write) { return write("count_padding"); }
};
inline constexpr padding_counts_option count_padding{};

/// What a pooling computes, for the plan.
template <window Geometry, std::size_t Channels, pooled Kind>
struct pooling : head_base<Geometry.inputs(), Channels, Geometry.outputs(), Channels> {
    static constexpr window geometry = Geometry;
    static constexpr pooled kind = Kind;
    static constexpr bool reads_back = Kind == pooled::largest;
    static constexpr bool reads_pitched = true;
    static constexpr bool writes_pitched = true;
};

/// The largest number, or the mean, of each channel in a window that slides over [I..., C] -> [O..., C], with
/// O as for `conv`. The window moves by its own size unless `stride<...>` says otherwise; `same` and
/// `padding<1>` add places outside, which are never the largest; `dilation<2>` spreads a window's places.
/// With `ceil_mode` (PyTorch's and ONNX's) a last window that begins in the input or before it counts, too,
/// where it ends behind the padding. Gradients: a maximum's goes to the first
/// place that holds it, a mean's to all places in equal parts. Rejects windows larger than the padded input,
/// and windows that would lie in padding alone, where nothing is the largest and nothing has a mean.
template <pooled Kind, spatial Size, auto... Options>
struct pool_layer : layer_base {
    static_assert((detail::option_of<
                       decltype(Options), stride_option, padding_option, dilation_option, ceil_mode_option,
                       std::conditional_t<Kind == pooled::largest, stride_option, padding_counts_option>> &&
                   ...),
                  "strata: pooling takes stride, padding, dilation and ceil_mode; average_pool also "
                  "count_padding");
    using role = role::head;
    static constexpr bool counts_padding =
        (detail::option_of<decltype(Options), padding_counts_option> || ...);
    static constexpr pooled kind = Kind == pooled::mean && counts_padding ? pooled::mean_with_padding : Kind;
    static constexpr auto label = [] {
        constexpr auto size = detail::spatial_text<Size> + ">";
        if constexpr (Kind == pooled::largest)
            return text("max_pool<") + size;
        else
            return text("average_pool<") + size;
    }();
    static constexpr auto spelling(auto&& write) {
        return write(Kind == pooled::largest ? "max_pool<" : "average_pool<", Size, Options...);
    }
    static constexpr detail::window_options how{
        Size, detail::option(stride_option{Size}, Options...).steps,
        detail::option(dilation_option{1}, Options...).steps, detail::option(valid, Options...),
        (detail::option_of<decltype(Options), ceil_mode_option> || ...)};
    static_assert(
        !counts_padding || !how.has_last,
        "strata: a mean with ceil_mode counts no padding; zero_pad before it adds zeros that count");

private:
    /// Whether a window has a place inside.
    static constexpr bool reaches_input(const window_axis& axis, std::size_t output) {
        for (std::size_t tap = 0; tap < axis.taps; ++tap) {
            const std::size_t place = output * axis.stride + tap * axis.dilation;
            if (place >= axis.padding_begin && place - axis.padding_begin < axis.input)
                return true;
        }
        return false;
    }
    /// Whether each window does, which a mean that counts zeros needs not. Where places lie beside each other
    /// that depends on the outermost windows alone.
    template <class Shape>
    static constexpr bool reach_input() {
        if (kind == pooled::mean_with_padding)
            return true;
        constexpr window sliding = detail::slide<Shape>(how);
        for (const window_axis& axis : sliding.axes)
            for (std::size_t output = 0; output < axis.output; ++output)
                if ((axis.dilation > 1 || output == 0 || output + 1 == axis.output) &&
                    !reaches_input(axis, output))
                    return false;
        return true;
    }

public:
    template <class Shape>
    static constexpr bool accepts = [] {
        if constexpr (detail::window_fits<Shape, how>())
            return reach_input<Shape>();
        else
            return false;
    }();
    template <class Shape>
    static constexpr auto wants = [] {
        if constexpr (detail::window_fits<Shape, how>()) {
            if constexpr (detail::option(dilation_option{1}, Options...).steps.is_one())
                return text("a padding less than its window");
            else
                return text("an image of which each window has a place");
        } else
            return detail::window_wants<Shape, how>();
    }();
    template <class Shape>
    static constexpr window geometry = detail::slide<Shape>(how);
    template <class Shape>
    using output = decltype(detail::slid_shape<Shape, geometry<Shape>, Shape::last>());
    template <class Shape>
    using head = pooling<geometry<Shape>, Shape::last, kind>;
};

template <spatial Size, auto... Options>
inline constexpr pool_layer<pooled::largest, Size, Options...> max_pool{};
template <spatial Size, auto... Options>
inline constexpr pool_layer<pooled::mean, Size, Options...> average_pool{};

/// The mean of the steps that a mask leaves, for the plan.
template <std::size_t Steps, std::size_t Channels>
struct masked_mean : head_base<Steps, Channels, 1, Channels> {
    static constexpr std::size_t parts = 2;
    [[nodiscard]] static constexpr std::size_t source_width(std::size_t index) {
        return index == 0 ? Channels : 1;
    }
    static constexpr bool reads_pitched = true;
    static constexpr bool writes_pitched = true;
    static constexpr auto computation = text("mean of the steps that count");
};
template <window Geometry, std::size_t Channels>
struct masked_head<pooling<Geometry, Channels, pooled::mean>, false> {
    using type = masked_mean<Geometry.inputs(), Channels>;
};

/// The largest number, or the mean, of each channel over all places: [I..., C] -> [C]. The mean of steps
/// [steps, C] with a mask is that of the steps which count, and 0 where there are none.
template <pooled Kind>
struct global_pool_layer : layer_base {
    using role = role::head;
    static constexpr mask_rule masks = Kind == pooled::mean ? mask_rule::read : mask_rule::ends;
    static constexpr auto label = [] {
        if constexpr (Kind == pooled::largest)
            return text("global_max_pool");
        else
            return text("global_average_pool");
    }();
    static constexpr auto spelling(auto&& write) { return write(label); }

    template <class Shape>
    static constexpr window everything() {
        constexpr std::size_t axes = Shape::rank - 1;
        window result{{no_axis, no_axis, no_axis}, axes};
        for (std::size_t axis = 0; axis < axes; ++axis) {
            const std::size_t extent = Shape::extents[axis];
            result.axes[3 - axes + axis] = {extent, 1, extent, 1, 1, 0};
        }
        return result;
    }

    template <class Shape>
    static constexpr bool accepts = detail::has_spatial_axes<Shape>;
    template <class>
    static constexpr auto wants = detail::spatial_axes_text;
    template <class Shape>
    using output = shape<Shape::last>;
    template <class Shape>
    using head = pooling<everything<Shape>(), Shape::last, Kind>;
};

inline constexpr global_pool_layer<pooled::largest> global_max_pool{};
inline constexpr global_pool_layer<pooled::mean> global_average_pool{};

} // namespace strata::bedrock::inline STRATA_SETTING

namespace strata {
using bedrock::average_pool;
using bedrock::ceil_mode;
using bedrock::count_padding;
using bedrock::global_average_pool;
using bedrock::global_max_pool;
using bedrock::max_pool;
} // namespace strata
