// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/expression/concatenate.hpp>
#include <strata/expression/finite.hpp>
#include <strata/expression/operations.hpp>
#include <strata/expression/term.hpp>

#include <array>
#include <charconv>
#include <string>

namespace strata::bedrock {

namespace detail {
inline std::string number_to_string(double number) {
    if (is_not_a_number(number))
        return "nan"; // libraries differ in what they write
    std::array<char, 32> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
    return {digits.data(), end};
}
} // namespace detail

/// The formula as a reader would write it, with every operation in parentheses but the outermost:
/// `max(x, 0) * (1 + y)`. Numbers are the shortest that read back the same.
template <term Formula>
std::string to_string(Formula formula, bool outermost = true) {
    if constexpr (std::same_as<Formula, literal>)
        return detail::number_to_string(formula.number.value());
    else if constexpr (requires { Formula::value; })
        return detail::number_to_string(Formula::value);
    else if constexpr (requires { Formula::name; }) {
        if constexpr (Formula::index == 0)
            return std::string(Formula::name.view());
        else
            return detail::concatenate(Formula::name.view(), static_cast<unsigned>(Formula::index));
    } else if constexpr (requires { Formula::operation::infix; })
        return detail::concatenate(outermost ? "" : "(", to_string(formula.first, false),
                                   Formula::operation::infix.view(), to_string(formula.second, false),
                                   outermost ? "" : ")");
    else if constexpr (std::same_as<typename Formula::operation, operation::negate>)
        return detail::concatenate("-", to_string(formula.first, false));
    else if constexpr (requires { formula.third; })
        return detail::concatenate(Formula::operation::prefix.view(), "(", to_string(formula.first), ", ",
                                   to_string(formula.second), ", ", to_string(formula.third), ")");
    else if constexpr (requires { formula.second; })
        return detail::concatenate(Formula::operation::prefix.view(), "(", to_string(formula.first), ", ",
                                   to_string(formula.second), ")");
    else
        return detail::concatenate(Formula::operation::prefix.view(), "(", to_string(formula.first), ")");
}

} // namespace strata::bedrock
