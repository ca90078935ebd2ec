// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/io/export/keras_options.hpp>
#include <strata/setting.hpp>

#include <string>

namespace strata::bedrock::inline STRATA_SETTING::exports {

inline void write_dropout(keras_translation& layers) {
    const std::string& name = layers.call.name;
    const char* const class_name = name == "dropout"           ? "Dropout"
                                   : name == "spatial_dropout" ? "SpatialDropoutND"
                                   : name == "gaussian_noise"  ? "GaussianNoise"
                                                               : "GaussianDropout";
    json& config = layers.add(name == "spatial_dropout" ? layers.with_axes(class_name) : class_name);
    config[name == "gaussian_noise" ? "stddev" : "rate"] = layers.call.number(0);
    config["seed"] = nullptr;
}
/// `interval{-0.1, 0.2}`, or a number for both sides.
inline json interval_config(const layer_call& written) {
    if (written.name == "interval")
        return {written.number(0), written.number(1)};
    return {-written.number(), written.number()};
}
inline void write_augmentation(keras_translation& layers) {
    const layer_call& layer = layers.call;
    if (layer.name == "random_flip") {
        layers.add("RandomFlip") = {{"mode", layer.has("horizontal") ? "horizontal"
                                             : layer.has("vertical") ? "vertical"
                                                                     : "horizontal_and_vertical"},
                                    {"seed", nullptr}};
        return;
    }
    json& config = layers.add(layer.name == "random_shift"      ? "RandomTranslation"
                              : layer.name == "random_rotation" ? "RandomRotation"
                                                                : "RandomZoom");
    config[layer.name == "random_rotation" ? "factor" : "height_factor"] =
        interval_config(layer.arguments.at(0));
    if (layer.name == "random_shift")
        config["width_factor"] = interval_config(layer.arguments.at(1));
    config["fill_mode"] = layer.has("outside::zero")   ? "constant"
                          : layer.has("outside::edge") ? "nearest"
                                                       : "reflect";
    config["fill_value"] = 0.0;
    config["interpolation"] = layer.has("nearest") ? "nearest" : "bilinear";
    config["seed"] = nullptr;
    config["data_format"] = "channels_last";
}

} // namespace strata::bedrock::inline STRATA_SETTING::exports
