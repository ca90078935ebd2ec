// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/io/import/json.hpp>
#include <strata/io/import/keras_activations.hpp>
#include <strata/io/import/keras_layer.hpp>
#include <strata/io/import/keras_names.hpp>
#include <strata/setting.hpp>

#include <cmath>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING::imports {

inline void translate_dense(translation& layers, const keras_layer& layer) {
    graph_node& node = layers.add("dense", layer.name);
    node.attributes = {{"units", layer.number("units", 0)}, {"bias", flag(layer.truth("use_bias", true))}};
    layers.want("kernel");
    if (layer.truth("use_bias", true))
        layers.want("bias");
    add_activation(layers, layer);
}

inline void translate_embedding(translation& layers, const keras_layer& layer) {
    graph_node& node = layers.add("embedding", layer.name);
    node.attributes = {{"vocabulary", layer.number("input_dim", 0)},
                       {"width", layer.number("output_dim", 0)},
                       {"mask_zero", flag(layer.truth("mask_zero", false))}};
    layers.want("embeddings");
}

inline void translate_masking(translation& layers, const keras_layer& layer) {
    layers.add("masking", layer.name).attributes["value"] = layer.number("mask_value", 0);
}

inline void translate_flatten(translation& layers, const keras_layer& layer) {
    graph_node& node = layers.add("flatten", layer.name);
    if (layer.text("data_format", "channels_last") == "channels_first")
        node.attributes["channels_first"] = 1.0;
}
inline void translate_reshape(translation& layers, const keras_layer& layer) {
    layers.add("reshape", layer.name).attributes["target"] = numbers_of(layer["target_shape"]);
}
inline void translate_permute(translation& layers, const keras_layer& layer) {
    layers.add("permute", layer.name).attributes["order"] = numbers_of(layer["dims"]);
}
inline void translate_repeat_vector(translation& layers, const keras_layer& layer) {
    layers.add("repeat_vector", layer.name).attributes["times"] = layer.number("n", 0);
}

/// Add, Subtract and the like, whose names are strata's.
inline void translate_merge(translation& layers, const keras_layer& layer) {
    graph_node& node = layers.add(snake_case(layer.class_name), layer.name);
    node.unites_masks = layer.generation > 2;
    if (layer.values < 2)
        node.hint = "with a number in the place of a value";
}
inline void translate_concatenation(translation& layers, const keras_layer& layer) {
    // Keras counts the axis of the batch.
    const double axis = layer.number("axis", -1);
    graph_node& node = layers.add("concat", layer.name);
    node.unites_masks = layer.generation > 2;
    node.attributes["axis"] = axis > 0 ? axis - 1 : axis;
    if (axis == 0)
        node.hint = "it joins samples";
}

/// Dot products. Keras counts the axis of the batch.
inline void translate_dot(translation& layers, const keras_layer& layer) {
    graph_node& node = layers.add("dot", layer.name);
    std::vector<double> axes = numbers_of(layer["axes"]);
    if (axes.size() == 1)
        axes.push_back(axes.front());
    for (double& axis : axes)
        if (axis >= 0)
            axis = axis == 0 ? std::nan("") : axis - 1;
    node.attributes = {{"axes", axes}, {"normalize", flag(layer.truth("normalize", false))}};
}

/// Code in Python that a file may hold, which nobody here runs.
inline void translate_lambda(translation& layers, const keras_layer& layer) {
    layers.add("Lambda", layer.name).hint = "a function in Python: write it as a layer of strata";
}

inline constexpr keras_entry keras_core[] = {
    {"Dense", translate_dense},
    {"Embedding", translate_embedding},
    {"Masking", translate_masking},
    {"Flatten", translate_flatten},
    {"Reshape", translate_reshape},
    {"Permute", translate_permute},
    {"RepeatVector", translate_repeat_vector},
    {"Add", translate_merge},
    {"Subtract", translate_merge},
    {"Multiply", translate_merge},
    {"Average", translate_merge},
    {"Maximum", translate_merge},
    {"Minimum", translate_merge},
    {"Concatenate", translate_concatenation},
    {"Dot", translate_dot},
    {"Lambda", translate_lambda},
};

} // namespace strata::bedrock::inline STRATA_SETTING::imports
