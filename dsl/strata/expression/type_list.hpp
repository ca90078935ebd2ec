// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <cstddef>
#include <type_traits>
#include <utility>

namespace strata {

/// A list of types.
template <class... T>
struct type_list {
    static constexpr std::size_t size = sizeof...(T);
};

/// Calls visit(std::type_identity<T>{}) for each type of a list, in order. A pack that initializes an array
/// has no limit of length; compilers nest fold expressions, and clang stops at 256.
template <template <class...> class List, class... T, class Visit>
constexpr void for_each_type(List<T...>, Visit&& visit) {
    using swallow = int[];
    static_cast<void>(swallow{0, (static_cast<void>(visit(std::type_identity<T>{})), 0)...});
}

/// Calls visit(std::integral_constant<std::size_t, I>{}) for I = 0, ..., Count - 1.
template <std::size_t Count, class Visit>
constexpr void for_each_index(Visit&& visit) {
    [&]<std::size_t... I>(std::index_sequence<I...>) {
        for_each_type(type_list<std::integral_constant<std::size_t, I>...>{},
                      [&]<class Index>(std::type_identity<Index>) { visit(Index{}); });
    }
    (std::make_index_sequence<Count>{});
}

/// The sum of term(std::type_identity<T>{}) over the types of a list.
template <template <class...> class List, class... T, class Term>
constexpr std::size_t sum_over_types(List<T...>, Term term) {
    std::size_t sum = 0;
    const std::size_t terms[] = {0, term(std::type_identity<T>{})...};
    for (const std::size_t each : terms)
        sum += each;
    return sum;
}

} // namespace strata
