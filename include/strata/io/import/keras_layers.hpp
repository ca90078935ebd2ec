// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/io/import/keras_activations.hpp>
#include <strata/io/import/keras_attention.hpp>
#include <strata/io/import/keras_convolutions.hpp>
#include <strata/io/import/keras_core.hpp>
#include <strata/io/import/keras_layer.hpp>
#include <strata/io/import/keras_normalizations.hpp>
#include <strata/io/import/keras_recurrent.hpp>
#include <strata/io/import/keras_regularizations.hpp>
#include <strata/io/import/keras_windows.hpp>
#include <strata/setting.hpp>

#include <map>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING::imports {

/// All classes that are known, by family.
inline const std::map<std::string_view, keras_entry>& keras_classes() {
    static const std::map<std::string_view, keras_entry> all = [] {
        std::map<std::string_view, keras_entry> result;
        const auto add = [&](const auto& family) {
            for (const keras_entry& each : family)
                result.emplace(each.class_name, each);
        };
        add(activation_layers);
        add(keras_activations);
        add(keras_attention);
        add(keras_convolutions);
        add(keras_core);
        add(keras_normalizations);
        add(keras_recurrent);
        add(keras_regularizations);
        add(keras_windows);
        return result;
    }();
    return all;
}

/// Layers of images whose channels are first compute with channels last between two permutations, of which
/// those that meet vanish.
inline void put_channels_last(translation& layers, const keras_layer& layer) {
    const std::size_t axes = layer.class_name == "Resizing" ? 2 : layer.axes;
    if (axes == 0 || layer.text("data_format", "channels_last") != "channels_first" || layers.nodes.empty() ||
        layers.nodes.front().kind == "spatial_dropout")
        return;
    if (layer.text("activation", "linear") == "softmax")
        layers.nodes.front().hint = "a softmax along the last axis of images whose channels are first";
    std::vector<double> inward;
    std::vector<double> outward{static_cast<double>(axes + 1)};
    for (std::size_t axis = 1; axis <= axes; ++axis) {
        inward.push_back(static_cast<double>(axis + 1));
        outward.push_back(static_cast<double>(axis));
    }
    inward.push_back(1);
    const bool is_vector =
        layers.nodes.back().kind.starts_with("global") && layers.nodes.back().number("keepdims") == 0;
    layers.add_permutation(0, inward, layer.name);
    if (!is_vector)
        layers.add_permutation(layers.nodes.size(), outward, layer.name);
}

/// What one of Keras's layers is in strata. A class that nobody knows keeps its name as its kind.
inline translation translate(keras_layer layer) {
    translation result;
    std::string key;
    std::tie(key, layer.axes) = split_axes(layer.class_name);
    const auto found = keras_classes().find(key);
    if (found != keras_classes().end())
        found->second.translate(result, layer);
    else
        result.add(layer.class_name, layer.name).attributes = attributes_of(layer.config);
    put_channels_last(result, layer);
    return result;
}

} // namespace strata::bedrock::inline STRATA_SETTING::imports
