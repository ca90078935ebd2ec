// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/io/export/onnx_layer.hpp>
#include <strata/layers/resample_axis.hpp>
#include <strata/setting.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING::exports {

/// Padding around the places of an image, by zeros or what it holds, or cropping by less than none of it.
inline void write_margins(onnx_layer& layer, const onnx_value& image, const std::vector<resample_axis>& axes,
                          resample_axis::rule rule) {
    const std::size_t ends = axes.size() + 4;
    wholes pads(2 * (axes.size() + 2), 0);
    for (std::size_t i = 0; i < axes.size(); ++i) {
        const resample_axis& axis = axes[i];
        pads[2 + i] = static_cast<std::int64_t>(axis.padding_begin) - static_cast<std::int64_t>(axis.cropped);
        pads[ends + i] =
            static_cast<std::int64_t>(axis.output) - static_cast<std::int64_t>(axis.input) - pads[2 + i];
    }
    onnx_attributes attributes;
    if (rule != resample_axis::rule::shift)
        attributes.emplace_back("mode", std::string(rule == resample_axis::rule::edge ? "edge" : "reflect"));
    layer.make_image(layer.graph.add("Pad", {image.name, layer.graph.constant(pads)}, std::move(attributes)));
}

/// `Resize` by factors, or to extents where those are no whole factors, behind the samples and channels that
/// there are.
inline void write_resizing(onnx_layer& layer, const onnx_value& image, const std::vector<resample_axis>& axes,
                           onnx_attributes attributes) {
    onnx_network& graph = layer.graph;
    std::vector<float> factors{1, 1};
    wholes sizes;
    bool are_whole = true;
    for (const resample_axis& axis : axes) {
        are_whole = are_whole && axis.output % axis.input == 0;
        factors.push_back(static_cast<float>(axis.output) / static_cast<float>(axis.input));
        sizes.push_back(static_cast<std::int64_t>(axis.output));
    }
    if (are_whole)
        return layer.make_image(graph.add(
            "Resize", {image.name, "", graph.constant({factors.size()}, factors)}, std::move(attributes)));
    const std::string front = graph.add(
        "Slice", {graph.add("Shape", {image.name}), graph.constant(wholes{0}), graph.constant(wholes{2})});
    const std::string target =
        graph.add("Concat", {front, graph.constant(sizes)}, {{"axis", std::int64_t{0}}});
    layer.make_image(graph.add("Resize", {image.name, "", "", target}, std::move(attributes)));
}

inline std::string coordinates_of(corner_rule corners) {
    return corners == corner_rule::aligned      ? "align_corners"
           : corners == corner_rule::asymmetric ? "asymmetric"
                                                : "half_pixel";
}
inline std::string rounding_of(const resample_axis& axis) {
    switch (axis.rounding) {
    case rounding_rule::down:
        return "floor";
    case rounding_rule::up:
        return "ceil";
    case rounding_rule::half_down:
        return "round_prefer_floor";
    case rounding_rule::half_up:
        return "round_prefer_ceil";
    default:
        return axis.corners == corner_rule::asymmetric ? "floor" : "round_prefer_ceil";
    }
}

/// Padding, cropping, upsampling and resizing of the places of an image.
inline void write_resampling(onnx_layer& layer, const std::array<resample_axis, 3>& all) {
    using rule = resample_axis::rule;
    const onnx_value image = layer.graph.arrange(layer.source(), image_axes(layer.source().rank()));
    const std::vector<resample_axis> axes(all.end() - static_cast<std::ptrdiff_t>(image.rank() - 1),
                                          all.end());
    const resample_axis& first = axes.front();
    switch (first.kind) {
    case rule::shift:
    case rule::edge:
    case rule::reflect:
        return write_margins(layer, image, axes, first.kind);
    case rule::repeat:
        return write_resizing(layer, image, axes,
                              {{"mode", std::string("nearest")},
                               {"coordinate_transformation_mode", std::string("asymmetric")},
                               {"nearest_mode", std::string("floor")}});
    case rule::closest:
        return write_resizing(layer, image, axes,
                              {{"mode", std::string("nearest")},
                               {"coordinate_transformation_mode", coordinates_of(first.corners)},
                               {"nearest_mode", rounding_of(first)}});
    case rule::line:
        return write_resizing(layer, image, axes,
                              {{"mode", std::string("linear")},
                               {"coordinate_transformation_mode", coordinates_of(first.corners)}});
    case rule::interpolate:
        return write_resizing(
            layer, image, axes,
            {{"mode", std::string("linear")}, {"coordinate_transformation_mode", std::string("half_pixel")}});
    default:
        return layer.refuse("which thins out places");
    }
}

} // namespace strata::bedrock::inline STRATA_SETTING::exports
