// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/io/export/formula_tree.hpp>
#include <strata/io/export/onnx_layer.hpp>
#include <strata/setting.hpp>

#include <cmath>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING::exports {

/// An operation of ONNX that is a whole formula of x.
struct onnx_function {
    std::string_view type;
    onnx_attributes attributes{};
};

/// The operation that a formula is, if ONNX has one. Recurrent layers take them by the same names.
inline std::optional<onnx_function> function_of(const formula_tree& formula) {
    std::vector<double> c;
    const std::string pattern = formula.pattern(c);
    const auto is = [&](std::string_view wanted) { return pattern == wanted; };
    if (is("x"))
        return onnx_function{"Identity"};
    if (is("max(x, #)") && c[0] == 0)
        return onnx_function{"Relu"};
    if (is("sigmoid(x)") || is("approximate_sigmoid(x)"))
        return onnx_function{"Sigmoid"};
    if (is("tanh(x)") || is("approximate_tanh(x)"))
        return onnx_function{"Tanh"};
    if (is("exp(x)"))
        return onnx_function{"Exp"};
    if (is("/(x, +(#, abs(x)))") && c[0] == 1)
        return onnx_function{"Softsign"};
    if (is("+(+(*(#, max(x, #)), *(#, abs(max(x, #)))), log1p(exp(-(abs(x)))))") &&
        c == std::vector{0.5, -1e38, 0.5, -1e38})
        return onnx_function{"Softplus"};
    if (is("select(>(x, #), x, #)") && c[1] == 0)
        return onnx_function{"ThresholdedRelu", {{"alpha", c[0]}}};
    if (is("select(>(x, #), x, *(#, x))") && c[0] == 0)
        return onnx_function{"LeakyRelu", {{"alpha", c[1]}}};
    if (is("select(>(x, #), x, *(#, expm1(x)))") && c[0] == 0)
        return onnx_function{"Elu", {{"alpha", c[1]}}};
    if (is("select(>(x, #), x, expm1(x))") && c[0] == 0)
        return onnx_function{"Elu", {{"alpha", 1.0}}};
    if (is("*(#, select(>(x, #), x, *(#, expm1(x))))") && c[1] == 0)
        return onnx_function{"Selu", {{"alpha", c[2]}, {"gamma", c[0]}}};
    if (is("min(max(+(*(#, x), #), #), #)") && c[2] == 0 && c[3] == 1)
        return onnx_function{"HardSigmoid", {{"alpha", c[0]}, {"beta", c[1]}}};
    if (is("*(#, min(max(+(x, #), #), #))") && c[2] == 0 && std::abs(c[0] * c[3] - 1) < 1e-12)
        return onnx_function{"HardSigmoid", {{"alpha", c[0]}, {"beta", c[0] * c[1]}}};
    if (is("*(x, *(#, min(max(+(x, #), #), #)))") && c == std::vector{c[0], 3.0, 0.0, 6.0} &&
        std::abs(c[0] * 6 - 1) < 1e-12)
        return onnx_function{"HardSwish"};
    return std::nullopt;
}

/// Writes formulas as operations of single numbers.
class formula_writer {
public:
    /// `values` are the variables' names in ONNX, by their numbers.
    formula_writer(onnx_layer& layer, const formula_tree& formula, std::string_view variable,
                   std::vector<std::string> values)
        : layer_(layer), formula_(formula), variable_(variable), values_(std::move(values)) {}

    /// The name of the result.
    std::string write() {
        for (const formula_tree::part& each : formula_.parts)
            written_.push_back(write(each));
        return written_.back();
    }

private:
    using part = formula_tree::part;

    std::string write(const part& one) {
        if (one.operation == "#")
            return layer_.graph.constant(one.number);
        if (one.argument_count > 0)
            return reuse(one);
        if (one.operation == variable_ && one.variable < values_.size())
            return values_[one.variable];
        layer_.graph.add_problem(layer_.label, "a formula of other variables than those that it reads");
        return values_.front();
    }
    /// What stands in a formula several times is computed once.
    std::string reuse(const part& one) {
        std::string key(one.operation);
        for (std::size_t i = 0; i < one.argument_count; ++i)
            internal::append(key, " ", argument(one, i));
        const auto [place, is_new] = known_.try_emplace(key);
        if (is_new)
            place->second = apply(one);
        return place->second;
    }
    const std::string& argument(const part& one, std::size_t number) const {
        return written_[one.arguments[number]];
    }

    std::string apply(const part& one) {
        static constexpr std::pair<std::string_view, std::string_view> plain[] = {
            {"+", "Add"},
            {"*", "Mul"},
            {"/", "Div"},
            {"<", "Less"},
            {"<=", "LessOrEqual"},
            {">", "Greater"},
            {"==", "Equal"},
            {"min", "Min"},
            {"max", "Max"},
            {"abs", "Abs"},
            {"sign", "Sign"},
            {"exp", "Exp"},
            {"log", "Log"},
            {"tanh", "Tanh"},
            {"sqrt", "Sqrt"},
            {">=", "GreaterOrEqual"},
            {"sigmoid", "Sigmoid"},
            {"erf", "Erf"},
            {"select", "Where"},
            {"sin", "Sin"},
            {"cos", "Cos"},
            {"approximate_tanh", "Tanh"},
            {"approximate_sigmoid", "Sigmoid"}};
        onnx_network& graph = layer_.graph;
        std::vector<std::string> inputs;
        for (std::size_t i = 0; i < one.argument_count; ++i)
            inputs.push_back(argument(one, i));
        const std::string first = inputs.front();
        if (one.operation == "-")
            return graph.add(one.argument_count == 1 ? "Neg" : "Sub", std::move(inputs));
        if (one.operation == "square")
            return graph.add("Mul", {first, first});
        if (one.operation == "!=")
            return graph.add("Not", {graph.add("Equal", std::move(inputs))});
        if (one.operation == "expm1")
            return graph.add("Sub", {graph.add("Exp", {first}), graph.constant(1.0)});
        if (one.operation == "log1p")
            return graph.add("Log", {graph.add("Add", {first, graph.constant(1.0)})});
        if (one.operation.substr(0, 4) == "pow<")
            return graph.add("Pow", {first, graph.constant(std::stod(std::string(one.operation.substr(4))))});
        for (const auto& [operation, type] : plain)
            if (operation == one.operation)
                return graph.add(type, std::move(inputs));
        graph.add_problem(layer_.label, internal::concatenate("the operation ", one.operation));
        return first;
    }

    onnx_layer& layer_;
    const formula_tree& formula_;
    std::string_view variable_;
    std::vector<std::string> values_;
    std::vector<std::string> written_;
    std::map<std::string, std::string> known_;
};

/// The operations of a formula that exporters of other libraries write in another order, for readers that
/// look for those: gelu as x / sqrt(2), its error function, 1 more, times x, times a half.
inline std::string write_gelu(onnx_network& graph, const std::string& x) {
    const std::string inner = graph.add("Erf", {graph.add("Div", {x, graph.constant(std::sqrt(2.0))})});
    const std::string gate = graph.add("Add", {inner, graph.constant(1.0)});
    return graph.add("Mul", {graph.add("Mul", {x, gate}), graph.constant(0.5)});
}

/// A formula of each number of a value.
inline void write_activation(onnx_layer& layer, const formula_tree& formula) {
    onnx_value value = layer.source();
    std::vector<double> constants;
    const std::string pattern = formula.pattern(constants);
    onnx_network& graph = layer.graph;
    if (auto function = function_of(formula)) {
        if (function->type != "Identity")
            value.name = graph.add(function->type, {value.name}, std::move(function->attributes));
    } else if (pattern == "min(max(x, #), #)")
        value.name =
            graph.add("Clip", {value.name, graph.constant(constants[0]), graph.constant(constants[1])});
    else if (pattern == "*(x, min(max(+(*(#, x), #), #), #))" && constants[2] == 0 && constants[3] == 1)
        value.name =
            graph.add("Mul", {value.name, graph.add("HardSigmoid", {value.name},
                                                    {{"alpha", constants[0]}, {"beta", constants[1]}})});
    else if (pattern == "*(*(#, x), +(#, erf(*(#, x))))" && constants[0] == 0.5 && constants[1] == 1 &&
             std::abs(constants[2] - std::sqrt(0.5)) < 1e-12)
        value.name = write_gelu(graph, value.name);
    else
        value.name = formula_writer(layer, formula, "x", {value.name}).write();
    layer.make(std::move(value));
}

/// Values of one shape where all of them lie in one way.
inline std::vector<onnx_value> align(onnx_layer& layer) {
    std::vector<onnx_value> result = layer.sources;
    bool is_aligned = true;
    const onnx_value* turned = &result.front();
    for (const onnx_value& each : result) {
        is_aligned = is_aligned && each.lies_as(result.front());
        if (turned->is_flattened() || turned->axes == plain_axes(turned->rank()))
            turned = &each;
    }
    const extents axes = turned->is_flattened() ? plain_axes(1) : turned->axes;
    for (onnx_value& each : result)
        if (!is_aligned)
            each = layer.graph.arrange(each, axes);
    return result;
}

/// A formula of the numbers of several values.
inline void write_merge(onnx_layer& layer, const formula_tree& formula) {
    const std::vector<onnx_value> values = align(layer);
    std::vector<std::string> names;
    for (const onnx_value& each : values)
        names.push_back(each.name);
    std::vector<double> constants;
    const std::string pattern = formula.pattern(constants);
    // What ONNX has for any number of values.
    std::string sum = "part";
    std::string largest = sum;
    std::string smallest = sum;
    for (std::size_t i = 1; i < names.size(); ++i) {
        const std::string rest = internal::concatenate(", part", i, ")");
        sum = "+(" + sum + rest;
        largest = "max(" + largest + rest;
        smallest = "min(" + smallest + rest;
    }
    const bool is_pair = names.size() == 2;
    onnx_value result = values.front();
    if (pattern == sum)
        result.name = layer.graph.add(is_pair ? "Add" : "Sum", names);
    else if (pattern == largest)
        result.name = layer.graph.add("Max", names);
    else if (pattern == smallest)
        result.name = layer.graph.add("Min", names);
    else if (pattern == "*(#, " + sum + ")" &&
             std::abs(constants[0] * static_cast<double>(names.size()) - 1) < 1e-12)
        result.name = layer.graph.add("Mean", names);
    else
        result.name = formula_writer(layer, formula, "part", names).write();
    layer.make(std::move(result));
}

} // namespace strata::bedrock::inline STRATA_SETTING::exports
