// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/layers/layer.hpp>
#include <strata/setting.hpp>

namespace strata::bedrock::inline STRATA_SETTING {

/// The same numbers with other extents, last axis fastest. Rejects a shape of another size.
template <std::size_t... Extents>
struct reshape_layer : layer_base {
    using role = role::rearrangement;
    static constexpr auto label = text("reshape to ") + detail::shape_text<shape<Extents...>>;
    static constexpr auto spelling(auto&& write) { return write("reshape<", Extents...); }

    template <class Shape>
    static constexpr bool accepts = Shape::size == shape<Extents...>::size;
    template <class Shape>
    static constexpr auto wants = number_text<shape<Extents...>::size> + text(" elements");
    template <class>
    using output = shape<Extents...>;
};

template <std::size_t... Extents>
inline constexpr reshape_layer<Extents...> reshape{};

} // namespace strata::bedrock::inline STRATA_SETTING

namespace strata {
using bedrock::reshape;
} // namespace strata
