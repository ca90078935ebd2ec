// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/expression/concatenate.hpp>
#include <strata/io/import/keras_layer.hpp>
#include <strata/io/import/keras_names.hpp>
#include <strata/io/import/keras_recurrent.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING::imports {

/// The name of a class without its number of axes, "Conv" of "Conv2DTranspose", and what stands behind it.
inline std::pair<std::string, std::string> split_axes(const std::string& name) {
    for (const char* const axes : {"1D", "2D", "3D"})
        if (const std::size_t place = name.find(axes); place != name.npos)
            return {name.substr(0, place), name.substr(place + 2)};
    return {name, ""};
}

/// Two numbers an axis, or one for both ends of it, or one for all: of ZeroPadding and Cropping.
inline void add_margins(graph_node& node, const keras_layer& layer, const char* key) {
    std::vector<double> begin;
    std::vector<double> end;
    const json* const value = layer[key];
    if (value != nullptr && value->is_array() && layer.class_name.find("1D") != std::string::npos) {
        const std::vector<double> both = numbers_of(value);
        begin = {both.empty() ? 0 : both.front()};
        end = {both.empty() ? 0 : both.back()};
    } else if (value != nullptr && value->is_array())
        for (const json& axis : *value) {
            const std::vector<double> both = numbers_of(&axis);
            begin.push_back(both.empty() ? 0 : both.front());
            end.push_back(both.empty() ? 0 : both.back());
        }
    else
        begin = end = numbers_of(value);
    node.attributes["begin"] = begin;
    node.attributes["end"] = end;
    if (layer.text("data_format", "channels_last") == "channels_first")
        node.hint = "channels first: save the model with channels last";
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
        layers.add("ReLU", layer.name).attributes = attributes_of(layer.config);
}

inline void translate_embedding(translation& layers, const keras_layer& layer) {
    graph_node& node = layers.add("embedding", layer.name);
    node.attributes = {{"vocabulary", layer.number("input_dim", 0)},
                       {"width", layer.number("output_dim", 0)},
                       {"mask_zero", layer.truth("mask_zero", false) ? 1.0 : 0.0}};
    layers.want("embeddings");
}

inline void translate_batch_norm(translation& layers, const keras_layer& layer) {
    graph_node& node = layers.add("batch_norm", layer.name);
    const std::vector<double> axis = numbers_of(layer["axis"]);
    node.attributes = {{"epsilon", layer.number("epsilon", 1e-3)},
                       {"momentum", layer.number("momentum", 0.99)},
                       {"scale", layer.truth("scale", true) ? 1.0 : 0.0},
                       {"center", layer.truth("center", true) ? 1.0 : 0.0},
                       {"axis", axis.empty() ? std::vector<double>{-1} : axis}};
    if (node.number("scale") != 0)
        layers.want("gamma");
    if (node.number("center") != 0)
        layers.want("beta");
    layers.want("moving_mean");
    layers.want("moving_variance");
}

inline void translate_row_norm(translation& layers, const keras_layer& layer, const char* kind) {
    graph_node& node = layers.add(kind, layer.name);
    const std::vector<double> axis = numbers_of(layer["axis"]);
    node.attributes = {{"epsilon", layer.number("epsilon", 1e-3)},
                       {"scale", layer.truth("scale", true) ? 1.0 : 0.0},
                       {"center", layer.truth("center", true) ? 1.0 : 0.0},
                       {"axis", axis.empty() ? std::vector<double>{-1} : axis}};
    if (layer["groups"] != nullptr)
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
    const std::vector<double> axis = numbers_of(layer["axis"]);
    node.attributes = {{"axis", axis.empty() ? std::vector<double>{-1} : axis},
                       {"invert", layer.truth("invert", false) ? 1.0 : 0.0}};
    for (const char* const each : {"mean", "variance"}) {
        const std::vector<double> given = numbers_of(layer[each]);
        if (given.empty())
            layers.want(each);
        else
            node.weights.emplace_back(each, tensor{{given.size()}, {given.begin(), given.end()}});
    }
}

/// What one of Keras's layers is in strata. A class that nobody knows keeps its name as its kind.
inline translation translate(const keras_layer& layer) {
    translation result;
    const auto& name = layer.name;
    const auto [stem, rest] = split_axes(layer.class_name);
    const auto is = [&](std::string_view one) { return layer.class_name == one; };
    const auto plain = [&](const char* kind) -> graph_node& { return result.add(kind, name); };

    if (is("Dense")) {
        graph_node& node = plain("dense");
        node.attributes["units"] = layer.number("units", 0);
        node.attributes["bias"] = layer.truth("use_bias", true) ? 1.0 : 0.0;
        result.want("kernel");
        if (layer.truth("use_bias", true))
            result.want("bias");
        add_activation(result, activation_name(layer["activation"]), layer);
    } else if (stem == "Conv" && rest.empty()) {
        graph_node& node = plain("conv");
        node.attributes["filters"] = layer.number("filters", 0);
        add_convolution(result, node, layer, {"kernel"});
    } else if (stem == "Conv" && rest == "Transpose") {
        graph_node& node = plain("conv_transpose");
        node.attributes["filters"] = layer.number("filters", 0);
        if (layer["output_padding"] != nullptr)
            node.attributes["output_padding"] = numbers_of(layer["output_padding"]);
        add_convolution(result, node, layer, {"kernel"});
    } else if (stem == "DepthwiseConv") {
        graph_node& node = plain("depthwise_conv");
        node.attributes["depth_multiplier"] = layer.number("depth_multiplier", 1);
        add_convolution(result, node, layer, {"depthwise_kernel", "kernel"});
    } else if (stem == "SeparableConv") {
        graph_node& inner = plain("depthwise_conv");
        inner.attributes = {{"depth_multiplier", layer.number("depth_multiplier", 1)}, {"bias", 0.0}};
        add_window(inner, layer, "kernel_size", "strides");
        if (const auto dilation = numbers_of(layer["dilation_rate"]); !dilation.empty())
            inner.attributes["dilation"] = dilation;
        result.want("depthwise_kernel");
        graph_node& outer = plain("conv");
        outer.attributes = {{"filters", layer.number("filters", 0)},
                            {"size", std::vector<double>{1}},
                            {"padding", std::string("valid")},
                            {"bias", layer.truth("use_bias", true) ? 1.0 : 0.0}};
        result.want("kernel", {"pointwise_kernel"}, "", 1);
        if (layer.truth("use_bias", true))
            result.want("bias", {"bias"}, "", 2);
        add_activation(result, activation_name(layer["activation"]), layer);
    } else if (stem == "MaxPooling" || stem == "MaxPool")
        add_window(plain("max_pool"), layer, "pool_size", "strides");
    else if (stem == "AveragePooling" || stem == "AvgPool")
        add_window(plain("average_pool"), layer, "pool_size", "strides");
    else if (stem == "GlobalMaxPooling" || stem == "GlobalMaxPool" || stem == "GlobalAveragePooling" ||
             stem == "GlobalAvgPool") {
        graph_node& node = plain(stem.starts_with("GlobalMax") ? "global_max_pool" : "global_average_pool");
        node.attributes["keepdims"] = layer.truth("keepdims", false) ? 1.0 : 0.0;
        if (layer.text("data_format", "channels_last") == "channels_first")
            node.hint = "channels first: save the model with channels last";
    } else if (stem == "ZeroPadding")
        add_margins(plain("zero_pad"), layer, "padding");
    else if (stem == "Cropping")
        add_margins(plain("crop"), layer, "cropping");
    else if (stem == "UpSampling") {
        graph_node& node = plain("upsample");
        node.attributes["size"] = numbers_of(layer["size"]);
        node.attributes["interpolation"] = layer.text("interpolation", "nearest");
        if (layer.text("data_format", "channels_last") == "channels_first")
            node.hint = "channels first: save the model with channels last";
    } else if (is("BatchNormalization") || is("SyncBatchNormalization"))
        translate_batch_norm(result, layer);
    else if (is("LayerNormalization"))
        translate_row_norm(result, layer, "layer_norm");
    else if (is("GroupNormalization"))
        translate_row_norm(result, layer, "group_norm");
    else if (is("Normalization"))
        translate_normalization(result, layer);
    else if (is("Rescaling")) {
        graph_node& node = plain("rescaling");
        node.attributes["scale"] = numbers_of(layer["scale"]);
        node.attributes["offset"] = numbers_of(layer["offset"]);
    } else if (is("Resizing")) {
        graph_node& node = plain("resizing");
        node.attributes = attributes_of(layer.config);
        node.attributes["size"] = std::vector<double>{layer.number("height", 0), layer.number("width", 0)};
    } else if (is("Embedding"))
        translate_embedding(result, layer);
    else if (is_recurrent(layer.class_name))
        translate_recurrent(result, layer);
    else if (is("Bidirectional"))
        translate_bidirectional(result, layer);
    else if (is("Masking"))
        plain("masking").attributes["value"] = layer.number("mask_value", 0);
    else if (is("Flatten"))
        plain("flatten");
    else if (is("Reshape"))
        plain("reshape").attributes["target"] = numbers_of(layer["target_shape"]);
    else if (is("Permute"))
        plain("permute").attributes["order"] = numbers_of(layer["dims"]);
    else if (is("RepeatVector"))
        plain("repeat_vector").attributes["times"] = layer.number("n", 0);
    else if (is("Activation")) {
        add_activation(result, activation_name(layer["activation"]), layer);
        if (result.nodes.empty())
            plain("linear");
    } else if (is("ReLU"))
        translate_relu(result, layer);
    else if (is("LeakyReLU"))
        plain("leaky_relu").attributes["slope"] = layer.number("negative_slope", layer.number("alpha", 0.3));
    else if (is("ELU"))
        plain("elu").attributes["alpha"] = layer.number("alpha", 1);
    else if (is("PReLU")) {
        plain("prelu").attributes["shared_axes"] = numbers_of(layer["shared_axes"]);
        result.want("alpha");
    } else if (is("Softmax")) {
        const std::vector<double> axis = numbers_of(layer["axis"]);
        plain("softmax").attributes["axis"] = axis.size() == 1 ? axis.front() : -1.0;
    } else if (is("Add") || is("Subtract") || is("Multiply") || is("Average") || is("Maximum") ||
               is("Minimum"))
        plain(snake_case(layer.class_name).c_str());
    else if (is("Concatenate")) {
        // Keras counts the axis of the batch.
        const double axis = layer.number("axis", -1);
        graph_node& node = plain("concat");
        node.attributes["axis"] = axis > 0 ? axis - 1 : axis;
        if (axis == 0)
            node.hint = "it joins samples";
    } else if (is("Dropout"))
        plain("dropout").attributes["rate"] = layer.number("rate", 0);
    else if (stem == "SpatialDropout")
        plain("spatial_dropout").attributes["rate"] = layer.number("rate", 0);
    else if (is("GaussianDropout"))
        plain("gaussian_dropout").attributes["rate"] = layer.number("rate", 0);
    else if (is("GaussianNoise"))
        plain("gaussian_noise").attributes["rate"] = layer.number("stddev", 0);
    else if (is("ActivityRegularization") || is("AlphaDropout") || layer.class_name.starts_with("Random"))
        plain("training_only").attributes = attributes_of(layer.config);
    else {
        graph_node& node = plain(layer.class_name.c_str());
        node.attributes = attributes_of(layer.config);
    }
    if (is("RandomFlip")) {
        result.nodes.back().kind = "random_flip";
        result.nodes.back().attributes = {{"mode", layer.text("mode", "horizontal_and_vertical")}};
    } else if (is("RandomRotation")) {
        result.nodes.back().kind = "random_rotation";
        result.nodes.back().attributes = {{"factor", numbers_of(layer["factor"])},
                                          {"fill", layer.text("fill_mode", "reflect")},
                                          {"interpolation", layer.text("interpolation", "bilinear")}};
    }
    return result;
}

} // namespace strata::bedrock::inline STRATA_SETTING::imports
