// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/layers/convolution.hpp>
#include <strata/setting.hpp>
#include <strata/topology/topology.hpp>

namespace strata::bedrock::inline STRATA_SETTING {

/// How many filters each channel has.
struct multiplier_option {
    std::size_t count;
    constexpr auto spelling(auto&& write) const { return write("depth_multiplier<", count); }
};
template <std::size_t Count>
inline constexpr multiplier_option depth_multiplier{Count};

/// What a depthwise convolution with one filter a channel computes, for the plan.
template <window Geometry, std::size_t Channels, class Layer>
struct depthwise_convolution : head_base<Geometry.inputs(), Channels, Geometry.outputs(), Channels> {
    static constexpr window geometry = Geometry;
    static constexpr std::size_t channels = Channels;
    static constexpr bool writes_pitched = true;
    static constexpr bool has_product = true;
    static constexpr bool reads_back = false;
    static constexpr bool has_bias = Layer::has_bias;
    static constexpr std::size_t inputs = Geometry.taps(); ///< products for one output

    struct kernel
        : parameter<Layer::kernel_name, typename Layer::template kernel_shape<Geometry, Channels, Channels>> {
        using storage = row_storage<Channels>;
        static constexpr initializer first = Layer::kernel_initializer;
        static constexpr fan_counts fans{Geometry.taps() * Channels, Geometry.taps()};
        static constexpr regularizer penalty = Layer::kernel_regularizer;
    };
    struct bias : parameter<"bias", shape<Channels>> {
        static constexpr bool is_present = has_bias;
    };
    using parameters = type_list<kernel, bias>;
};

/// A convolution of each channel by itself: y[o, c m + j] = b[c m + j] + sum over taps k of x[o stride + k
/// dilation - before, c] W[k, c, j], for m filters a channel. Shape [I..., C] -> [O..., C m]; the kernel is
/// [K..., C, m], as in Keras. Options as for `conv`, `causal` among them, and `depth_multiplier<2>` instead
/// of groups.
template <spatial Kernel, auto... Options>
struct depthwise_conv_layer : layer_base {
    static_assert(
        (detail::option_of<decltype(Options), stride_option, dilation_option, padding_option,
                           multiplier_option, without_bias, initializer, regularizer, causal_option> &&
         ...),
        "strata: depthwise_conv takes stride, padding or causal, dilation, depth_multiplier, no_bias, an "
        "initializer and a regularizer");
    static constexpr bool is_causal = (detail::option_of<decltype(Options), causal_option> || ...);
    static_assert(!is_causal || !(detail::option_of<decltype(Options), padding_option> || ...),
                  "strata: a causal depthwise_conv has a padding already");
    using role = role::head;
    static constexpr bool has_adding_kernel = true;
    static constexpr auto kernel_name = text("depthwise_kernel");
    template <window Geometry, std::size_t Channels, std::size_t Filters>
    using kernel_shape = decltype(detail::kernel_shape<Geometry, Channels, Filters / Channels>());
    static constexpr auto label = text("depthwise_conv<") + detail::spatial_text<Kernel> + ">";
    static constexpr auto spelling(auto&& write) { return write("depthwise_conv<", Kernel, Options...); }
    static constexpr detail::window_options how{
        Kernel, detail::option(stride_option{1}, Options...).steps,
        detail::option(dilation_option{1}, Options...).steps,
        is_causal ? causal_padding : detail::option(valid, Options...), false};
    static constexpr std::size_t multiplier = detail::option(multiplier_option{1}, Options...).count;
    static constexpr bool has_bias = !(detail::option_of<decltype(Options), without_bias> || ...);
    static constexpr initializer kernel_initializer = detail::option(glorot_uniform, Options...);
    static constexpr regularizer kernel_regularizer = detail::option(regularizer{}, Options...);
    static constexpr bool is_direct = true; // a channel alone gives Winograd's products nothing to share

    template <class Shape>
    static constexpr bool accepts = multiplier > 0 && detail::window_fits<Shape, how>();
    template <class Shape>
    static constexpr auto wants = [] {
        if constexpr (multiplier == 0)
            return text("at least one filter a channel");
        else
            return detail::window_wants<Shape, how>();
    }();
    template <class Shape>
    static constexpr window geometry = detail::slide<Shape>(how);
    template <class Shape>
    using output = decltype(detail::slid_shape<Shape, geometry<Shape>, Shape::last * multiplier>());
    template <class Shape>
    using head = std::conditional_t<multiplier == 1,
                                    depthwise_convolution<geometry<Shape>, Shape::last, depthwise_conv_layer>,
                                    convolution<geometry<Shape>, Shape::last, Shape::last * multiplier,
                                                Shape::last, false, depthwise_conv_layer>>;
    template <class Shape>
    static constexpr time_view view = detail::view_of_window(geometry<Shape>);
};

template <spatial Kernel, auto... Options>
inline constexpr depthwise_conv_layer<Kernel, Options...> depthwise_conv{};

namespace detail {
// The option alone, or none, depending on whether it is one of a window.
template <bool Wanted, auto Option>
constexpr auto option_if() {
    if constexpr (Wanted == option_of<decltype(Option), stride_option, dilation_option, padding_option,
                                      multiplier_option, causal_option>)
        return option_list<Option>{};
    else
        return option_list<>{};
}

template <spatial Kernel, auto... Options>
constexpr auto depthwise_of(option_list<Options...>) {
    return fragment<depthwise_conv_layer<Kernel, no_bias, Options...>>{};
}
template <std::size_t Filters, auto... Options>
constexpr auto pointwise_of(option_list<Options...>) {
    return fragment<conv_layer<Filters, 1, Options...>>{};
}
} // namespace detail

/// A depthwise convolution without bias and a convolution with 1 x 1 behind it, which gets the options that
/// are not of a window (Keras's SeparableConv).
template <std::size_t Filters, spatial Kernel, auto... Options>
inline constexpr auto separable_conv = detail::join(
    detail::depthwise_of<Kernel>((detail::option_list<>{} + ... + detail::option_if<true, Options>())),
    detail::pointwise_of<Filters>((detail::option_list<>{} + ... + detail::option_if<false, Options>())));

} // namespace strata::bedrock::inline STRATA_SETTING

namespace strata {
using bedrock::depth_multiplier;
using bedrock::depthwise_conv;
using bedrock::separable_conv;
} // namespace strata
