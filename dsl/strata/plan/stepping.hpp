// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/layers/head.hpp>
#include <strata/layers/layer.hpp>
#include <strata/setting.hpp>

namespace strata::bedrock::inline STRATA_SETTING {

/// What a stream computes of one step where a layer looks back or has a state: `Whole` is the layer's head
/// for the sequence, whose parameters these are.
template <class Whole, time_view View, std::size_t Inputs, std::size_t Outputs>
struct stepping : head_base<1, Inputs, 1, Outputs> {
    using whole = Whole;
    static constexpr time_view view = View;
    static constexpr bool waits = View.what == sight::ahead;
    using parameters = typename Whole::parameters;
    static constexpr bool has_product = Whole::has_product;
    /// Products for one output.
    static constexpr std::size_t inputs = Whole::inputs;
    static constexpr std::size_t product_flops =
        Whole::output_rows > 0 ? Whole::product_flops / Whole::output_rows : Whole::product_flops;
    static constexpr std::size_t parts = Whole::parts;
    [[nodiscard]] static constexpr std::size_t source_width(std::size_t index) {
        return parts == 1 ? Inputs : Whole::source_width(index);
    }
};

namespace detail {
/// A layer for one step of a sequence.
template <class Layer, class Head, time_view View>
struct stepping_layer : layer_base {
    using role = role::head;
    static constexpr auto label = Layer::label;
    static constexpr bool has_adding_kernel = Layer::has_adding_kernel;
    static constexpr bool is_frozen = Layer::is_frozen;
    template <class Step>
    using head = stepping<Head, View, Step::size, Head::outputs>;
};
/// The same of a layer that merges several values.
template <class Layer, class Head, time_view View>
struct stepping_merge : stepping_layer<Layer, Head, View> {
    using role = role::merge;
    template <class First, class...>
    using head_of = stepping<Head, View, First::size, Head::outputs>;
};
} // namespace detail

} // namespace strata::bedrock::inline STRATA_SETTING
