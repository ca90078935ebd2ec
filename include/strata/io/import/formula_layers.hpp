// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/io/import/graph.hpp>
#include <strata/io/import/number_text.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <iterator>
#include <string>
#include <string_view>

namespace strata::bedrock::inline STRATA_SETTING::imports {

/// A function of one number that strata has no layer for and needs none: its formula in C++, in which `{key}`
/// stands for a number of the node, and the same in double.
struct formula_layer {
    std::string_view kind;
    std::string_view text;
    double (*compute)(const graph_node&, double);
};

/// The formula of a kind of node; null for other kinds.
inline const formula_layer* find_formula(std::string_view kind) {
    static constexpr formula_layer formulas[] = {
        {"abs", "activation<abs(symbols::x)>", [](const graph_node&, double x) { return std::abs(x); }},
        {"sqrt", "activation<sqrt(symbols::x)>", [](const graph_node&, double x) { return std::sqrt(x); }},
        {"log", "activation<log(symbols::x)>", [](const graph_node&, double x) { return std::log(x); }},
        {"erf", "activation<erf(symbols::x)>", [](const graph_node&, double x) { return std::erf(x); }},
        {"sin", "activation<sin(symbols::x)>", [](const graph_node&, double x) { return std::sin(x); }},
        {"cos", "activation<cos(symbols::x)>", [](const graph_node&, double x) { return std::cos(x); }},
        {"sign", "activation<sign(symbols::x)>",
         [](const graph_node&, double x) { return static_cast<double>((x > 0) - (x < 0)); }},
        {"square", "activation<square(symbols::x)>", [](const graph_node&, double x) { return x * x; }},
        {"reciprocal", "activation<1 / symbols::x>", [](const graph_node&, double x) { return 1 / x; }},
        {"reciprocal_root", "activation<1 / sqrt(symbols::x)>",
         [](const graph_node&, double x) { return 1 / std::sqrt(x); }},
        {"whole_power", "activation<pow<{exponent}>(symbols::x)>",
         [](const graph_node& node, double x) { return std::pow(x, node.number("exponent")); }},
        {"power", "activation<exp({exponent} * log(symbols::x))>",
         [](const graph_node& node, double x) { return std::pow(x, node.number("exponent")); }},
        {"power_of", "activation<exp({logarithm} * symbols::x)>",
         [](const graph_node& node, double x) { return std::exp(node.number("logarithm") * x); }},
        // Misra 2019.
        {"mish", "named_activation<\"mish\", symbols::x * tanh(softplus(symbols::x))>",
         [](const graph_node&, double x) { return x * std::tanh(x > 30 ? x : std::log1p(std::exp(x))); }},
        // Hendrycks and Gimpel 2016, whose approximation PyTorch and ONNX have with the same constants.
        {"gelu_tanh",
         "named_activation<\"gelu_tanh\", 0.5 * symbols::x * (1 + tanh(0.7978845608028654 * (symbols::x + "
         "0.044715 * pow<3>(symbols::x))))>",
         [](const graph_node&, double x) {
             return 0.5 * x * (1 + std::tanh(0.7978845608028654 * (x + 0.044715 * x * x * x)));
         }},
        {"celu",
         "named_activation<\"celu\", select(symbols::x > 0, symbols::x, {alpha} * expm1(symbols::x / "
         "{alpha}))>",
         [](const graph_node& node, double x) {
             return x > 0 ? x : node.number("alpha") * std::expm1(x / node.number("alpha"));
         }},
        {"scaled_elu",
         "named_activation<\"scaled_elu\", {gamma} * select(symbols::x > 0, symbols::x, {alpha} * "
         "expm1(symbols::x))>",
         [](const graph_node& node, double x) {
             return node.number("gamma") * (x > 0 ? x : node.number("alpha") * std::expm1(x));
         }},
        {"shrink",
         "named_activation<\"shrink\", select(symbols::x > {limit}, symbols::x - {bias}, select(symbols::x < "
         "-{limit}, symbols::x + {bias}, 0))>",
         [](const graph_node& node, double x) {
             const double limit = node.number("limit");
             return x > limit ? x - node.number("bias") : x < -limit ? x + node.number("bias") : 0;
         }},
    };
    const auto* const found = std::find_if(std::begin(formulas), std::end(formulas),
                                           [&](const formula_layer& each) { return each.kind == kind; });
    return found == std::end(formulas) ? nullptr : found;
}

/// A node's formula as a layer in C++.
inline std::string formula_text(const formula_layer& formula, const graph_node& node) {
    std::string result;
    std::string_view rest = formula.text;
    for (std::size_t begin = rest.find('{'); begin != rest.npos; begin = rest.find('{')) {
        const std::size_t end = rest.find('}');
        const std::string_view key = rest.substr(begin + 1, end - begin - 1);
        const std::string number = number_text(node.number(key));
        result += rest.substr(0, begin);
        // A power is computed by products where its exponent is an int.
        result += node.kind == "whole_power" ? number.substr(0, number.find('.')) : number;
        rest.remove_prefix(end + 1);
    }
    return result + std::string(rest);
}

} // namespace strata::bedrock::inline STRATA_SETTING::imports
