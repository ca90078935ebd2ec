// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/expression/concatenate.hpp>
#include <strata/expression/print.hpp>
#include <strata/setting.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING::exports {

/// A formula as a list of its operations, each behind what it takes: types become numbers here, so that what
/// follows is compiled once for all formulas.
struct formula_tree {
    struct part {
        std::string_view
            operation{}; ///< as formulas print it, "max" or "+"; "#" of a constant, else a variable
        std::size_t arguments[3]{};
        std::size_t argument_count = 0;
        double number = 0;        ///< of a constant
        std::size_t variable = 0; ///< the number behind its name
    };
    std::vector<part> parts;

    [[nodiscard]] std::size_t root() const noexcept { return parts.size() - 1; }

    /// The formula with # for each constant, "max(x, #)", and the constants in the order in which they stand.
    [[nodiscard]] std::string pattern(std::vector<double>& constants) const {
        std::string result;
        append_pattern(result, constants, root());
        return result;
    }

private:
    void append_pattern(std::string& text, std::vector<double>& constants, std::size_t place) const {
        const part& one = parts[place];
        text += one.operation;
        if (one.operation == "#")
            constants.push_back(one.number);
        else if (one.variable > 0)
            internal::append(text, one.variable);
        for (std::size_t i = 0; i < one.argument_count; ++i) {
            text += i == 0 ? "(" : ", ";
            append_pattern(text, constants, one.arguments[i]);
        }
        text += one.argument_count > 0 ? ")" : "";
    }
};

/// Appends a formula and returns its place.
template <term Formula>
std::size_t append_parts(formula_tree& tree, Formula formula) {
    formula_tree::part added;
    if constexpr (std::same_as<Formula, literal>) {
        added.operation = "#";
        added.number = formula.number.value();
    } else if constexpr (requires { Formula::value; }) {
        added.operation = "#";
        added.number = Formula::value;
    } else if constexpr (requires { Formula::name; }) {
        added.operation = Formula::name.view();
        added.variable = static_cast<std::size_t>(Formula::index);
    } else {
        if constexpr (requires { Formula::operation::infix; })
            added.operation =
                Formula::operation::infix.view().substr(1, Formula::operation::infix.view().size() - 2);
        else
            added.operation = Formula::operation::prefix.view();
        const auto add = [&](auto argument) {
            added.arguments[added.argument_count++] = append_parts(tree, argument);
        };
        add(formula.first);
        if constexpr (requires { formula.second; })
            add(formula.second);
        if constexpr (requires { formula.third; })
            add(formula.third);
    }
    tree.parts.push_back(added);
    return tree.parts.size() - 1;
}

template <term Formula>
formula_tree tree_of(Formula formula) {
    formula_tree result;
    append_parts(result, formula);
    return result;
}

} // namespace strata::bedrock::inline STRATA_SETTING::exports
