// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/expression/text.hpp>
#include <strata/setting.hpp>

#include <array>
#include <cstddef>
#include <utility>

namespace strata::bedrock::inline STRATA_SETTING {

/// The extents of an array, without the batch axis, last axis fastest. `shape<>` is a single number.
template <std::size_t... Extents>
struct shape {
    static constexpr std::size_t rank = sizeof...(Extents);
    static constexpr std::size_t size = (Extents * ... * 1);
    static constexpr std::array<std::size_t, rank> extents{Extents...};
    /// The extent that layers such as dense and softmax work on; 1 for a single number.
    static constexpr std::size_t last = [] {
        if constexpr (rank == 0)
            return std::size_t{1};
        else
            return extents[rank - 1];
    }();

    template <std::size_t... Others>
    friend constexpr bool operator==(shape, shape<Others...>) {
        return false;
    }
    friend constexpr bool operator==(shape, shape) { return true; }
};

namespace detail {
template <class Shape, std::size_t Last>
struct replace_last;
template <std::size_t... Extents, std::size_t Last>
struct replace_last<shape<Extents...>, Last> {
    template <std::size_t... I>
    static constexpr auto make(std::index_sequence<I...>) {
        return shape<(I + 1 == sizeof...(Extents) ? Last : shape<Extents...>::extents[I])...>{};
    }
    using type = decltype(make(std::make_index_sequence<sizeof...(Extents)>{}));
};

template <class Shape>
inline constexpr auto shape_text = text("nothing");
template <>
inline constexpr auto shape_text<shape<>> = text("a single number");
template <std::size_t First, std::size_t... Rest>
inline constexpr auto shape_text<shape<First, Rest...>> = (number_text<First> + ... +
                                                           (text(" x ") + number_text<Rest>));
} // namespace detail

/// The shape with another last extent.
template <class Shape, std::size_t Last>
using with_last = typename detail::replace_last<Shape, Last>::type;

} // namespace strata::bedrock::inline STRATA_SETTING

namespace strata {
using bedrock::shape;
} // namespace strata
