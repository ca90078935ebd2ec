// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/io/export/keras_options.hpp>
#include <strata/io/export/keras_recurrent.hpp>
#include <strata/io/export/keras_regularization.hpp>
#include <strata/io/export/keras_windows.hpp>
#include <strata/setting.hpp>

#include <cstddef>
#include <map>
#include <string>
#include <string_view>

namespace strata::bedrock::inline STRATA_SETTING::exports {

inline void write_activation(keras_translation& layers) {
    const layer_call& layer = layers.call;
    if (layer.name == "leaky_relu")
        layers.add("LeakyReLU") = {{"negative_slope", layer.number(0)}};
    else if (layer.name == "elu")
        layers.add("ELU") = {{"alpha", layer.number(0)}};
    else if (layer.name == "relu6")
        layers.add("ReLU") = {{"max_value", 6.0}, {"negative_slope", 0.0}, {"threshold", 0.0}};
    else if (layer.name == "softmax")
        layers.add("Softmax") = {{"axis", -1}};
    else if (layer.name == "axis_softmax")
        layers.add("Softmax") = {{"axis", keras_axis(layer.number(0))}};
    else if (layer.name == "log_softmax" && layer.number(0) == -1)
        layers.add("Activation") = {{"activation", "log_softmax"}};
    else if (const std::string_view word = activation_word(layer.name); !word.empty())
        layers.add("Activation") = {{"activation", word}};
    else
        layers.refuse("Keras has no such activation");
}
inline void write_prelu(keras_translation& layers) {
    const layer_call& layer = layers.call;
    const bool is_of_all = layer.has("shared::all");
    json axes;
    keras_extents shape(layers.input.size(), 1);
    for (std::size_t axis = 0; axis < layers.input.size(); ++axis)
        if (is_of_all || (layer.has("shared::places") && axis + 1 < layers.input.size()))
            axes.push_back(axis + 1);
        else
            shape[axis] = layers.input[axis];
    layers.add("PReLU") = {{"alpha_initializer", keras_object("keras.initializers", "Zeros", json::object())},
                           {"alpha_regularizer", nullptr},
                           {"alpha_constraint", nullptr},
                           {"shared_axes", axes}};
    layers.nodes.back().variables[0].shapes = {shape};
}
inline void write_dense(keras_translation& layers) {
    json& config = layers.add("Dense") = {{"units", layers.call.count(0)}, {"activation", "linear"}};
    add_kernel_options(config, layers.call);
}
inline void write_embedding(keras_translation& layers) {
    const layer_call& layer = layers.call;
    layers.add("Embedding") = {{"input_dim", layer.count(0)},
                               {"output_dim", layer.count(1)},
                               {"embeddings_initializer", initializer_config(layer, "RandomUniform")},
                               {"embeddings_regularizer", regularizer_config(layer)},
                               {"activity_regularizer", nullptr},
                               {"embeddings_constraint", nullptr},
                               {"mask_zero", layer.has("mask_zero")}};
}

inline void write_batch_norm(keras_translation& layers) {
    const layer_call& layer = layers.call;
    const layer_call* const momentum = layer.find("momentum");
    const layer_call* const epsilon = layer.find("epsilon");
    layers.add("BatchNormalization") = {{"axis", -1},
                                        {"momentum", momentum == nullptr ? 0.99 : momentum->number(0)},
                                        {"epsilon", epsilon == nullptr ? 1e-3 : epsilon->number(0)},
                                        {"center", !layer.has("no_center")},
                                        {"scale", !layer.has("no_scale")}};
}
inline void write_norm(keras_translation& layers) {
    const layer_call& layer = layers.call;
    const bool is_root = layer.name == "rms_norm";
    const layer_call* const epsilon = layer.find("epsilon");
    json config{{"axis", -1}, {"epsilon", epsilon == nullptr ? (is_root ? 1e-6 : 1e-3) : epsilon->number(0)}};
    if (const layer_call* const axes = layer.find("last_axes")) {
        config["axis"] = json::array();
        for (std::size_t axis = axes->count(0); axis > 0; --axis)
            config["axis"].push_back(-static_cast<int>(axis));
    }
    if (!is_root) {
        config["center"] = !layer.has("no_center");
        config["scale"] = !layer.has("no_scale");
    } else if (layer.has("no_scale"))
        layers.refuse("Keras's RMSNormalization has always a scale");
    const bool is_grouped = layer.name == "group_norm" || layer.name == "instance_norm";
    if (is_grouped)
        config["groups"] = layer.name == "group_norm" ? static_cast<int>(layer.count(0)) : -1;
    const std::string problem = layers.nodes.empty() ? "" : layers.nodes.back().problem;
    layers.nodes.clear();
    layers.add(is_root      ? "RMSNormalization"
               : is_grouped ? "GroupNormalization"
                            : "LayerNormalization") = config;
    layers.nodes.back().problem = problem;
}
inline void write_normalization(keras_translation& layers) {
    const bool is_of_all = layers.call.has("shared::all");
    json axis = -1;
    if (is_of_all)
        axis = nullptr;
    else if (layers.call.has("shared::none")) {
        axis = json::array();
        for (std::size_t i = 1; i <= layers.input.size(); ++i)
            axis.push_back(i);
    }
    layers.add("Normalization") = {
        {"axis", axis}, {"invert", false}, {"mean", nullptr}, {"variance", nullptr}};
    if (is_of_all)
        layers.nodes.back().variables[0].shapes = {{}, {}};
}

inline void write_shape(keras_translation& layers) {
    const layer_call& layer = layers.call;
    if (layer.name == "flatten")
        layers.add("Flatten") = {{"data_format", "channels_last"}};
    else if (layer.name == "reshape")
        layers.add("Reshape") = {{"target_shape", layers.output}};
    else if (layer.name == "repeat_vector")
        layers.add("RepeatVector") = {{"n", layer.count(0)}};
    else if (layer.name == "masking")
        layers.add("Masking") = {{"mask_value", layer.number(0)}};
    else if (layer.name == "rescaling")
        layers.add("Rescaling") = {{"scale", layer.number(0)}, {"offset", layer.number(1)}};
    else {
        json order = json::array();
        for (const layer_call& each : layer.arguments)
            order.push_back(static_cast<int>(each.number()) + 1);
        layers.add("Permute") = {{"dims", order}};
    }
}

inline void write_merge(keras_translation& layers) {
    static const std::map<std::string_view, const char*> classes{
        {"add", "Add"},         {"subtract", "Subtract"}, {"multiply", "Multiply"}, {"average", "Average"},
        {"maximum", "Maximum"}, {"minimum", "Minimum"},   {"concat", "Concatenate"}};
    const layer_call& layer = layers.call;
    const auto found = classes.find(layer.name);
    json& config = layers.add(found == classes.end() ? "Add" : found->second);
    if (layer.name == "concat")
        config["axis"] = keras_axis(layer.number(0, -1));
}
inline void write_dot(keras_translation& layers) {
    std::vector<int> axes;
    for (const layer_call& each : layers.call.arguments)
        if (each.name != "normalize")
            axes.push_back(keras_axis(each.number()));
    if (axes.empty())
        axes = {-1};
    if (axes.size() == 1)
        axes.push_back(axes[0]);
    layers.add("Dot") = {{"axes", axes}, {"normalize", layers.call.has("normalize")}};
}

using keras_writer = void (*)(keras_translation&);

/// What makes layers of Keras of each of this library's.
inline const std::map<std::string_view, keras_writer>& keras_writers() {
    static const std::map<std::string_view, keras_writer> all{
        {"dense", write_dense},
        {"conv", write_conv},
        {"depthwise_conv", write_depthwise},
        {"conv_transpose", write_conv_transpose},
        {"max_pool", write_pool},
        {"average_pool", write_pool},
        {"global_max_pool", write_global_pool},
        {"global_average_pool", write_global_pool},
        {"zero_pad", write_zero_pad},
        {"crop", write_crop},
        {"upsample", write_upsample},
        {"resize", write_resize},
        {"embedding", write_embedding},
        {"batch_norm", write_batch_norm},
        {"layer_norm", write_norm},
        {"group_norm", write_norm},
        {"instance_norm", write_norm},
        {"rms_norm", write_norm},
        {"normalization", write_normalization},
        {"prelu", write_prelu},
        {"dropout", write_dropout},
        {"spatial_dropout", write_dropout},
        {"gaussian_noise", write_dropout},
        {"gaussian_dropout", write_dropout},
        {"random_flip", write_augmentation},
        {"random_shift", write_augmentation},
        {"random_rotation", write_augmentation},
        {"random_zoom", write_augmentation},
        {"flatten", write_shape},
        {"reshape", write_shape},
        {"permute", write_shape},
        {"repeat_vector", write_shape},
        {"masking", write_shape},
        {"rescaling", write_shape},
        {"add", write_merge},
        {"subtract", write_merge},
        {"multiply", write_merge},
        {"average", write_merge},
        {"maximum", write_merge},
        {"minimum", write_merge},
        {"concat", write_merge},
        {"bedrock::residual_layer", write_merge},
        {"dot", write_dot},
        {"lstm", write_recurrent},
        {"gru", write_recurrent},
        {"simple_rnn", write_recurrent},
    };
    return all;
}

/// What a layer is in Keras: nodes in a row, of which one that Keras lacks says why.
inline keras_translation translate(const layer_call& layer, const keras_extents& input,
                                   const keras_extents& output) {
    keras_translation result(layer, input, output);
    const auto found = keras_writers().find(layer.name);
    if (found != keras_writers().end())
        found->second(result);
    else if (layer.name == "leaky_relu" || layer.name == "elu" || layer.name.ends_with("softmax") ||
             !activation_word(layer.name).empty())
        write_activation(result);
    else
        result.refuse("Keras has no such layer");
    result.nodes.back().output = output;
    return result;
}

} // namespace strata::bedrock::inline STRATA_SETTING::exports
