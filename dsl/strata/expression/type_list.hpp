// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/setting.hpp>

#include <cstddef>
#include <type_traits>
#include <utility>

namespace strata::bedrock::inline STRATA_SETTING {

/// A list of types.
template <class... T>
struct type_list {
    static constexpr std::size_t size = sizeof...(T);
};

namespace detail {
template <std::size_t Index, class T>
struct numbered {};
template <class Indices, class... T>
struct numbered_types;
template <std::size_t... Index, class... T>
struct numbered_types<std::index_sequence<Index...>, T...> : numbered<Index, T>... {};
template <class List>
struct all_numbered;
template <template <class...> class List, class... T>
struct all_numbered<List<T...>> {
    using type = numbered_types<std::index_sequence_for<T...>, T...>;
};

// Declared and never defined. A function with a body would have a name as long as the list, which compilers
// would write out for each index.
template <std::size_t Index, class T>
std::type_identity<T> find_numbered(const numbered<Index, T>&);

// The list is one type here, not a pack, which compilers would walk through for each index. The call is
// qualified, or they would look for functions of its name beside each type of the list.
template <std::size_t Index, class List>
struct numbered_finder {
    using type = typename decltype(detail::find_numbered<Index>(typename all_numbered<List>::type{}))::type;
};

// A list cut into lists of 16, since a compiler tries all types of a list for each that it is asked for.
inline constexpr std::size_t group_size = 16;
template <class Groups, class... Rest>
struct grouping;
template <class... Groups, class... Rest>
struct grouping<type_list<Groups...>, Rest...> {
    using type = type_list<Groups..., type_list<Rest...>>;
};
template <class... Groups, class A, class B, class C, class D, class E, class F, class G, class H, class I,
          class J, class K, class L, class M, class N, class O, class P, class... Rest>
struct grouping<type_list<Groups...>, A, B, C, D, E, F, G, H, I, J, K, L, M, N, O, P, Rest...>
    : grouping<type_list<Groups..., type_list<A, B, C, D, E, F, G, H, I, J, K, L, M, N, O, P>>, Rest...> {};
template <class List>
struct list_groups;
template <template <class...> class List, class... T>
struct list_groups<List<T...>> {
    using type = typename grouping<type_list<>, T...>::type;
};

template <std::size_t Index, class List, bool IsShort = (List::size <= group_size)>
struct type_finder : numbered_finder<Index, List> {};
template <std::size_t Index, class List>
struct type_finder<Index, List, false>
    : numbered_finder<Index % group_size,
                      typename numbered_finder<Index / group_size, typename list_groups<List>::type>::type> {
};
} // namespace detail

/// The type number `Index` in a list, found without a recursion over the others.
template <std::size_t Index, class List>
using type_at = typename detail::type_finder<Index, List>::type;

/// Calls visit(std::type_identity<T>{}) for each type of a list, in order. The pack initializes an array,
/// which has no limit of length; a fold expression is nested, and clang stops at a depth of 256.
template <template <class...> class List, class... T, class Visit>
constexpr void for_each_type(List<T...>, Visit&& visit) {
    using sequence = int[];
    static_cast<void>(sequence{0, (static_cast<void>(visit(std::type_identity<T>{})), 0)...});
}

/// Calls visit(std::integral_constant<std::size_t, I>{}) for I = 0, ..., Count - 1.
template <std::size_t Count, class Visit>
[[gnu::always_inline]] constexpr void for_each_index(Visit&& visit) {
    [&]<std::size_t... I>(std::index_sequence<I...>) __attribute__((always_inline)) {
        using sequence = int[];
        static_cast<void>(
            sequence{0, (static_cast<void>(visit(std::integral_constant<std::size_t, I>{})), 0)...});
    }
    (std::make_index_sequence<Count>{});
}

/// The sum of term(std::type_identity<T>{}) over the types of a list.
template <template <class...> class List, class... T, class Term>
constexpr std::size_t sum_over_types(List<T...>, Term term) {
    std::size_t sum = 0;
    const std::size_t terms[] = {0, term(std::type_identity<T>{})...};
    for (const std::size_t summand : terms)
        sum += summand;
    return sum;
}

} // namespace strata::bedrock::inline STRATA_SETTING
