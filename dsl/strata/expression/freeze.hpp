// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/expression/simplify.hpp>
#include <strata/setting.hpp>

#include <concepts>

namespace strata::bedrock::inline STRATA_SETTING {

/// The same formula, simplified, with its literals moved into the type. The type of the result says
/// everything about it, and its value is empty.
template <auto Formula>
consteval auto freeze() {
    using type = decltype(Formula);
    if constexpr (std::same_as<std::remove_const_t<type>, literal>)
        return constant<Formula.number>;
    else if constexpr (requires { Formula.third; })
        return simplified(typename type::operation{}, freeze<Formula.first>(), freeze<Formula.second>(),
                          freeze<Formula.third>());
    else if constexpr (requires { Formula.second; })
        return simplified(typename type::operation{}, freeze<Formula.first>(), freeze<Formula.second>());
    else if constexpr (requires { Formula.first; })
        return simplified(typename type::operation{}, freeze<Formula.first>());
    else {
        // The first place that sees what a program takes for a formula.
        static_assert(term<std::remove_const_t<type>>,
                      "strata: expected a formula of strata::symbols, such as x * tanh(x)");
        return Formula;
    }
}

template <auto Formula>
inline constexpr auto frozen = freeze<Formula>();

} // namespace strata::bedrock::inline STRATA_SETTING
