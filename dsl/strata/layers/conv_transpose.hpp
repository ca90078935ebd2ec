// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/layers/convolution.hpp>
#include <strata/setting.hpp>

namespace strata::bedrock::inline STRATA_SETTING {

/// Outputs behind those that the kernel reaches, which only the bias fills, or that it reaches with padding:
/// of the shapes that a strided convolution maps to the same one, it chooses a larger.
struct output_padding_option {
    spatial extra;
    constexpr auto spelling(auto&& write) const { return write("output_padding<", extra); }
};
template <spatial Extra>
inline constexpr output_padding_option output_padding{Extra};

/// The transposed convolution: what carries a convolution's gradient back to its input, as a layer that makes
/// images larger. With E = (K - 1) dilation + 1 the shape is [I..., C] -> [O..., Filters]; O = I stride for
/// `same`, I stride + max(E - stride, 0) for `valid` (as Keras), (I - 1) stride - 2 P + E + output padding
/// for `padding<P>` (as PyTorch). The kernel is [K..., Filters / groups, C], as in Keras. Options as for
/// `conv`, and `output_padding<1>`. Rejects groups that do not divide channels and filters.
template <std::size_t Filters, spatial Kernel, auto... Options>
struct conv_transpose_layer : layer_base {
    static_assert(
        (detail::option_of<decltype(Options), stride_option, dilation_option, padding_option, groups_option,
                           output_padding_option, without_bias, initializer, regularizer, direct_option> &&
         ...),
        "strata: conv_transpose takes stride, dilation, padding, output_padding, groups, no_bias, "
        "direct, an initializer and a regularizer");
    static_assert(!detail::option(valid, Options...).is_same() ||
                      !(detail::option_of<decltype(Options), output_padding_option> || ...),
                  "strata: conv_transpose has an output padding beside valid or padding<P>, not beside same");
    using role = role::head;
    static constexpr bool has_adding_kernel = true;
    static constexpr auto kernel_name = text("kernel");
    static constexpr std::size_t group_count = detail::option(groups_option{1}, Options...).count;
    template <window Geometry, std::size_t Channels, std::size_t>
    using kernel_shape = decltype(detail::kernel_shape<Geometry, Filters / group_count, Channels>());
    static constexpr auto label =
        text("conv_transpose<") + number_text<Filters> + ", " + detail::spatial_text<Kernel> + ">";
    static constexpr auto spelling(auto&& write) {
        return write("conv_transpose<", Filters, Kernel, Options...);
    }
    static constexpr detail::window_options how{Kernel, detail::option(stride_option{1}, Options...).steps,
                                                detail::option(dilation_option{1}, Options...).steps,
                                                detail::option(valid, Options...), false};
    static constexpr spatial extra = detail::option(output_padding_option{0}, Options...).extra;
    static constexpr bool has_bias = !(detail::option_of<decltype(Options), without_bias> || ...);
    static constexpr initializer kernel_initializer = detail::option(glorot_uniform, Options...);
    static constexpr regularizer kernel_regularizer = detail::option(regularizer{}, Options...);
    static constexpr bool is_direct = (detail::option_of<decltype(Options), direct_option> || ...);

private:
    static constexpr bool divides(std::size_t number) { return group_count > 0 && number % group_count == 0; }

    // The axis of the convolution from the output back to the input.
    static constexpr window_axis axis_of(std::size_t input, std::size_t axis) {
        const std::size_t taps = how.taps[axis];
        const std::size_t stride = how.strides[axis];
        const std::size_t dilation = how.dilations[axis];
        const std::size_t extent = (taps - 1) * dilation + 1;
        const std::size_t reach = (input - 1) * stride + extent;
        std::size_t padding_begin = 0;
        std::size_t output = input * stride + (extent > stride ? extent - stride : 0) + extra[axis];
        if (how.padding.is_same()) {
            output = input * stride;
            padding_begin = how.padding.front(reach > output ? reach - output : 0);
        } else if (how.padding.rule == padding_rule::given) {
            padding_begin = how.padding.given.begin[axis];
            const std::size_t padding_sum = padding_begin + how.padding.given.end[axis];
            output = reach + extra[axis] > padding_sum ? reach + extra[axis] - padding_sum : 0;
        }
        return {output, input, taps, stride, dilation, padding_begin};
    }

public: // to aliases, too, which clang before 17 lets use nothing that is private
    template <class Shape>
    static constexpr window over_shape() {
        constexpr std::size_t axes = Shape::rank - 1;
        window result{{no_axis, no_axis, no_axis}, axes};
        for (std::size_t axis = 0; axis < axes; ++axis)
            result.axes[3 - axes + axis] = axis_of(Shape::extents[axis], axis);
        return result;
    }
    template <class Shape>
    static constexpr auto output_of() {
        constexpr std::size_t axes = Shape::rank - 1;
        return []<std::size_t... Axis>(std::index_sequence<Axis...>) {
            return shape<over_shape<Shape>().axes[3 - axes + Axis].input..., Filters>{};
        }
        (std::make_index_sequence<axes>{});
    }

    template <class Shape>
    static constexpr bool accepts = [] {
        if constexpr (Filters == 0 || !detail::has_spatial_axes<Shape>)
            return false;
        else if constexpr (!divides(Filters) || !divides(Shape::last))
            return false;
        else if constexpr (!how.fit(Shape::rank - 1) || !extra.fits(Shape::rank - 1))
            return false;
        else
            return over_shape<Shape>().inputs() > 0;
    }();
    template <class Shape>
    static constexpr auto wants = [] {
        if constexpr (Filters == 0)
            return text("at least one filter");
        else if constexpr (!detail::has_spatial_axes<Shape>)
            return detail::spatial_axes_text;
        else if constexpr (group_count == 0)
            return text("at least one group");
        else if constexpr (!divides(Shape::last))
            return text("channels that its ") + number_text<group_count> + " groups divide";
        else if constexpr (!divides(Filters))
            return text("filters that its ") + number_text<group_count> + " groups divide";
        else if constexpr (!how.fit(Shape::rank - 1))
            return detail::window_wants<Shape, how>();
        else if constexpr (!extra.fits(Shape::rank - 1))
            return text("an output padding ") + detail::numbers_text<Shape::rank - 1>;
        else
            return text("a padding that leaves an output");
    }();
    template <class Shape>
    using output = decltype(output_of<Shape>());
    template <class Shape>
    using head =
        convolution<over_shape<Shape>(), Shape::last, Filters, group_count, true, conv_transpose_layer>;
};

template <std::size_t Filters, spatial Kernel, auto... Options>
inline constexpr conv_transpose_layer<Filters, Kernel, Options...> conv_transpose{};

} // namespace strata::bedrock::inline STRATA_SETTING

namespace strata {
using bedrock::conv_transpose;
using bedrock::output_padding;
} // namespace strata
