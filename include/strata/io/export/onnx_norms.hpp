// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/io/export/onnx_layer.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING::exports {

/// An array of a layer, or as many ones or zeros as an operation of ONNX wants where the layer has none.
inline std::string weight_or(onnx_layer& layer, std::string_view array, float number, const extents& shape) {
    return layer.has(array) ? layer.weight(array)
                            : layer.graph.constant(shape, std::vector<float>(size_of(shape), number));
}

inline void write_batch_norm(onnx_layer& layer, double epsilon, double momentum) {
    const onnx_value value = layer.graph.arrange(layer.source(), image_axes(layer.output.size()));
    const extents channels{layer.output.back()};
    const std::string made = layer.graph.add("BatchNormalization",
                                             {value.name, weight_or(layer, "gamma", 1, channels),
                                              weight_or(layer, "beta", 0, channels),
                                              layer.weight("moving_mean"), layer.weight("moving_variance")},
                                             {{"epsilon", epsilon}, {"momentum", momentum}});
    // Ones and zeros that nobody learned look as learned ones do.
    if (!layer.has("gamma") || !layer.has("beta"))
        layer.graph.annotate(layer.has("gamma")  ? "without B"
                             : layer.has("beta") ? "without scale"
                                                 : "without scale and B");
    layer.make_image(made);
}

/// Groups of channels, each over all places: an instance normalization of groups, and numbers of each channel
/// behind it; where each channel is a group, those are the operation's own.
inline void write_group_norm(onnx_layer& layer, std::size_t groups, double epsilon) {
    onnx_network& graph = layer.graph;
    const std::size_t rank = layer.output.size();
    const std::size_t channels = layer.output.back();
    onnx_value value = graph.arrange(layer.source(), image_axes(rank));
    const onnx_attributes attributes{{"epsilon", epsilon}};
    if (groups == channels && rank > 1) {
        value.name = graph.add(
            "InstanceNormalization",
            {value.name, weight_or(layer, "gamma", 1, {channels}), weight_or(layer, "beta", 0, {channels})},
            attributes);
        return layer.make(std::move(value));
    }
    const std::string rows = graph.reshape(value.name, {groups, size_of(layer.output) / groups});
    const std::string scaled = graph.add("InstanceNormalization",
                                         {rows, graph.constant({groups}, std::vector<float>(groups, 1)),
                                          graph.constant({groups}, std::vector<float>(groups, 0))},
                                         attributes);
    value.name = graph.reshape(scaled, value.extents_in_order());
    if (layer.has("gamma"))
        value.name = graph.add("Mul", {value.name, layer.spread_weight("gamma", value)});
    if (layer.has("beta"))
        value.name = graph.add("Add", {value.name, layer.spread_weight("beta", value)});
    layer.make(std::move(value));
}

/// Of the last axes together.
inline void write_layer_norm(onnx_layer& layer, const extents& row, double epsilon) {
    std::vector<std::string> inputs{layer.graph.arrange_plain(layer.source()).name,
                                    weight_or(layer, "gamma", 1, row)};
    if (layer.has("beta"))
        inputs.push_back(layer.weight("beta"));
    layer.make_plain(
        layer.graph.add("LayerNormalization", std::move(inputs),
                        {{"axis", -static_cast<std::int64_t>(row.size())}, {"epsilon", epsilon}}));
}

inline void write_rms_norm(onnx_layer& layer, double epsilon) {
    onnx_network& graph = layer.graph;
    const std::string x = graph.arrange_plain(layer.source()).name;
    const std::string squares = graph.add("ReduceMean", {graph.add("Mul", {x, x})},
                                          {{"axes", wholes{-1}}, {"keepdims", std::int64_t{1}}});
    const std::string root = graph.add("Sqrt", {graph.add("Add", {squares, graph.constant(epsilon)})});
    const std::string made = graph.add("Div", {x, root});
    layer.make_plain(layer.has("gamma") ? graph.add("Mul", {made, layer.weight("gamma")}) : made);
}

/// By known statistics: less the mean, over the deviation.
inline void write_known_statistics(onnx_layer& layer, double least_deviation) {
    const onnx_value& given = layer.source();
    onnx_value value = given.is_flattened() ? layer.graph.arrange_plain(given) : given;
    const std::string centered = layer.graph.add("Sub", {value.name, layer.spread_weight("mean", value)});
    const std::string deviation = layer.spread_weight("variance", value, [&](float variance) {
        return static_cast<float>(std::max(std::sqrt(static_cast<double>(variance)), least_deviation));
    });
    value.name = layer.graph.add("Div", {centered, deviation});
    layer.make(std::move(value));
}

} // namespace strata::bedrock::inline STRATA_SETTING::exports
