// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/io/export/keras_options.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

namespace strata::bedrock::inline STRATA_SETTING::exports {

/// `margins{{1, 0}, {2, 1}}`, `spatial{1, 2}` or `1`: the numbers before and behind each axis.
struct margin_numbers {
    keras_extents begin;
    keras_extents end;
};
inline margin_numbers margins_of(const layer_call& written, std::size_t axes) {
    if (written.name == "margins")
        return {written.arguments.at(0).numbers(axes), written.arguments.at(1).numbers(axes)};
    return {written.numbers(axes), written.numbers(axes)};
}
inline json margins_config(const margin_numbers& margins) {
    json result = json::array();
    for (std::size_t axis = 0; axis < margins.begin.size(); ++axis)
        result.push_back({margins.begin[axis], margins.end[axis]});
    return margins.begin.size() == 1 ? result[0] : result;
}

inline void add_zeros(keras_translation& layers, const margin_numbers& margins) {
    layers.add(layers.with_axes("ZeroPaddingND")) = {{"padding", margins_config(margins)},
                                                     {"data_format", "channels_last"}};
    if (layers.axes() == 1)
        layers.nodes.back().config.erase("data_format");
    keras_extents& output = layers.nodes.back().output = layers.input;
    for (std::size_t axis = 0; axis < layers.axes(); ++axis)
        output[axis] += margins.begin[axis] + margins.end[axis];
}

/// The padding of a window as Keras has it: a word, with zeros in a layer before it where numbers are given.
inline std::string window_padding(keras_translation& layers) {
    const layer_call& layer = layers.call;
    if (layer.has("same"))
        return "same";
    if (const layer_call* const given = layer.find("padding"))
        add_zeros(layers, margins_of(given->arguments.at(0), layers.axes()));
    return "valid";
}

/// `strides` and the like of convolutions, into the configuration of the layer that is added.
inline json& add_convolution(keras_translation& layers, std::string class_name, const layer_call& kernel,
                             const std::string& kernel_name) {
    const layer_call& layer = layers.call;
    const std::size_t axes = layers.axes();
    const keras_extents size = kernel.numbers(axes);
    const keras_extents stride = layer.option("stride", axes, 1);
    const keras_extents dilation = layer.option("dilation", axes, 1);
    std::string padding = "valid";
    if (layer.has("causal") && class_name.starts_with("Depthwise"))
        add_zeros(layers, {{(size[0] - 1) * dilation[0]}, {0}});
    else if (layer.has("causal"))
        padding = "causal";
    else if (!class_name.ends_with("Transpose"))
        padding = window_padding(layers);
    else if (layer.has("same"))
        padding = "same";
    json& config = layers.add(layers.with_axes(std::move(class_name)));
    config["kernel_size"] = size;
    config["strides"] = stride;
    config["padding"] = padding;
    config["data_format"] = "channels_last";
    config["dilation_rate"] = dilation;
    config["activation"] = "linear";
    add_kernel_options(config, layer, kernel_name);
    if (layer.has("same_lower"))
        layers.refuse("Keras pads the odd place behind, never before: `same`");
    const auto is_above_one = [](std::size_t each) { return each > 1; };
    if (std::any_of(stride.begin(), stride.end(), is_above_one) &&
        std::any_of(dilation.begin(), dilation.end(), is_above_one))
        layers.refuse("Keras's convolutions have a stride or a dilation, not both");
    return config;
}

inline void write_conv(keras_translation& layers) {
    json& config = add_convolution(layers, "ConvND", layers.call.arguments.at(1), "kernel");
    config["filters"] = layers.call.count(0);
    const layer_call* const groups = layers.call.find("groups");
    config["groups"] = groups == nullptr ? 1 : groups->count(0);
}

inline void write_depthwise(keras_translation& layers) {
    json& config = add_convolution(layers, "DepthwiseConvND", layers.call.arguments.at(0), "depthwise");
    const layer_call* const multiplier = layers.call.find("depth_multiplier");
    config["depth_multiplier"] = multiplier == nullptr ? 1 : multiplier->count(0);
    if (layers.axes() > 2)
        layers.refuse("Keras has depthwise convolutions along one axis and two");
}

/// Keras's results are as large as `valid`, of which a padding cuts places off.
inline void write_conv_transpose(keras_translation& layers) {
    const layer_call& layer = layers.call;
    const std::size_t axes = layers.axes();
    json& config = add_convolution(layers, "ConvNDTranspose", layer.arguments.at(1), "kernel");
    config["filters"] = layer.count(0);
    config["output_padding"] = nullptr;
    if (const layer_call* const groups = layer.find("groups"); groups != nullptr && groups->count(0) > 1)
        layers.refuse("Keras's transposed convolutions have one group");
    if (layer.has("same") && !layer.has("output_padding"))
        return;
    const keras_extents size = layer.arguments[1].numbers(axes);
    const keras_extents stride = layer.option("stride", axes, 1);
    const keras_extents dilation = layer.option("dilation", axes, 1);
    margin_numbers cut{keras_extents(axes), keras_extents(axes)};
    if (const layer_call* const given = layer.find("padding"))
        cut = margins_of(given->arguments.at(0), axes);
    keras_extents made = layers.output;
    bool is_cut = false;
    for (std::size_t axis = 0; axis < axes; ++axis) {
        const std::size_t extent = (size[axis] - 1) * dilation[axis] + 1;
        made[axis] = (layers.input[axis] - 1) * stride[axis] + std::max(extent, stride[axis]);
        if (made[axis] < layers.output[axis] + cut.begin[axis])
            return layers.refuse("Keras's layer makes fewer places than its output padding asks for");
        cut.end[axis] = made[axis] - layers.output[axis] - cut.begin[axis];
        is_cut = is_cut || cut.begin[axis] + cut.end[axis] > 0;
    }
    layers.nodes.back().output = made;
    if (is_cut)
        layers.add(layers.with_axes("CroppingND")) = {{"cropping", margins_config(cut)}};
}

inline void write_pool(keras_translation& layers) {
    const layer_call& layer = layers.call;
    const std::size_t axes = layers.axes();
    const bool is_maximum = layer.name == "max_pool";
    const bool is_padded = layer.has("padding");
    std::string padding = layer.has("same") ? "same" : "valid";
    if (is_padded && !is_maximum && layer.has("count_padding"))
        padding = window_padding(layers);
    json& config = layers.add(layers.with_axes(is_maximum ? "MaxPoolingND" : "AveragePoolingND"));
    config["pool_size"] = layer.arguments.at(0).numbers(axes);
    const layer_call* const stride = layer.find("stride");
    config["strides"] = stride == nullptr ? config["pool_size"] : json(stride->arguments.at(0).numbers(axes));
    config["padding"] = padding;
    config["data_format"] = "channels_last";
    if (is_padded && !layer.has("count_padding"))
        layers.refuse("Keras's poolings have no padding but `same`");
    if (padding == "same" && !is_maximum && layer.has("count_padding"))
        layers.refuse("Keras's poolings do not count the padding of `same`");
    for (const std::string_view each : {"dilation", "ceil_mode", "same_lower"})
        if (layer.has(each))
            layers.refuse(internal::concatenate("Keras's poolings have no ", each));
}
inline void write_global_pool(keras_translation& layers) {
    layers.add(layers.with_axes(layers.call.name == "global_max_pool" ? "GlobalMaxPoolingND"
                                                                      : "GlobalAveragePoolingND")) = {
        {"data_format", "channels_last"}, {"keepdims", false}};
}

inline void write_zero_pad(keras_translation& layers) {
    add_zeros(layers, margins_of(layers.call.arguments.at(0), layers.axes()));
}
inline void write_crop(keras_translation& layers) {
    layers.add(layers.with_axes("CroppingND")) = {
        {"cropping", margins_config(margins_of(layers.call.arguments.at(0), layers.axes()))}};
}
inline void write_upsample(keras_translation& layers) {
    const std::size_t axes = layers.axes();
    const keras_extents factors = layers.call.arguments.at(0).numbers(axes);
    json& config = layers.add(layers.with_axes("UpSamplingND"));
    config["size"] = axes == 1 ? json(factors[0]) : json(factors);
    if (axes == 2)
        config["interpolation"] = layers.call.has("bilinear") ? "bilinear" : "nearest";
    else if (layers.call.has("bilinear"))
        layers.refuse("Keras's upsampling interpolates images of two axes alone");
}
inline void write_resize(keras_translation& layers) {
    const layer_call& layer = layers.call;
    const keras_extents size = layer.arguments.at(0).numbers(2);
    layers.add("Resizing") = {{"height", size[0]},
                              {"width", size[1]},
                              {"interpolation", layer.has("nearest") ? "nearest" : "bilinear"},
                              {"crop_to_aspect_ratio", false},
                              {"data_format", "channels_last"}};
    if (layers.axes() != 2)
        layers.refuse("Keras resizes images of two axes alone");
    for (const std::string_view each : {"align_corners", "asymmetric", "nearest_down", "nearest_up",
                                        "nearest_half_down", "nearest_half_up"})
        if (layer.has(each))
            layers.refuse(internal::concatenate("Keras's Resizing has no ", each));
}

} // namespace strata::bedrock::inline STRATA_SETTING::exports
