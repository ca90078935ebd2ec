// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/io/import/graph.hpp>
#include <strata/io/import/line_nodes.hpp>
#include <strata/io/import/tensorflow_builder.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <cstddef>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING::imports {

/// A constant as a number for each channel, the last axis of a value; nothing for one of another shape.
inline std::optional<std::vector<float>> channel_numbers(const tensorflow_builder& graph,
                                                         const tensorflow_value& value,
                                                         const tensorflow_constant& constant) {
    const extents& shape = constant.data.shape;
    const std::size_t channels = graph.shape(value).back();
    const bool is_row = !shape.empty() && shape.size() <= value.rank() && shape.back() == channels &&
                        constant.data.numbers.size() == channels &&
                        (value.is_batched ? value.rank() > 1 : true);
    return is_row ? std::optional(constant.data.numbers) : std::nullopt;
}

inline void read_slopes(tensorflow_builder& graph, const tensorflow_node& operation) {
    const tensorflow_constant* const slopes = graph.constant(operation, 1);
    if (slopes == nullptr)
        return;
    const tensorflow_value& value = graph.input(operation, 0);
    graph_node made{"prelu", ""};
    if (value.constant)
        return graph.add_problem(operation, "its input is a constant");
    if (is_single(*slopes) && slopes->data.numbers.size() == 1) {
        made.kind = "leaky_relu";
        made.attributes["slope"] = double{slopes->data.numbers.front()};
    } else if (const auto numbers = channel_numbers(graph, value, *slopes))
        made.weights.emplace_back("alpha", tensor{{numbers->size()}, *numbers});
    else if (slopes->data.numbers.size() == *size_of(graph.shape(value)))
        made.weights.emplace_back("alpha", tensor{graph.shape(value), slopes->data.numbers});
    else
        return graph.add_problem(operation, "slopes of another shape than a number a channel");
    graph.apply(operation, value, std::move(made));
}

/// x between two bounds. One behind another, or behind a relu, is one.
inline void clip(tensorflow_builder& graph, const tensorflow_node& operation, tensorflow_value value,
                 double low, double high) {
    constexpr double open = std::numeric_limits<float>::max(); // as far as a float goes
    const graph_node* const producer = value.constant ? nullptr : &graph.node(value.node);
    const bool is_relu = producer != nullptr && producer->kind == "relu";
    if ((is_relu || (producer != nullptr && producer->kind == "clipped")) && !graph.is_shared(value.node)) {
        const double first_low = is_relu ? 0 : producer->number("low");
        const double first_high = is_relu ? open : producer->number("high");
        low = std::min(std::max(first_low, low), high);
        high = std::max(std::min(first_high, high), low);
        value.node = producer->sources.front();
    }
    graph_node made{low == 0 && high >= open ? "relu" : "clipped", ""};
    if (made.kind == "clipped")
        made.attributes = {{"low", std::max(low, -open)}, {"high", std::min(high, open)}};
    graph.apply(operation, value, std::move(made));
}

/// Functions of one number. False for operations that are none.
inline bool read_activation(tensorflow_builder& graph, const tensorflow_node& operation) {
    constexpr std::pair<std::string_view, const char*> names[] = {{"Relu", "relu"},
                                                                  {"Sigmoid", "sigmoid"},
                                                                  {"Tanh", "tanh"},
                                                                  {"Elu", "elu"},
                                                                  {"Selu", "selu"},
                                                                  {"Softplus", "softplus"},
                                                                  {"Softsign", "softsign"},
                                                                  {"Exp", "exponential"},
                                                                  {"Abs", "abs"},
                                                                  {"LeakyRelu", "leaky_relu"},
                                                                  {"Sqrt", "sqrt"},
                                                                  {"Rsqrt", "reciprocal_root"},
                                                                  {"Log", "log"},
                                                                  {"Reciprocal", "reciprocal"},
                                                                  {"Erf", "erf"},
                                                                  {"Sign", "sign"},
                                                                  {"Square", "square"},
                                                                  {"Sin", "sin"},
                                                                  {"Cos", "cos"}};
    if (operation.operation == "Prelu") {
        read_slopes(graph, operation);
        return true;
    }
    const tensorflow_value& value = graph.input(operation, 0);
    if (operation.operation == "Relu6") {
        clip(graph, operation, value, 0, 6);
        return true;
    }
    graph_node made{"", ""};
    for (const auto& [type, kind] : names)
        if (operation.operation == type)
            made.kind = kind;
    if (made.kind.empty())
        return false;
    if (made.kind == "leaky_relu")
        made.attributes["slope"] = operation.number("alpha", 0.2);
    graph.apply(operation, value, std::move(made));
    return true;
}

/// What is fused with a product: a bias, then an activation. `first` is the input that is the first argument
/// of them.
inline void apply_fused(tensorflow_builder& graph, const tensorflow_node& operation,
                        const tensorflow_value& input, graph_node made, std::size_t first) {
    std::vector<std::string> rest = operation.fused;
    made.attributes["bias"] = 0.0;
    if (!rest.empty() && rest.front() == "BiasAdd") {
        const tensorflow_constant* const bias = graph.constant(operation, first++);
        if (bias == nullptr)
            return;
        made.attributes["bias"] = 1.0;
        made.weights.emplace_back("bias", tensor{{bias->data.numbers.size()}, bias->data.numbers});
        rest.erase(rest.begin());
    }
    const auto number = graph.add(operation, std::move(made), {input.node});
    if (!number)
        return;
    tensorflow_node one = operation; // each result takes the place of the one before
    graph.set_node(one, input, *number);
    for (const std::string& each : rest) {
        one.operation = each;
        one.inputs = {operation.name};
        if (each == "Prelu" && first < operation.inputs.size())
            one.inputs.push_back(operation.inputs[first++]);
        if (each == "LeakyRelu")
            one.attributes["alpha"] = operation.number("leakyrelu_alpha", 0.2);
        if (!read_activation(graph, one))
            return graph.add_problem(operation, internal::concatenate("fused with ", each));
        if (const tensorflow_value* const made_so = graph.find(operation.name); !made_so->is_known)
            return;
    }
}

/// scale x + offset. One line behind another is one line, relu6(x + 3) / 6 a hard sigmoid.
inline void rescale(tensorflow_builder& graph, const tensorflow_node& operation, tensorflow_value value,
                    double scale, double offset) {
    if (auto made = line_node(graph, value.node, scale, offset, !graph.is_shared(value.node)))
        graph.apply(operation, value, std::move(*made));
    else
        graph.set(operation, std::move(value));
}

/// Whether a node is a product whose numbers may change: nothing else reads it.
inline bool is_open_product(tensorflow_builder& graph, std::size_t number) {
    return is_product(graph.node(number)) && !graph.is_shared(number);
}

/// Makes a number for each channel the bias of the product that a node is, or of one that a sum adds up.
/// False where there is none.
inline bool add_bias(tensorflow_builder& graph, std::size_t number, const std::vector<float>& numbers) {
    if (graph_node& node = graph.node(number); is_open_product(graph, number) && node.number("bias") == 0) {
        node.attributes["bias"] = 1.0;
        node.weights.emplace_back("bias", tensor{{numbers.size()}, numbers});
        return true;
    }
    if (graph.node(number).kind != "add" || graph.is_shared(number))
        return false;
    const std::vector<std::size_t> sources = graph.node(number).sources;
    return std::any_of(sources.begin(), sources.end(),
                       [&](std::size_t source) { return add_bias(graph, source, numbers); });
}

/// Multiplies what a product gives by a number for each channel, by means of its weights. False where the
/// node is none.
inline bool scale_product(tensorflow_builder& graph, std::size_t number, const std::vector<float>& numbers) {
    if (!is_open_product(graph, number))
        return false;
    graph_node& node = graph.node(number);
    // Channels are the last axis, but for a transposed one, where they are the last but one; those of a
    // depthwise one are both.
    const std::size_t inner = node.kind == "conv_transpose" ? node.weights.front().second.shape.back() : 1;
    for (auto& [name, weight] : node.weights)
        for (std::size_t i = 0; i < weight.numbers.size(); ++i)
            weight.numbers[i] *= numbers[i / (name == "bias" ? 1 : inner) % numbers.size()];
    return true;
}

/// Puts a scale or an offset for each channel behind a value.
inline void apply_channels(tensorflow_builder& graph, const tensorflow_node& operation,
                           const tensorflow_value& value, bool is_scale, std::vector<float> numbers) {
    if (is_scale ? scale_product(graph, value.node, numbers) : add_bias(graph, value.node, numbers))
        return graph.set(operation, value);
    graph.apply(operation, value, channel_line(std::move(numbers), is_scale));
}

} // namespace strata::bedrock::inline STRATA_SETTING::imports
