// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/expression/simplify.hpp>

namespace strata {

/// The formula with every occurrence of the part `What` replaced by `With`, simplified. All three are frozen.
template <term Formula, term What, term With>
constexpr auto substitute(Formula formula, What what, With with) {
    if constexpr (std::same_as<Formula, What>)
        return with;
    else if constexpr (requires { formula.third; })
        return simplified(typename Formula::operation{}, substitute(formula.first, what, with),
                          substitute(formula.second, what, with), substitute(formula.third, what, with));
    else if constexpr (requires { formula.second; })
        return simplified(typename Formula::operation{}, substitute(formula.first, what, with),
                          substitute(formula.second, what, with));
    else if constexpr (requires { formula.first; })
        return simplified(typename Formula::operation{}, substitute(formula.first, what, with));
    else
        return formula;
}

/// Whether the part occurs in the formula.
template <term What, term Formula>
constexpr bool contains(Formula formula, What what) {
    if constexpr (std::same_as<Formula, What>)
        return true;
    else if constexpr (requires { formula.third; })
        return contains(formula.first, what) || contains(formula.second, what) ||
               contains(formula.third, what);
    else if constexpr (requires { formula.second; })
        return contains(formula.first, what) || contains(formula.second, what);
    else if constexpr (requires { formula.first; })
        return contains(formula.first, what);
    else
        return false;
}

} // namespace strata
