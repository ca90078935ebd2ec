// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/expression/simplify.hpp>
#include <strata/expression/type_list.hpp>

#include <cstddef>

namespace strata {

namespace detail {
template <class List, class T>
inline constexpr bool listed = false;
template <class... T, class Wanted>
inline constexpr bool listed<type_list<T...>, Wanted> = (std::same_as<T, Wanted> || ...);

template <class... T, class Last>
constexpr auto with(type_list<T...> list, Last) {
    if constexpr (listed<type_list<T...>, Last>)
        return list;
    else
        return type_list<T..., Last>{};
}

template <class List, term Formula>
constexpr auto collect_operations(List list, Formula formula) {
    if constexpr (detail::listed<List, Formula>)
        return list;
    else if constexpr (requires { formula.third; })
        return with(
            collect_operations(collect_operations(collect_operations(list, formula.first), formula.second),
                               formula.third),
            formula);
    else if constexpr (requires { formula.second; })
        return with(collect_operations(collect_operations(list, formula.first), formula.second), formula);
    else if constexpr (requires { formula.first; })
        return with(collect_operations(list, formula.first), formula);
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
        return with(list, formula);
    else
        return list;
}
} // namespace detail

/// The distinct operations of a formula, each after its arguments: the order in which they can be computed,
/// every common part once.
template <term Formula>
constexpr auto operations_of(Formula formula) {
    return detail::collect_operations(type_list<>{}, formula);
}

/// The distinct variables of a formula, in order of appearance.
template <term Formula>
constexpr auto variables_of(Formula formula) {
    return detail::collect_variables(type_list<>{}, formula);
}

} // namespace strata
