// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/layers/common_activations.hpp>
#include <strata/setting.hpp>

#include <concepts>

namespace strata::bedrock::inline STRATA_SETTING::detail {

template <class Option>
inline constexpr bool is_activation = false;
template <text Name, auto Formula, auto FromOutput>
inline constexpr bool is_activation<activation_layer<Name, Formula, FromOutput>> = true;
template <>
inline constexpr bool is_activation<tanh_layer (*)(tanh_layer)> = true;

/// The activation among some options, or the one that there is without.
template <class Fallback>
constexpr auto activation_option(Fallback fallback) {
    return fallback;
}
template <class Fallback, class First, class... Rest>
constexpr auto activation_option(Fallback fallback, First first, Rest... rest) {
    static_assert(!is_activation<First> || !(is_activation<Rest> || ...),
                  "strata: a layer takes one activation; that of gates is recurrent<...>");
    if constexpr (std::same_as<First, tanh_layer (*)(tanh_layer)>)
        return tanh_layer{};
    else if constexpr (is_activation<First>)
        return first;
    else
        return activation_option(fallback, rest...);
}

} // namespace strata::bedrock::inline STRATA_SETTING::detail
