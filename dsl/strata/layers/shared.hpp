// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/layers/layer.hpp>
#include <strata/setting.hpp>
#include <strata/topology/shape.hpp>

#include <cstddef>

namespace strata::bedrock::inline STRATA_SETTING {

/// Which numbers of a sample share a parameter: none, those of a channel at all places, or all.
enum class shared { none, places, all };
constexpr auto spelling(shared value, auto&& write) {
    return write(value == shared::none     ? "shared::none"
                 : value == shared::places ? "shared::places"
                                           : "shared::all");
}

namespace detail {
template <template <std::size_t Rows, class Parameters, std::size_t Width> class Head, shared Sharing,
          class Shape>
constexpr auto head_with_shared() {
    if constexpr (Sharing == shared::none)
        return Head<1, Shape, Shape::size>{};
    else if constexpr (Sharing == shared::places)
        return Head<Shape::size / Shape::last, shape<Shape::last>, Shape::last>{};
    else
        return Head<1, shape<1>, Shape::size>{};
}

/// A head that computes each number with a parameter of its own, of its channel, or of all: so many rows of
/// `Width` numbers, with an array of parameters for a row or of one number.
template <template <std::size_t Rows, class Parameters, std::size_t Width> class Head, shared Sharing,
          class Shape>
using shared_head = decltype(head_with_shared<Head, Sharing, Shape>());

/// What layers with such a head have in common. Shape in = shape out; a step by itself unless each number of
/// a sample has a parameter of its own.
template <template <std::size_t Rows, class Parameters, std::size_t Width> class Head, shared Sharing>
struct shared_head_layer : layer_base {
    using role = role::head;
    static constexpr mask_rule masks = mask_rule::passes;

    template <class Shape>
    static constexpr bool accepts = Shape::size > 0;
    template <class>
    static constexpr auto wants = text("at least one number");
    template <class Shape>
    using output = Shape;
    template <class... Shapes>
    static constexpr time_view view = Sharing == shared::none     ? whole_sequence
                                      : Sharing == shared::places ? each_row<Shapes...>
                                                                  : each_step;
    template <class Shape>
    using head = shared_head<Head, Sharing, Shape>;
};
} // namespace detail

} // namespace strata::bedrock::inline STRATA_SETTING

namespace strata {
using bedrock::shared;
} // namespace strata
