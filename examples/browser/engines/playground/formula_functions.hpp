// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include "formula.hpp"

#include <strata/layers/activations.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace playground {

/// What is wrong with a formula: where, counted from 1, what was expected there and what was found. A page
/// has texts for what was expected in its own language.
struct formula_error {
    enum class wanted {
        operand,    ///< a number, x, a function or an opening parenthesis
        operation,  ///< an operator or the end
        closing,    ///< a closing parenthesis
        comma,      ///< a comma and another argument
        comparison, ///< <, <=, >, >=, == or !=
        exponent,   ///< a whole number from -8 to 8
        function,   ///< a function that there is
        opening,    ///< an opening parenthesis behind a function's name
        unknown,    ///< an x somewhere
        divisor,    ///< no division by zero
        shorter     ///< a shorter formula
    };
    std::size_t place = 0;
    wanted expected = wanted::operand;
    std::string found; ///< empty: the end
};

/// Calls visit(formula) with the library's formula of that function of x. Returns whether there is one.
template <class Visit>
bool visit_function(std::string_view name, const Visit& visit) {
    using namespace strata::bedrock;
    namespace layers = strata::bedrock::detail::formulas;
    bool found = false;
    const auto offer = [&](std::string_view offered, auto formula) {
        if (!found && name == offered) {
            found = true;
            visit(formula);
        }
    };
    const auto operation_of = []<class Operation>(Operation) {
        return strata::bedrock::apply<Operation, type_of<symbols::x>>{};
    };
    offer("abs", operation_of(operation::absolute{}));
    offer("sign", operation_of(operation::sign{}));
    offer("square", operation_of(operation::square{}));
    offer("sqrt", operation_of(operation::square_root{}));
    offer("exp", operation_of(operation::exponential{}));
    offer("expm1", operation_of(operation::exponential_minus_one{}));
    offer("log", operation_of(operation::logarithm{}));
    offer("log1p", operation_of(operation::logarithm_of_one_plus{}));
    offer("erf", operation_of(operation::error_function{}));
    offer("sin", operation_of(operation::sine{}));
    offer("cos", operation_of(operation::cosine{}));
    offer("tanh", layers::tanh.formula);
    offer("sigmoid", layers::sigmoid.formula);
    offer("relu", layers::relu.formula);
    offer("relu6", layers::relu6.formula);
    offer("elu", layers::elu<1.0>.formula);
    offer("selu", layers::selu.formula);
    offer("gelu", layers::gelu.formula);
    offer("silu", layers::silu.formula);
    offer("softplus", layers::softplus.formula);
    offer("softsign", layers::softsign.formula);
    return found;
}

/// Whether a formula may call that.
inline bool is_function(std::string_view name) {
    for (const std::string_view each : {"min", "max", "pow", "select"})
        if (each == name)
            return true;
    return visit_function(name, [](auto) {});
}

} // namespace playground
