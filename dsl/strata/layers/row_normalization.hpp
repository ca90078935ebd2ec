// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/layers/normalization.hpp>
#include <strata/setting.hpp>

namespace strata::bedrock::inline STRATA_SETTING {

/// A row less its mean (where it is centered), over the root of its mean square and epsilon, each element
/// times gamma and plus beta, which have the shape of a row.
template <std::size_t Rows, std::size_t Width, bool IsCentered, class Layer, class RowShape = shape<Width>>
struct row_normalization : head_base<Rows, Width, Rows, Width> {
    static constexpr bool is_centered = IsCentered;
    static constexpr double epsilon = Layer::epsilon;
    static constexpr bool reads_pitched = true;
    static constexpr bool writes_pitched = true;

    struct gamma : parameter<"gamma", RowShape> {
        static constexpr initializer first = ones;
        static constexpr bool is_present = Layer::has_scale;
    };
    struct beta : parameter<"beta", RowShape> {
        static constexpr bool is_present = Layer::has_center;
    };
    using parameters = type_list<gamma, beta>;
};

/// How many axes are a row together, counted from the last one on.
struct last_axes_option {
    std::size_t count;
    constexpr auto spelling(auto&& write) const { return write("last_axes<", count); }
};
template <std::size_t Count>
inline constexpr last_axes_option last_axes{Count};

namespace detail {
/// The shape of the last axes.
template <class Shape, std::size_t Count>
constexpr auto last_extents() {
    return []<std::size_t... I>(std::index_sequence<I...>) {
        return shape<Shape::extents[Shape::rank - Count + I]...>{};
    }
    (std::make_index_sequence<Count>{});
}
} // namespace detail

/// y = gamma (x - m) / sqrt(v + epsilon) + beta with the mean and the variance of each row (the last axis)
/// by itself (Ba, Kiros and Hinton 2016), with gamma and beta for each of its elements. Shape in = shape out.
/// Default epsilon 1e-3. Options: `epsilon<1e-5>`, `no_scale`, `no_center`, and `last_axes<3>`, with which
/// the last three axes are a row together (Keras's list of axes, PyTorch's normalized shape). Rejects more
/// axes than there are.
template <auto... Options>
struct layer_norm_layer : detail::normalization_base<Options...> {
    static_assert((detail::option_of<decltype(Options), epsilon_option, without_scale, without_center,
                                     last_axes_option> &&
                   ...),
                  "strata: layer_norm takes epsilon, no_scale, no_center and last_axes");
    using role = role::head;
    static constexpr std::size_t axes = detail::option(last_axes_option{1}, Options...).count;
    // A row of several axes may go over masked steps.
    static constexpr mask_rule masks = axes == 1 ? mask_rule::passes : mask_rule::refused;
    template <class Shape>
    static constexpr time_view view = axes < Shape::rank ? each_step : whole_sequence;
    static constexpr auto label = text("layer_norm");
    static constexpr auto spelling(auto&& write) { return write("layer_norm<", Options...); }

    template <class Shape>
    static constexpr bool accepts = axes > 0 && axes <= Shape::rank&& Shape::size > 0;
    template <class>
    static constexpr auto wants = [] {
        if constexpr (axes == 1)
            return text("a shape with a last axis");
        else
            return text("a shape of at least ") + number_text<axes> + " axes";
    }();

    template <class Shape>
    using row_shape = decltype(detail::last_extents<Shape, axes>());
    template <class Shape>
    using head = row_normalization<Shape::size / row_shape<Shape>::size, row_shape<Shape>::size, true,
                                   layer_norm_layer, row_shape<Shape>>;
};
template <auto... Options>
inline constexpr layer_norm_layer<Options...> layer_norm{};

/// y = gamma x / sqrt(mean(x^2) + epsilon) for each row (Zhang and Sennrich 2019). Shape in = shape out.
/// Default epsilon 1e-6, as Keras's. Options: `epsilon<1e-5>`, `no_scale`.
template <auto... Options>
struct rms_norm_layer : detail::normalization_base<Options...> {
    static_assert((detail::option_of<decltype(Options), epsilon_option, without_scale> && ...),
                  "strata: rms_norm takes epsilon and no_scale");
    using role = role::head;
    static constexpr mask_rule masks = mask_rule::passes;
    template <class... Shapes>
    static constexpr time_view view = each_row<Shapes...>;
    static constexpr auto label = text("rms_norm");
    static constexpr auto spelling(auto&& write) { return write("rms_norm<", Options...); }
    static constexpr double epsilon = detail::option(epsilon_option{1e-6}, Options...).value.value();
    static_assert(epsilon >= 0, "strata: the epsilon of a normalization is 0 or more");
    static constexpr bool has_center = false;
    template <class Shape>
    using head = row_normalization<Shape::size / Shape::last, Shape::last, false, rms_norm_layer>;
};
template <auto... Options>
inline constexpr rms_norm_layer<Options...> rms_norm{};

} // namespace strata::bedrock::inline STRATA_SETTING

namespace strata {
using bedrock::last_axes;
using bedrock::layer_norm;
using bedrock::rms_norm;
} // namespace strata
