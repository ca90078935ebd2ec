// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/expression/simplify.hpp>
#include <strata/expression/type_list.hpp>
#include <strata/setting.hpp>

#include <concepts>

namespace strata::bedrock::inline STRATA_SETTING {

namespace detail {
template <class List, class T>
inline constexpr bool contains_type = false;
template <class... T, class Searched>
inline constexpr bool contains_type<type_list<T...>, Searched> = (std::same_as<T, Searched> || ...);

// The list with one more type, or the same list if it has that type already.
template <class... T, class Added>
constexpr auto insert_type(type_list<T...> list, Added) {
    if constexpr (contains_type<type_list<T...>, Added>)
        return list;
    else
        return type_list<T..., Added>{};
}

template <class List, term Formula>
constexpr auto collect_operations(List list, Formula formula) {
    if constexpr (detail::contains_type<List, Formula>)
        return list;
    else if constexpr (requires { formula.third; })
        return insert_type(
            collect_operations(collect_operations(collect_operations(list, formula.first), formula.second),
                               formula.third),
            formula);
    else if constexpr (requires { formula.second; })
        return insert_type(collect_operations(collect_operations(list, formula.first), formula.second),
                           formula);
    else if constexpr (requires { formula.first; })
        return insert_type(collect_operations(list, formula.first), formula);
    else
        return list;
}

template <class List, term Formula>
constexpr auto collect_variables(List list, Formula formula) {
    if constexpr (requires { formula.third; })
        return collect_variables(collect_variables(collect_variables(list, formula.first), formula.second),
                                 formula.third);
    else if constexpr (requires { formula.second; })
        return collect_variables(collect_variables(list, formula.first), formula.second);
    else if constexpr (requires { formula.first; })
        return collect_variables(list, formula.first);
    else if constexpr (requires { Formula::name; })
        return insert_type(list, formula);
    else
        return list;
}
} // namespace detail

/// The distinct operations of a formula, each after its arguments, which is an order in which they can be
/// computed. A part that occurs several times is listed once.
template <term Formula>
constexpr auto operations_of(Formula formula) {
    return detail::collect_operations(type_list<>{}, formula);
}

/// The distinct variables of a formula, in order of appearance.
template <term Formula>
constexpr auto variables_of(Formula formula) {
    return detail::collect_variables(type_list<>{}, formula);
}

} // namespace strata::bedrock::inline STRATA_SETTING
