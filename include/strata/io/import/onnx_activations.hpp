// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/io/import/graph.hpp>
#include <strata/io/import/onnx_builder.hpp>
#include <strata/io/import/onnx_elements.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <string_view>
#include <utility>

namespace strata::bedrock::inline STRATA_SETTING::imports {

/// A number that an operator has: ONNX's name for it, that of the node, and what it is where the file says
/// nothing.
struct activation_number {
    std::string_view given{};
    const char* key = "";
    double preset = 0;
};

/// An operator that computes each number by itself, and the node that does the same.
struct onnx_activation {
    std::string_view type;
    const char* kind;
    activation_number first{};
    activation_number second{};
};

inline const onnx_activation* find_activation(std::string_view type) {
    static constexpr onnx_activation activations[] = {
        {"Relu", "relu"},
        {"Sigmoid", "sigmoid"},
        {"Tanh", "tanh"},
        {"Softplus", "softplus"},
        {"Softsign", "softsign"},
        {"Exp", "exponential"},
        {"Log", "log"},
        {"Sqrt", "sqrt"},
        {"Abs", "abs"},
        {"Erf", "erf"},
        {"Sin", "sin"},
        {"Cos", "cos"},
        {"Sign", "sign"},
        {"Reciprocal", "reciprocal"},
        {"Mish", "mish"},
        {"Gelu", "gelu"},
        {"HardSwish", "hard_silu"},
        {"LeakyRelu", "leaky_relu", {"alpha", "slope", 0.01}},
        {"Elu", "elu", {"alpha", "alpha", 1}},
        {"Celu", "celu", {"alpha", "alpha", 1}},
        {"ThresholdedRelu", "thresholded_relu", {"alpha", "threshold", 1}},
        {"HardSigmoid", "hard_sigmoid", {"alpha", "slope", 0.2}, {"beta", "offset", 0.5}},
        {"Shrink", "shrink", {"lambd", "limit", 0.5}, {"bias", "bias", 0}},
        {"Selu",
         "scaled_elu",
         {"alpha", "alpha", 1.67326319217681884765625},
         {"gamma", "gamma", 1.05070102214813232421875}},
    };
    const auto* const found = std::find_if(std::begin(activations), std::end(activations),
                                           [&](const onnx_activation& each) { return each.type == type; });
    return found == std::end(activations) ? nullptr : found;
}

/// Activations of one number.
inline void read_activation(onnx_builder& graph, const onnx_node& operation) {
    const onnx_activation& known = *find_activation(operation.type);
    graph_node made{known.kind, ""};
    for (const activation_number* const number : {&known.first, &known.second})
        if (!number->given.empty())
            made.attributes[number->key] = real_of(operation, number->given, number->preset);
    if (made.kind == "gelu" && word_of(operation, "approximate", "none") != "none")
        made.kind = "gelu_tanh";
    if (made.kind == "scaled_elu" && std::abs(made.number("alpha") - 1.6732632) < 1e-6 &&
        std::abs(made.number("gamma") - 1.0507010) < 1e-6)
        made = graph_node{"selu", ""};
    apply(graph, operation, graph.input(operation, 0), std::move(made));
}

/// Neg, as a line.
inline void read_negation(onnx_builder& graph, const onnx_node& operation) {
    rescale(graph, operation, graph.input(operation, 0), -1, 0);
}

/// Pow by a number, and of a number.
inline void read_power(onnx_builder& graph, const onnx_node& operation) {
    const onnx_value& base = graph.input(operation, 0);
    const onnx_value& exponent = graph.input(operation, 1);
    const onnx_value& given = exponent.constant ? exponent : base;
    if (!given.constant || given.constant->numbers.empty())
        return graph.add_problem(operation, "of two values");
    const double number = given.constant->numbers.front();
    if (!std::all_of(given.constant->numbers.begin(), given.constant->numbers.end(),
                     [&](double each) { return each == number; }))
        return graph.add_problem(operation, "of several exponents or bases");
    if (!exponent.constant) {
        graph_node made{"power_of", ""};
        if (number <= 0)
            made.hint = "a base that is not above 0";
        made.attributes["logarithm"] = std::log(number);
        return apply(graph, operation, exponent, std::move(made));
    }
    if (number == 1)
        return graph.set(operation, base);
    constexpr std::pair<double, const char*> named[] = {
        {2, "square"}, {0.5, "sqrt"}, {-1, "reciprocal"}, {-0.5, "reciprocal_root"}};
    constexpr double largest_product = 64;
    graph_node made{number == std::floor(number) && number > 0 && number <= largest_product ? "whole_power"
                                                                                            : "power",
                    ""};
    for (const auto& [value, kind] : named)
        if (number == value)
            made.kind = kind;
    if (made.kind == "power" || made.kind == "whole_power")
        made.attributes["exponent"] = number;
    if (made.kind == "power" && number == std::floor(number))
        made.hint = "a whole exponent below 0 or above 64";
    apply(graph, operation, base, std::move(made));
}

} // namespace strata::bedrock::inline STRATA_SETTING::imports
