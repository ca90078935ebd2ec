// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/io/import/json.hpp>
#include <strata/io/import/keras_layer.hpp>
#include <strata/setting.hpp>

namespace strata::bedrock::inline STRATA_SETTING::imports {

inline void translate_dropout(translation& layers, const keras_layer& layer) {
    layers.add("dropout", layer.name).attributes["rate"] = layer.number("rate", 0);
}
inline void translate_spatial_dropout(translation& layers, const keras_layer& layer) {
    layers.add("spatial_dropout", layer.name).attributes["rate"] = layer.number("rate", 0);
}
inline void translate_gaussian_dropout(translation& layers, const keras_layer& layer) {
    layers.add("gaussian_dropout", layer.name).attributes["rate"] = layer.number("rate", 0);
}
inline void translate_gaussian_noise(translation& layers, const keras_layer& layer) {
    layers.add("gaussian_noise", layer.name).attributes["rate"] = layer.number("stddev", 0);
}

/// What does nothing when a network predicts, and has no words in strata.
inline void translate_training_only(translation& layers, const keras_layer& layer) {
    layers.add("training_only", layer.name).attributes = attributes_of(layer.config);
}

inline void translate_random_flip(translation& layers, const keras_layer& layer) {
    layers.add("random_flip", layer.name).attributes["mode"] = layer.text("mode", "horizontal_and_vertical");
}
inline void translate_random_rotation(translation& layers, const keras_layer& layer) {
    layers.add("random_rotation", layer.name).attributes = {
        {"factor", numbers_of(layer["factor"])},
        {"fill", layer.text("fill_mode", "reflect")},
        {"interpolation", layer.text("interpolation", "bilinear")}};
}

inline constexpr keras_entry keras_regularizations[] = {
    {"Dropout", translate_dropout},
    {"SpatialDropoutND", translate_spatial_dropout},
    {"GaussianDropout", translate_gaussian_dropout},
    {"GaussianNoise", translate_gaussian_noise},
    {"AlphaDropout", translate_training_only},
    {"ActivityRegularization", translate_training_only},
    {"RandomFlip", translate_random_flip},
    {"RandomRotation", translate_random_rotation},
    {"RandomBrightness", translate_training_only},
    {"RandomContrast", translate_training_only},
    {"RandomZoom", translate_training_only},
    {"RandomTranslation", translate_training_only},
    {"RandomHeight", translate_training_only},
    {"RandomWidth", translate_training_only},
    {"RandomColorDegeneration", translate_training_only},
    {"RandomColorJitter", translate_training_only},
    {"RandomErasing", translate_training_only},
    {"RandomGaussianBlur", translate_training_only},
    {"RandomGrayscale", translate_training_only},
    {"RandomHue", translate_training_only},
    {"RandomInvert", translate_training_only},
    {"RandomPerspective", translate_training_only},
    {"RandomPosterization", translate_training_only},
    {"RandomSaturation", translate_training_only},
    {"RandomSharpness", translate_training_only},
    {"RandomShear", translate_training_only},
};

} // namespace strata::bedrock::inline STRATA_SETTING::imports
