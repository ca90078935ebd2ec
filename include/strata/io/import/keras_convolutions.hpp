// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/io/import/json.hpp>
#include <strata/io/import/keras_activations.hpp>
#include <strata/io/import/keras_layer.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING::imports {

/// `size`, `stride` and `padding` of a window, whose size has the key `size`. Strides that a layer does not
/// say are the preset.
inline void add_window(graph_node& node, const keras_layer& layer, const char* size,
                       const std::vector<double>& preset) {
    node.attributes["size"] = numbers_of(layer[size]);
    const std::vector<double> strides = numbers_of(layer["strides"]);
    node.attributes["stride"] = strides.empty() ? preset : strides;
    node.attributes["padding"] = layer.text("padding", "valid");
}

/// `size`, `strides` and `dilation_rate` of a convolution.
inline void add_convolution(translation& layers, graph_node& node, const keras_layer& layer,
                            std::vector<std::string> kernel_names) {
    add_window(node, layer, "kernel_size", {1});
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
    add_activation(layers, layer);
}

inline void translate_convolution(translation& layers, const keras_layer& layer) {
    graph_node& node = layers.add("conv", layer.name);
    node.attributes["filters"] = layer.number("filters", 0);
    add_convolution(layers, node, layer, {"kernel"});
}

/// What Keras makes of a given output padding: (I - 1) stride + E + padding places, and beside `same` 2 (E /
/// 2) fewer, of which the first half is in front (`deconv_output_length`).
inline void add_output_padding(graph_node& node, const std::vector<double>& given) {
    const auto numbers = [&](const char* name) {
        const auto found = node.attributes.find(name);
        return found == node.attributes.end() ? std::vector<double>{1}
                                              : std::get<std::vector<double>>(found->second);
    };
    const auto size = numbers("size"), stride = numbers("stride"), dilation = numbers("dilation");
    const auto of_axis = [](const std::vector<double>& all, std::size_t axis) {
        return axis < all.size() ? all[axis] : all.empty() ? 1 : all.back();
    };
    const bool is_same = node.text("padding") == "same";
    const std::size_t axes = std::max({given.size(), size.size(), stride.size(), dilation.size()});
    std::vector<double> begin(axes), end(axes), rest(axes);
    bool is_usual = !is_same; // as strata's `valid`
    for (std::size_t axis = 0; axis < axes; ++axis) {
        const double extent = (of_axis(size, axis) - 1) * of_axis(dilation, axis) + 1;
        const double cut = (is_same ? 2 * std::floor(extent / 2) : 0) - of_axis(given, axis);
        begin[axis] = std::floor(std::max(cut, 0.0) / 2);
        end[axis] = std::max(cut, 0.0) - begin[axis];
        rest[axis] = std::max(-cut, 0.0);
        is_usual = is_usual && extent >= of_axis(stride, axis);
    }
    if (!is_usual)
        node.attributes["padding"] = std::string("given");
    node.attributes["begin"] = std::move(begin);
    node.attributes["end"] = std::move(end);
    node.attributes["output_padding"] = std::move(rest);
}

inline void translate_transposed_convolution(translation& layers, const keras_layer& layer) {
    graph_node& node = layers.add("conv_transpose", layer.name);
    node.attributes["filters"] = layer.number("filters", 0);
    add_convolution(layers, node, layer, {"kernel"});
    if (layer["output_padding"] != nullptr)
        add_output_padding(node, numbers_of(layer["output_padding"]));
}

inline void translate_depthwise_convolution(translation& layers, const keras_layer& layer) {
    graph_node& node = layers.add("depthwise_conv", layer.name);
    node.attributes["depth_multiplier"] = layer.number("depth_multiplier", 1);
    add_convolution(layers, node, layer, {"depthwise_kernel", "kernel"});
}

inline void translate_separable_convolution(translation& layers, const keras_layer& layer) {
    graph_node& inner = layers.add("depthwise_conv", layer.name);
    inner.attributes = {{"depth_multiplier", layer.number("depth_multiplier", 1)}, {"bias", 0.0}};
    add_window(inner, layer, "kernel_size", {1});
    if (const auto dilation = numbers_of(layer["dilation_rate"]); !dilation.empty())
        inner.attributes["dilation"] = dilation;
    layers.want("depthwise_kernel");
    graph_node& outer = layers.add("conv", layer.name);
    outer.attributes = {{"filters", layer.number("filters", 0)},
                        {"size", std::vector<double>{1}},
                        {"padding", std::string("valid")},
                        {"bias", flag(layer.truth("use_bias", true))}};
    layers.want("kernel", {"pointwise_kernel"}, "", 1);
    if (layer.truth("use_bias", true))
        layers.want("bias", {"bias"}, "", 2);
    add_activation(layers, layer);
}

inline constexpr keras_entry keras_convolutions[] = {
    {"ConvND", translate_convolution},
    {"ConvolutionND", translate_convolution},
    {"ConvNDTranspose", translate_transposed_convolution},
    {"ConvolutionNDTranspose", translate_transposed_convolution},
    {"DepthwiseConvND", translate_depthwise_convolution},
    {"SeparableConvND", translate_separable_convolution},
    {"SeparableConvolutionND", translate_separable_convolution},
};

} // namespace strata::bedrock::inline STRATA_SETTING::imports
