// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/io/import/json.hpp>
#include <strata/io/import/keras_layer.hpp>
#include <strata/setting.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING::imports {

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
    else if (is("celu"))
        added.attributes = {{"alpha", 1.0}};
    else if (is("hard_tanh")) {
        added.kind = "clipped";
        added.attributes = {{"low", -1.0}, {"high", 1.0}};
    } else if (is("hard_shrink")) {
        added.kind = "shrink";
        added.attributes = {{"limit", 0.5}, {"bias", 0.0}};
    } else if (is("soft_shrink")) {
        added.kind = "shrink";
        added.attributes = {{"limit", 0.5}, {"bias", 0.5}};
    } else if (is("threshold")) {
        added.kind = "thresholded_relu";
        added.attributes = {{"threshold", 0.0}};
    }
}

/// x above the threshold, at most `max_value`, and slope (x - threshold) below.
inline void add_thresholded(translation& layers, const keras_layer& layer, double threshold, double slope) {
    graph_node& node = layers.add("thresholded_relu", layer.name);
    node.attributes = {{"threshold", threshold}, {"slope", slope}};
    if (layer["max_value"] != nullptr)
        node.attributes["high"] = layer.number("max_value", 0);
}

inline void translate_relu(translation& layers, const keras_layer& layer) {
    const bool is_open = layer["max_value"] == nullptr;
    const double slope = layer.number("negative_slope", 0);
    const double threshold = layer.number("threshold", 0);
    if (is_open && slope == 0 && threshold == 0)
        layers.add("relu", layer.name);
    else if (is_open && threshold == 0)
        layers.add("leaky_relu", layer.name).attributes["slope"] = slope;
    else if (slope == 0 && threshold == 0)
        layers.add("clipped", layer.name).attributes = {{"low", 0.0}, {"high", layer.number("max_value", 0)}};
    else
        add_thresholded(layers, layer, threshold, slope);
}
inline void translate_thresholded_relu(translation& layers, const keras_layer& layer) {
    add_thresholded(layers, layer, layer.number("theta", 1), 0);
}

inline void translate_leaky_relu(translation& layers, const keras_layer& layer) {
    layers.add("leaky_relu", layer.name).attributes["slope"] =
        layer.number("negative_slope", layer.number("alpha", 0.3));
}

inline void translate_elu(translation& layers, const keras_layer& layer) {
    layers.add("elu", layer.name).attributes["alpha"] = layer.number("alpha", 1);
}

inline void translate_prelu(translation& layers, const keras_layer& layer) {
    layers.add("prelu", layer.name).attributes["shared_axes"] = numbers_of(layer["shared_axes"]);
    layers.want("alpha");
}

inline void translate_softmax(translation& layers, const keras_layer& layer) {
    const std::vector<double> axis = axes_of(layer);
    graph_node& node = layers.add("softmax", layer.name);
    node.attributes["axis"] = axis.front();
    if (axis.size() > 1)
        node.hint = "over several axes";
}

/// Activations that are layers.
inline constexpr keras_entry activation_layers[] = {
    {"ReLU", translate_relu},       {"LeakyReLU", translate_leaky_relu},
    {"ELU", translate_elu},         {"PReLU", translate_prelu},
    {"Softmax", translate_softmax}, {"ThresholdedReLU", translate_thresholded_relu},
};

/// Adds the activation that a layer says, by name or as a layer with a configuration.
inline void add_activation(translation& layers, const keras_layer& layer) {
    const json* const given = layer["activation"];
    const json* const config = member(given, "config");
    if (config != nullptr && config->is_object()) {
        keras_layer inner = layer;
        inner.class_name = text_of(member(given, "class_name"));
        inner.config = config;
        for (const keras_entry& each : activation_layers)
            if (each.class_name == inner.class_name)
                return each.translate(layers, inner);
    }
    add_activation(layers, activation_name(given), layer);
}

inline void translate_activation(translation& layers, const keras_layer& layer) {
    add_activation(layers, layer);
    if (layers.nodes.empty())
        layers.add("linear", layer.name);
}

inline constexpr keras_entry keras_activations[] = {{"Activation", translate_activation}};

} // namespace strata::bedrock::inline STRATA_SETTING::imports
