// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/layers/dense.hpp>
#include <strata/layers/head.hpp>

/// A layer as a program writes its own: nothing in the library knows of it.
namespace own {

using namespace strata::bedrock;

/// What a gated layer computes, for the plan: `Rows` rows of `Inputs` numbers become as many of `Units`.
template <std::size_t Rows, std::size_t Inputs, std::size_t Units, class Layer>
struct gated_product : head_base<Rows, Inputs, Rows, Units> {
    struct gate_kernel : parameter<"gate_kernel", shape<Inputs, Units>> {
        static constexpr initializer first = Layer::kernel_initializer;
        static constexpr fan_counts fans{Inputs, Units};
    };
    struct kernel : parameter<"kernel", shape<Inputs, Units>> {
        using storage = row_storage<Units>;
        static constexpr initializer first = Layer::kernel_initializer;
        static constexpr fan_counts fans{Inputs, Units};
        static constexpr regularizer penalty = Layer::kernel_regularizer;
    };
    struct skip_kernel : parameter<"skip_kernel", shape<Inputs, Units>> {
        static constexpr initializer first = Layer::kernel_initializer;
        static constexpr fan_counts fans{Inputs, Units};
    };
    /// How far each gate is open on average.
    struct openness : parameter<"openness", shape<Units>> {
        static constexpr initializer first{distribution::constant, fan::none, 0.5};
        static constexpr bool is_learnt = false;
        static constexpr double kept = 0.75;
    };
    using parameters = type_list<gate_kernel, kernel, skip_kernel, openness>;
    static constexpr std::size_t product_flops = 3 * 2 * Rows * Inputs * Units;
};

/// y = sigmoid(x G) * (x W) + x S over the last axis. Shape [..., K] -> [..., Units].
template <std::size_t Units, auto... Options>
struct gated_layer : layer_base {
    using role = role::head;
    static constexpr auto label = text("gated<") + number_text<Units> + ">";
    static constexpr initializer kernel_initializer = detail::option(glorot_uniform, Options...);
    static constexpr regularizer kernel_regularizer = detail::option(regularizer{}, Options...);

    template <class Shape>
    static constexpr bool accepts = Units > 0 && Shape::rank > 0 && Shape::size > 0;
    template <class>
    static constexpr auto wants = text("a shape with a last axis");
    template <class Shape>
    using output = with_last<Shape, Units>;
    template <class Shape>
    using head = gated_product<Shape::size / Shape::last, Shape::last, Units, gated_layer>;
};

template <std::size_t Units, auto... Options>
inline constexpr gated_layer<Units, Options...> gated{};

} // namespace own
