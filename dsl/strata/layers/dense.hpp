// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/setting.hpp>
STRATA_HEADER_BEGIN

#include <strata/expression/type_of.hpp>
#include <strata/layers/head.hpp>
#include <strata/layers/initializer.hpp>
#include <strata/layers/layer.hpp>
#include <strata/layers/option.hpp>
#include <strata/layers/regularizer.hpp>

namespace strata::bedrock::inline STRATA_SETTING {

struct without_bias {
    static constexpr auto spelling(auto&& write) { return write("no_bias"); }
};
inline constexpr without_bias no_bias{};

/// The head of a stage that multiplies rows of `Inputs` numbers with a matrix of weights: dense layers.
template <std::size_t Inputs, class Layer, std::size_t Units>
struct contraction : head_base<0, Inputs, 0, Units> {
    static constexpr bool has_product = true;
    static constexpr bool reads_back = false;
    static constexpr bool has_bias = Layer::has_bias;

    struct kernel : parameter<"kernel", shape<Inputs, Units>> {
        using storage = panel_storage<Inputs, Units>;
        static constexpr initializer first = Layer::kernel_initializer;
        static constexpr fan_counts fans{Inputs, Units};
        static constexpr regularizer penalty = Layer::kernel_regularizer;
    };
    struct bias : parameter<"bias", shape<Units>> {
        static constexpr bool is_present = has_bias;
    };
    using parameters = type_list<kernel, bias>;
};

/// A fully connected layer over the last axis: y = x W + b with W of K x Units and b of Units.
/// Shape [..., K] -> [..., Units]. Gradients: dW = x^T dy, db = the sum of dy over samples and rows, dx = dy
/// W^T. K Units multiplications per row. Rejects zero units, an input of zero extent, and a single number.
///
/// Options, in any order: `no_bias`; an initializer of the kernel (default `glorot_uniform`; the bias starts
/// at zero); a regularizer of the kernel: `dense<64, he_normal, no_bias, l2<1e-4>>`.
template <std::size_t Units, auto... Options>
struct dense_layer : layer_base {
    static_assert((detail::option_of<decltype(Options), without_bias, initializer, regularizer> && ...),
                  "strata: dense takes no_bias, an initializer and a regularizer");
    using role = role::head;
    static constexpr mask_rule masks = mask_rule::passes;
    static constexpr auto label = text("dense<") + number_text<Units> + text(">");
    static constexpr auto spelling(auto&& write) { return write("dense<", Units, Options...); }

    static constexpr bool has_bias = !(std::same_as<type_of<Options>, without_bias> || ...);
    static constexpr initializer kernel_initializer = detail::option(glorot_uniform, Options...);
    static constexpr regularizer kernel_regularizer = detail::option(regularizer{}, Options...);

    template <class Shape>
    static constexpr bool accepts = Units > 0 && Shape::rank > 0 && Shape::size > 0;
    template <class Shape>
    static constexpr auto wants = [] {
        if constexpr (Units == 0)
            return text("at least one unit");
        else
            return text("a shape with a last axis");
    }();
    template <class Shape>
    using output = with_last<Shape, Units>;
    template <class... Shapes>
    static constexpr time_view view = each_row<Shapes...>;
    template <class Shape>
    using head = contraction<Shape::last, dense_layer, Units>;
};

template <std::size_t Units, auto... Options>
inline constexpr dense_layer<Units, Options...> dense{};

} // namespace strata::bedrock::inline STRATA_SETTING

namespace strata {
using bedrock::dense;
using bedrock::no_bias;
} // namespace strata

STRATA_HEADER_END
