// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/expression/simplify.hpp>
#include <strata/setting.hpp>

#include <concepts>

namespace strata::bedrock::inline STRATA_SETTING {

/// The formula with every occurrence of a part replaced, simplified. Formula, part and replacement are
/// frozen.
template <term Formula, term Part, term Replacement>
constexpr auto substitute(Formula formula, Part part, Replacement replacement) {
    if constexpr (std::same_as<Formula, Part>)
        return replacement;
    else if constexpr (requires { formula.third; })
        return simplified(typename Formula::operation{}, substitute(formula.first, part, replacement),
                          substitute(formula.second, part, replacement),
                          substitute(formula.third, part, replacement));
    else if constexpr (requires { formula.second; })
        return simplified(typename Formula::operation{}, substitute(formula.first, part, replacement),
                          substitute(formula.second, part, replacement));
    else if constexpr (requires { formula.first; })
        return simplified(typename Formula::operation{}, substitute(formula.first, part, replacement));
    else
        return formula;
}

/// Whether the part occurs in the formula.
template <term Part, term Formula>
constexpr bool contains(Formula formula, Part part) {
    if constexpr (std::same_as<Formula, Part>)
        return true;
    else if constexpr (requires { formula.third; })
        return contains(formula.first, part) || contains(formula.second, part) ||
               contains(formula.third, part);
    else if constexpr (requires { formula.second; })
        return contains(formula.first, part) || contains(formula.second, part);
    else if constexpr (requires { formula.first; })
        return contains(formula.first, part);
    else
        return false;
}

} // namespace strata::bedrock::inline STRATA_SETTING
