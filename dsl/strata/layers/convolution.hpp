// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/layers/causal.hpp>
#include <strata/layers/dense.hpp>
#include <strata/layers/window_text.hpp>
#include <strata/setting.hpp>

namespace strata::bedrock::inline STRATA_SETTING {

/// In how many groups the channels are: each group of filters sees its group of channels only.
struct groups_option {
    std::size_t count;
    constexpr auto spelling(auto&& write) const { return write("groups<", count); }
};
template <std::size_t Count>
inline constexpr groups_option groups{Count};

/// Asks for plain sums where a convolution of 3 x 3 taps would be computed by Winograd's products, which are
/// quicker and lose about a digit.
struct direct_option {
    static constexpr auto spelling(auto&& write) { return write("direct"); }
};
inline constexpr direct_option direct{};

/// What a convolution computes, for the plan: the window `Geometry` slides over the larger image.
/// `Transposed`: that image is the output.
template <window Geometry, std::size_t Channels, std::size_t Filters, std::size_t Groups, bool Transposed,
          class Layer>
struct convolution : head_base<Transposed ? Geometry.outputs() : Geometry.inputs(), Channels,
                               Transposed ? Geometry.inputs() : Geometry.outputs(), Filters> {
    static constexpr window geometry = Geometry;
    static constexpr bool is_transposed = Transposed;
    static constexpr std::size_t channels = Channels;
    static constexpr std::size_t groups = Groups;
    static constexpr bool writes_pitched = true;
    static constexpr bool has_product = true;
    static constexpr bool reads_back = false;
    static constexpr bool has_bias = Layer::has_bias;
    static constexpr bool is_direct = Layer::is_direct; ///< never by Winograd's products
    static constexpr std::size_t inputs = Geometry.taps() * Channels / Groups; ///< products for one output

    struct kernel
        : parameter<Layer::kernel_name, typename Layer::template kernel_shape<Geometry, Channels, Filters>> {
        using storage =
            std::conditional_t<Transposed, transposed_filter_storage<Channels, Filters, Groups>,
                               filter_storage<Geometry.taps() * Channels / Groups, Filters, Groups>>;
        static constexpr initializer first = Layer::kernel_initializer;
        static constexpr fan_counts fans = [] {
            if constexpr (requires {
                              Layer::multiplier;
                          }) // [taps, channels, filters of each], as Keras counts
                return fan_counts{Geometry.taps() * Channels, Geometry.taps() * Layer::multiplier};
            else
                return fan_counts{Geometry.taps() * (Transposed ? Filters : Channels) / Groups,
                                  Geometry.taps() * (Transposed ? Channels : Filters)};
        }();
        static constexpr regularizer penalty = Layer::kernel_regularizer;
    };
    struct bias : parameter<"bias", shape<Filters>> {
        static constexpr bool is_present = has_bias;
    };
    using parameters = type_list<kernel, bias>;
};

/// Convolution (cross-correlation) over the leading axes of [..., C], in one, two or three dimensions:
/// y[o, f] = b[f] + sum over taps k and channels c of x[o stride + k dilation - padding_begin, c] W[k, c, f].
/// Shape [I..., C] -> [O..., Filters] with O = (I + padding - (K - 1) dilation - 1) / stride + 1. The kernel
/// is [K..., C / groups, Filters], as in Keras. Gradients: dW[k, c, f] = sum over o of x[...] dy[o, f]; dx is
/// the transposed convolution of dy. K... C / groups Filters multiplications for each output pixel.
///
/// Options, in any order: `stride<2>`, `same` or `padding<1>` (default `valid`), `dilation<2>`, `groups<4>`,
/// `no_bias`, an initializer, a regularizer: `conv<64, 3, stride<2>, same>`, `conv<64, spatial{1, 7}>`.
/// `causal` takes [steps, features] and pads (K - 1) dilation zeros before the first step, so that a step
/// depends on itself and earlier ones alone, as in Keras.
/// Kernels of 3 x 3 with stride 1 are computed by Winograd's products where that is faster, in float with
/// errors of up to some 1e-5 of the largest result, about eight times those of plain sums, which `direct`
/// asks for. Rejects kernels larger than the padded input, groups that do not divide channels and filters,
/// and inputs without spatial axes.
template <std::size_t Filters, spatial Kernel, auto... Options>
struct conv_layer : layer_base {
    static_assert(
        (detail::option_of<decltype(Options), stride_option, dilation_option, padding_option, groups_option,
                           without_bias, initializer, regularizer, direct_option, causal_option> &&
         ...),
        "strata: conv takes stride, padding or causal, dilation, groups, no_bias, direct, an initializer and "
        "a regularizer");
    static constexpr bool is_causal = (detail::option_of<decltype(Options), causal_option> || ...);
    static_assert(!is_causal || !(detail::option_of<decltype(Options), padding_option> || ...),
                  "strata: a causal conv has a padding already");
    using role = role::head;
    static constexpr bool has_adding_kernel = true;
    static constexpr auto kernel_name = text("kernel");
    static constexpr auto label =
        text("conv<") + number_text<Filters> + ", " + detail::spatial_text<Kernel> + ">";
    static constexpr auto spelling(auto&& write) { return write("conv<", Filters, Kernel, Options...); }
    static constexpr detail::window_options how{
        Kernel, detail::option(stride_option{1}, Options...).steps,
        detail::option(dilation_option{1}, Options...).steps,
        is_causal ? causal_padding : detail::option(valid, Options...), false};
    static constexpr std::size_t group_count = detail::option(groups_option{1}, Options...).count;
    template <window Geometry, std::size_t Channels, std::size_t>
    using kernel_shape = decltype(detail::kernel_shape<Geometry, Channels / group_count, Filters>());
    static constexpr bool has_bias = !(detail::option_of<decltype(Options), without_bias> || ...);
    static constexpr initializer kernel_initializer = detail::option(glorot_uniform, Options...);
    static constexpr regularizer kernel_regularizer = detail::option(regularizer{}, Options...);
    static constexpr bool is_direct = (detail::option_of<decltype(Options), direct_option> || ...);

private:
    static constexpr bool divides(std::size_t number) { return group_count > 0 && number % group_count == 0; }

public:
    template <class Shape>
    static constexpr bool accepts = Filters > 0 && divides(Filters) &&
                                    divides(Shape::last) && detail::window_fits<Shape, how>();
    template <class Shape>
    static constexpr auto wants = [] {
        if constexpr (Filters == 0)
            return text("at least one filter");
        else if constexpr (group_count == 0)
            return text("at least one group");
        else if constexpr (!detail::has_spatial_axes<Shape>)
            return detail::spatial_axes_text;
        else if constexpr (!divides(Shape::last))
            return text("channels that its ") + number_text<group_count> + " groups divide";
        else if constexpr (!divides(Filters))
            return text("filters that its ") + number_text<group_count> + " groups divide";
        else
            return detail::window_wants<Shape, how>();
    }();
    template <class Shape>
    static constexpr window geometry = detail::slide<Shape>(how);
    template <class Shape>
    using output = decltype(detail::slid_shape<Shape, geometry<Shape>, Filters>());
    template <class Shape>
    using head = convolution<geometry<Shape>, Shape::last, Filters, group_count, false, conv_layer>;
    template <class Shape>
    static constexpr time_view view = detail::view_of_window(geometry<Shape>);
};

template <std::size_t Filters, spatial Kernel, auto... Options>
inline constexpr conv_layer<Filters, Kernel, Options...> conv{};

} // namespace strata::bedrock::inline STRATA_SETTING

namespace strata {
using bedrock::conv;
using bedrock::direct;
using bedrock::groups;
} // namespace strata
