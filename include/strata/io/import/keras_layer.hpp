// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/expression/concatenate.hpp>
#include <strata/io/import/graph.hpp>
#include <strata/io/import/json.hpp>
#include <strata/io/import/weight_source.hpp>
#include <strata/setting.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING::imports {

/// One layer of a Keras model as its configuration has it.
struct keras_layer {
    std::string class_name;
    std::string name;
    const json* config = nullptr;
    std::size_t generation = 2; ///< Keras's major version, which decides what some words mean

    [[nodiscard]] const json* operator[](const char* key) const { return member(config, key); }
    [[nodiscard]] bool truth(const char* key, bool fallback) const {
        return truth_of(member(config, key), fallback);
    }
    [[nodiscard]] double number(const char* key, double fallback) const {
        return number_of(member(config, key), fallback);
    }
    [[nodiscard]] std::string text(const char* key, std::string_view fallback = {}) const {
        return text_of(member(config, key), fallback);
    }
};

/// A layer in strata's words: nodes in a row, the first of which reads what the layer reads, and the arrays
/// that each of them wants.
struct translation {
    std::vector<graph_node> nodes;
    std::vector<std::vector<weight_request>> wanted;

    graph_node& add(std::string kind, const std::string& name) {
        nodes.push_back({std::move(kind), name});
        wanted.emplace_back();
        return nodes.back();
    }
    /// An array of the last node, which is its next in a part of the layer.
    void want(const std::string& parameter, std::vector<std::string> names, const std::string& part = {},
              std::size_t index = none) {
        std::size_t number = 0;
        for (const auto& all : wanted)
            for (const weight_request& each : all)
                number += std::size_t{each.part == part};
        wanted.back().push_back({parameter, std::move(names), part, index == none ? number : index});
    }
    void want(const std::string& parameter) { want(parameter, {parameter}); }

    static constexpr std::size_t none = static_cast<std::size_t>(-1);
};

/// The name of an activation, which Keras writes as a text or as an object that holds it.
inline std::string activation_name(const json* value) {
    if (value == nullptr)
        return "linear";
    if (value->is_object()) {
        const std::string inner = text_of(member(value, "config"));
        return inner.empty() ? text_of(member(value, "class_name"), "linear") : inner;
    }
    return text_of(value, "linear");
}

/// Adds the function of that name behind what is there; `linear` adds nothing.
inline void add_activation(translation& layers, const std::string& function, const keras_layer& layer) {
    if (function == "linear")
        return;
    const auto is = [&](std::string_view one, std::string_view other = {}) {
        return function == one || (!other.empty() && function == other);
    };
    graph_node& added = layers.add(function, layer.name);
    if (is("swish"))
        added.kind = "silu";
    else if (is("relu6")) {
        added.kind = "clipped";
        added.attributes = {{"low", 0.0}, {"high", 6.0}};
    } else if (is("elu"))
        added.attributes = {{"alpha", 1.0}};
    else if (is("leaky_relu"))
        added.attributes = {{"slope", 0.2}};
    else if (is("hard_sigmoid") && layer.generation > 2)
        added.attributes = {{"slope", 1.0 / 6}};
    else if (is("hard_sigmoid"))
        added.attributes = {{"slope", 0.2}};
    else if (is("hard_silu", "hard_swish"))
        added.kind = "hard_silu";
    else if (is("softmax") || is("log_softmax"))
        added.attributes = {{"axis", -1.0}};
}

/// `padding` of a window, and whether its channels are last.
inline void add_window(graph_node& node, const keras_layer& layer, const char* size, const char* stride) {
    if (size != nullptr)
        node.attributes["size"] = numbers_of(layer[size]);
    const std::vector<double> strides = numbers_of(layer[stride]);
    node.attributes["stride"] = strides.empty() ? numbers_of(layer[size]) : strides;
    const std::string padding = layer.text("padding", "valid");
    node.attributes["padding"] = padding;
    if (layer.text("data_format", "channels_last") == "channels_first")
        node.hint = "channels first: save the model with channels last";
}

/// `size`, `strides` and `dilation_rate` of a convolution.
inline void add_convolution(translation& layers, graph_node& node, const keras_layer& layer,
                            std::vector<std::string> kernel_names) {
    add_window(node, layer, "kernel_size", "strides");
    const std::vector<double> dilation = numbers_of(layer["dilation_rate"]);
    if (!dilation.empty())
        node.attributes["dilation"] = dilation;
    node.attributes["groups"] = layer.number("groups", 1);
    const std::string parameter = kernel_names.front();
    layers.want(parameter, std::move(kernel_names));
    const bool has_bias = layer.truth("use_bias", true);
    node.attributes["bias"] = has_bias ? 1.0 : 0.0;
    if (has_bias)
        layers.want("bias");
    add_activation(layers, activation_name(layer["activation"]), layer);
}

} // namespace strata::bedrock::inline STRATA_SETTING::imports
