// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/setting.hpp>

#include <concepts>
#include <type_traits>

namespace strata::bedrock::inline STRATA_SETTING::detail {

/// The option of a type among those that a layer was given, or the one that it has without.
template <class Wanted>
constexpr Wanted option(Wanted fallback) {
    return fallback;
}
template <class Wanted, class First, class... Rest>
constexpr Wanted option(Wanted fallback, First first, Rest... rest) {
    if constexpr (std::same_as<Wanted, First>) {
        static_assert(!(std::same_as<Wanted, Rest> || ...),
                      "strata: a layer takes one option of a kind, and both penalties as l1_l2<...>");
        return first;
    } else
        return option(fallback, rest...);
}

/// Whether a value is an option of one of these types.
template <class Option, class... Known>
concept option_of = (std::same_as<std::remove_const_t<Option>, Known> || ...);

/// Options, to be handed on.
template <auto... Options>
struct option_list {
    template <auto... Others>
    constexpr auto operator+(option_list<Others...>) const {
        return option_list<Options..., Others...>{};
    }
};

} // namespace strata::bedrock::inline STRATA_SETTING::detail
