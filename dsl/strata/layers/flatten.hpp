// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/setting.hpp>
STRATA_HEADER_BEGIN

#include <strata/layers/layer.hpp>

namespace strata::bedrock::inline STRATA_SETTING {

/// The same numbers on one axis, last axis fastest, as in Keras.
struct flatten_layer : layer_base {
    using role = role::rearrangement;
    static constexpr auto label = text("flatten");
    static constexpr auto spelling(auto&& write) { return write("flatten"); }

    template <class>
    static constexpr bool accepts = true;
    template <class>
    static constexpr auto wants = text("any shape");
    template <class Shape>
    using output = shape<Shape::size>;
};

inline constexpr flatten_layer flatten{};

} // namespace strata::bedrock::inline STRATA_SETTING

namespace strata {
using bedrock::flatten;
} // namespace strata

STRATA_HEADER_END
