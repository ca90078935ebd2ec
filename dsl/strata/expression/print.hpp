// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/expression/concatenate.hpp>
#include <strata/expression/finite.hpp>
#include <strata/expression/operations.hpp>
#include <strata/expression/term.hpp>
#include <strata/setting.hpp>

#include <array>
#include <charconv>
#include <string>

namespace strata::bedrock::inline STRATA_SETTING {

namespace detail {
inline std::string number_to_string(double number) {
    if (is_not_a_number(number))
        return "nan"; // libraries differ in what they write
    std::array<char, 32> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
    return {digits.data(), end};
}
} // namespace detail

namespace detail {
/// What a number is called in a program: the same `double` again.
inline std::string number_source(double number) {
    if (is_not_a_number(number))
        return "std::numeric_limits<double>::quiet_NaN()";
    if (!is_finite(number))
        return number < 0 ? "-std::numeric_limits<double>::infinity()"
                          : "std::numeric_limits<double>::infinity()";
    const std::string digits = number_to_string(number);
    return digits == "-0" ? "-0.0" : digits;
}

/// `IsSource`: as a program writes the formula, in which constants that are part of the type have a name.
template <bool IsSource = false, term Formula>
void append_formula(std::string& text, Formula formula, bool outermost) {
    if constexpr (std::same_as<Formula, literal>)
        append(text,
               IsSource ? number_source(formula.number.value()) : number_to_string(formula.number.value()));
    else if constexpr (requires { Formula::value; } && IsSource)
        append(text, "bedrock::constant<", number_source(Formula::value), ">");
    else if constexpr (requires { Formula::value; })
        append(text, number_to_string(Formula::value));
    else if constexpr (requires { Formula::name; }) {
        append(text, Formula::name.view());
        if constexpr (Formula::index != 0)
            append(text, static_cast<unsigned>(Formula::index));
    } else if constexpr (requires { Formula::operation::infix; }) {
        append(text, outermost ? "" : "(");
        append_formula<IsSource>(text, formula.first, false);
        append(text, Formula::operation::infix.view());
        append_formula<IsSource>(text, formula.second, false);
        append(text, outermost ? "" : ")");
    } else if constexpr (std::same_as<typename Formula::operation, operation::negate>) {
        append(text, "-");
        const std::size_t begin = text.size();
        append_formula<IsSource>(text, formula.first, false);
        if (text[begin] == '-') // two signs would be a decrement
            text.insert(begin, "(").append(")");
    } else {
        append(text, Formula::operation::prefix.view(), "(");
        append_formula<IsSource>(text, formula.first, true);
        if constexpr (requires { formula.second; }) {
            append(text, ", ");
            append_formula<IsSource>(text, formula.second, true);
        }
        if constexpr (requires { formula.third; }) {
            append(text, ", ");
            append_formula<IsSource>(text, formula.third, true);
        }
        append(text, ")");
    }
}
} // namespace detail

/// The formula as a reader would write it, with every operation in parentheses but the outermost:
/// `max(x, 0) * (1 + y)`. Numbers are the shortest that read back the same.
template <term Formula>
std::string to_string(Formula formula, bool outermost = true) {
    std::string text;
    detail::append_formula(text, formula, outermost);
    return text;
}

} // namespace strata::bedrock::inline STRATA_SETTING
