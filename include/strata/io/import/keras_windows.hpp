// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/io/import/json.hpp>
#include <strata/io/import/keras_convolutions.hpp>
#include <strata/io/import/keras_layer.hpp>
#include <strata/setting.hpp>

#include <string>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING::imports {

/// Two numbers an axis, or one for both ends of it, or one for all: of ZeroPadding and Cropping.
inline void add_margins(graph_node& node, const keras_layer& layer, const char* key) {
    std::vector<double> begin;
    std::vector<double> end;
    const json* const value = layer[key];
    if (value != nullptr && value->is_array() && layer.axes == 1) {
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
}

inline void translate_max_pool(translation& layers, const keras_layer& layer) {
    add_window(layers.add("max_pool", layer.name), layer, "pool_size", numbers_of(layer["pool_size"]));
}
inline void translate_average_pool(translation& layers, const keras_layer& layer) {
    add_window(layers.add("average_pool", layer.name), layer, "pool_size", numbers_of(layer["pool_size"]));
}

inline void add_global_pool(translation& layers, const keras_layer& layer, const char* kind) {
    graph_node& node = layers.add(kind, layer.name);
    node.attributes["keepdims"] = flag(layer.truth("keepdims", false));
}
inline void translate_global_max_pool(translation& layers, const keras_layer& layer) {
    add_global_pool(layers, layer, "global_max_pool");
}
inline void translate_global_average_pool(translation& layers, const keras_layer& layer) {
    add_global_pool(layers, layer, "global_average_pool");
}

inline void translate_padding(translation& layers, const keras_layer& layer) {
    add_margins(layers.add("zero_pad", layer.name), layer, "padding");
}
inline void translate_cropping(translation& layers, const keras_layer& layer) {
    add_margins(layers.add("crop", layer.name), layer, "cropping");
}

inline void translate_upsampling(translation& layers, const keras_layer& layer) {
    graph_node& node = layers.add("upsample", layer.name);
    node.attributes["size"] = numbers_of(layer["size"]);
    node.attributes["interpolation"] = layer.text("interpolation", "nearest");
}

/// Pixels are counted from their middles.
inline void translate_resizing(translation& layers, const keras_layer& layer) {
    graph_node& node = layers.add("resize", layer.name);
    const std::string interpolation = layer.text("interpolation", "bilinear");
    node.attributes = {{"size", std::vector<double>{layer.number("height", 0), layer.number("width", 0)}},
                       {"interpolation", interpolation},
                       {"corners", std::string("half_pixel")}};
    if (interpolation == "nearest")
        node.attributes["rounding"] = std::string("nearest_half_up");
    else if (interpolation != "bilinear")
        node.hint = "other than nearest or bilinear";
    if (layer.truth("crop_to_aspect_ratio", false) || layer.truth("pad_to_aspect_ratio", false))
        node.hint = "it keeps the aspect ratio";
}

inline constexpr keras_entry keras_windows[] = {
    {"MaxPoolingND", translate_max_pool},
    {"MaxPoolND", translate_max_pool},
    {"AveragePoolingND", translate_average_pool},
    {"AvgPoolND", translate_average_pool},
    {"GlobalMaxPoolingND", translate_global_max_pool},
    {"GlobalMaxPoolND", translate_global_max_pool},
    {"GlobalAveragePoolingND", translate_global_average_pool},
    {"GlobalAvgPoolND", translate_global_average_pool},
    {"ZeroPaddingND", translate_padding},
    {"CroppingND", translate_cropping},
    {"UpSamplingND", translate_upsampling},
    {"Resizing", translate_resizing},
};

} // namespace strata::bedrock::inline STRATA_SETTING::imports
