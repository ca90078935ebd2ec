// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/io/import/json.hpp>
#include <strata/io/import/keras_layer.hpp>
#include <strata/setting.hpp>

#include <vector>

namespace strata::bedrock::inline STRATA_SETTING::imports {

inline void translate_batch_norm(translation& layers, const keras_layer& layer) {
    graph_node& node = layers.add("batch_norm", layer.name);
    node.attributes = {{"epsilon", layer.number("epsilon", 1e-3)},
                       {"momentum", layer.number("momentum", 0.99)},
                       {"scale", flag(layer.truth("scale", true))},
                       {"center", flag(layer.truth("center", true))},
                       {"axis", axes_of(layer)}};
    if (node.number("scale") != 0)
        layers.want("gamma");
    if (node.number("center") != 0)
        layers.want("beta");
    layers.want("moving_mean");
    layers.want("moving_variance");
}

inline void add_row_norm(translation& layers, const keras_layer& layer, const char* kind) {
    graph_node& node = layers.add(kind, layer.name);
    node.attributes = {{"epsilon", layer.number("epsilon", 1e-3)},
                       {"scale", flag(layer.truth("scale", true))},
                       {"center", flag(layer.truth("center", true))},
                       {"axis", axes_of(layer)}};
    if (node.kind == "group_norm")
        node.attributes["groups"] = layer.number("groups", 32);
    if (layer.truth("rms_scaling", false))
        node.hint = "rms_scaling";
    if (node.number("scale") != 0)
        layers.want("gamma");
    if (node.number("center") != 0)
        layers.want("beta");
}

/// Normalization: statistics are weights, or stand in the configuration.
inline void translate_normalization(translation& layers, const keras_layer& layer) {
    graph_node& node = layers.add("normalization", layer.name);
    node.attributes = {{"axis", axes_of(layer)}, {"invert", flag(layer.truth("invert", false))}};
    for (const char* const each : {"mean", "variance"}) {
        const std::vector<double> given = numbers_of(layer[each]);
        if (given.empty())
            layers.want(each);
        else
            node.weights.emplace_back(each, tensor{{given.size()}, {given.begin(), given.end()}});
    }
}

inline void translate_layer_norm(translation& layers, const keras_layer& layer) {
    add_row_norm(layers, layer, "layer_norm");
}
inline void translate_group_norm(translation& layers, const keras_layer& layer) {
    const bool is_each = layer.number("groups", 32) == -1; // each channel by itself
    add_row_norm(layers, layer, is_each ? "instance_norm" : "group_norm");
}

inline void translate_rms_norm(translation& layers, const keras_layer& layer) {
    layers.add("rms_norm", layer.name).attributes = {{"epsilon", layer.number("epsilon", 1e-6)},
                                                     {"axis", axes_of(layer)}};
    layers.want("gamma", {"scale"});
}

inline void translate_rescaling(translation& layers, const keras_layer& layer) {
    graph_node& node = layers.add("rescaling", layer.name);
    node.attributes["scale"] = numbers_of(layer["scale"]);
    node.attributes["offset"] = numbers_of(layer["offset"]);
}

inline constexpr keras_entry keras_normalizations[] = {
    {"BatchNormalization", translate_batch_norm}, {"SyncBatchNormalization", translate_batch_norm},
    {"LayerNormalization", translate_layer_norm}, {"GroupNormalization", translate_group_norm},
    {"RMSNormalization", translate_rms_norm},     {"Normalization", translate_normalization},
    {"Rescaling", translate_rescaling},
};

} // namespace strata::bedrock::inline STRATA_SETTING::imports
