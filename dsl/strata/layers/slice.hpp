// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/layers/elementwise_head.hpp>
#include <strata/layers/layer.hpp>
#include <strata/setting.hpp>

namespace strata::bedrock::inline STRATA_SETTING {

/// What a slice computes, for the plan: of each of so many rows of `Total` numbers `Count`, those from
/// `Begin` on.
template <std::size_t Begin, std::size_t Count, std::size_t Total, std::size_t Rows = 1>
struct slicing : head_base<Rows, Total, Rows, Count> {
    static constexpr std::size_t begin = Begin;
    static constexpr bool reads_back = false;
    static constexpr bool reads_pitched = true;
    static constexpr bool writes_pitched = true;
};

/// One of the values that a layer with several outputs makes: its head writes them one after another, and a
/// slice behind it hands on each. Nobody writes it: it comes along with such a layer.
template <std::size_t Number, std::size_t Begin, class Shape>
struct slice_layer : layer_base {
    using role = role::head;
    static constexpr auto label = text("output<") + number_text<Number> + ">";
    static constexpr auto spelling(auto&& write) { return write("identity"); }

    template <class Whole>
    static constexpr bool accepts = Begin + Shape::size <= Whole::size;
    template <class>
    static constexpr auto wants = text("all outputs of a layer");
    template <class>
    using output = Shape;
    template <class Whole>
    using head = slicing<Begin, Shape::size, Whole::size>;
};

} // namespace strata::bedrock::inline STRATA_SETTING
