// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/io/export/onnx_layer.hpp>
#include <strata/layers/pooling.hpp>
#include <strata/layers/window.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING::exports {

/// How a layer slides a window, as it was asked for.
struct window_request {
    window geometry;
    padding_rule padding = padding_rule::given;
    bool has_last = false; ///< ceil_mode

    [[nodiscard]] bool is_same() const {
        return padding == padding_rule::same || padding == padding_rule::same_lower;
    }
};

/// One number of each axis of a window.
template <class Get>
wholes numbers_of_axes(const window& geometry, const Get& get) {
    wholes result;
    for (std::size_t i = 3 - geometry.rank; i < 3; ++i)
        result.push_back(static_cast<std::int64_t>(get(geometry.axes[i])));
    return result;
}

/// Whether a window leaves numbers out, by its dilation or between its places: there runtimes take no rule of
/// padding, but numbers alone.
inline bool has_gaps(const window& geometry) {
    return std::any_of(geometry.axes.begin(), geometry.axes.end(),
                       [](const window_axis& axis) { return axis.taps < axis.stride || axis.dilation > 1; });
}
inline std::string rule_of(const window_request& request) {
    return request.padding == padding_rule::same ? "SAME_UPPER" : "SAME_LOWER";
}
/// Adds a convolution or a pooling of an image, with a note of the rule that its padding comes of where the
/// numbers alone are allowed.
inline void make_windowed(onnx_layer& layer, const window_request& request, const char* type,
                          std::vector<std::string> inputs, onnx_attributes attributes) {
    const std::string made = layer.graph.add(type, std::move(inputs), std::move(attributes));
    if (request.is_same() && has_gaps(request.geometry))
        layer.graph.annotate("auto_pad=" + rule_of(request));
    layer.make_image(made);
}

/// Sizes, strides, dilations and padding. `padding_end` says how much of the padding is at the end of an
/// axis.
template <class End>
onnx_attributes window_attributes(const window_request& request, const End& padding_end) {
    const window& geometry = request.geometry;
    onnx_attributes result{
        {"kernel_shape", numbers_of_axes(geometry, [](const window_axis& axis) { return axis.taps; })},
        {"strides", numbers_of_axes(geometry, [](const window_axis& axis) { return axis.stride; })}};
    const wholes dilations = numbers_of_axes(geometry, [](const window_axis& axis) { return axis.dilation; });
    if (dilations != wholes(geometry.rank, 1))
        result.emplace_back("dilations", dilations);
    wholes pads = numbers_of_axes(geometry, [](const window_axis& axis) { return axis.padding_begin; });
    const wholes ends = numbers_of_axes(geometry, padding_end);
    pads.insert(pads.end(), ends.begin(), ends.end());
    const bool is_padded = std::any_of(pads.begin(), pads.end(), [](std::int64_t each) { return each > 0; });
    // The rule says more than its numbers.
    if (!has_gaps(geometry) && request.is_same())
        result.emplace_back("auto_pad", rule_of(request));
    else if (is_padded)
        result.emplace_back("pads", pads);
    return result;
}

/// The padding behind an axis that lets the last window end inside.
inline std::int64_t padding_behind(const window_axis& axis) {
    const std::size_t reached = (axis.output - 1) * axis.stride + (axis.taps - 1) * axis.dilation + 1;
    const std::size_t held = axis.input + axis.padding_begin;
    return reached > held ? static_cast<std::int64_t>(reached - held) : 0;
}

inline onnx_value image_of(onnx_layer& layer) {
    return layer.graph.arrange(layer.source(), image_axes(layer.source().rank()));
}

/// [taps..., A, B] as [B, A, taps...].
inline std::string turned_kernel(onnx_layer& layer, std::string_view kernel) {
    const std::size_t rank = layer.shape(kernel).size();
    extents order{rank - 1, rank - 2};
    for (std::size_t axis = 0; axis + 2 < rank; ++axis)
        order.push_back(axis);
    return layer.turned_weight(kernel, order);
}

inline std::vector<std::string> with_bias(onnx_layer& layer, std::vector<std::string> inputs) {
    if (layer.has("bias"))
        inputs.push_back(layer.weight("bias"));
    return inputs;
}

inline void write_convolution(onnx_layer& layer, const window_request& request, std::size_t groups) {
    onnx_attributes attributes = window_attributes(request, padding_behind);
    if (groups != 1)
        attributes.emplace_back("group", static_cast<std::int64_t>(groups));
    const std::string image = image_of(layer).name;
    make_windowed(layer, request, "Conv", with_bias(layer, {image, turned_kernel(layer, "kernel")}),
                  std::move(attributes));
}

/// The kernel [taps..., C, M] as [C M, 1, taps...], a group for each channel.
inline void write_depthwise(onnx_layer& layer, const window_request& request) {
    onnx_attributes attributes = window_attributes(request, padding_behind);
    attributes.emplace_back("group", static_cast<std::int64_t>(layer.source().shape.back()));
    const std::string kernel = layer.weight("depthwise_kernel", [&] {
        const extents& shape = layer.shape("depthwise_kernel");
        const std::size_t taps = shape.size() - 2;
        extents order{taps, taps + 1};
        extents turned{shape[taps] * shape[taps + 1], 1};
        for (std::size_t axis = 0; axis < taps; ++axis) {
            order.push_back(axis);
            turned.push_back(shape[axis]);
        }
        return std::pair(turned, turn_numbers(layer.numbers("depthwise_kernel"), shape, order));
    });
    const std::string image = image_of(layer).name;
    make_windowed(layer, request, "Conv", with_bias(layer, {image, kernel}), std::move(attributes));
}

/// The window of a transposed convolution slides over its output.
inline void write_transposed(onnx_layer& layer, const window_request& request, std::size_t groups) {
    const window& geometry = request.geometry;
    // What the taps reach beyond the output is cut off; where they do not reach its end, it is longer.
    const auto overhang = [](const window_axis& axis) {
        return static_cast<std::int64_t>((axis.output - 1) * axis.stride + (axis.taps - 1) * axis.dilation +
                                         1) -
               static_cast<std::int64_t>(axis.padding_begin + axis.input);
    };
    onnx_attributes attributes = window_attributes(
        request, [&](const window_axis& axis) { return std::max<std::int64_t>(overhang(axis), 0); });
    const wholes extra = numbers_of_axes(
        geometry, [&](const window_axis& axis) { return std::max<std::int64_t>(-overhang(axis), 0); });
    if (extra != wholes(geometry.rank, 0)) // which there is behind gaps alone, or as it was asked for
        attributes.emplace_back("output_padding", extra);
    if (groups != 1)
        attributes.emplace_back("group", static_cast<std::int64_t>(groups));
    const std::string image = image_of(layer).name;
    layer.make_image(layer.graph.add(
        "ConvTranspose", with_bias(layer, {image, turned_kernel(layer, "kernel")}), std::move(attributes)));
}

/// Padding as an operation of its own, by what leaves a pooling's results alone: runtimes pad a pooling by
/// less than its window only.
inline std::string pad_for_pooling(onnx_layer& layer, const std::string& image, wholes pads,
                                   bool is_largest) {
    pads.insert(pads.begin() + static_cast<std::ptrdiff_t>(pads.size() / 2), 2, 0); // samples and channels
    pads.insert(pads.begin(), 2, 0);
    return layer.graph.add(
        "Pad", {image, layer.graph.constant(pads),
                layer.graph.constant(is_largest ? double{std::numeric_limits<float>::lowest()} : 0.0)});
}

inline void write_pooling(onnx_layer& layer, const window_request& request, pooled kind) {
    const window& geometry = request.geometry;
    const bool is_largest = kind == pooled::largest;
    const bool is_dilated = std::any_of(geometry.axes.begin(), geometry.axes.end(),
                                        [](const window_axis& axis) { return axis.dilation > 1; });
    if (!is_largest && is_dilated)
        return layer.refuse("which has no dilation in opset 17");
    onnx_attributes attributes = window_attributes(request, [&](const window_axis& axis) {
        return request.has_last && request.padding == padding_rule::valid ? 0 : padding_behind(axis);
    });
    if (request.has_last)
        attributes.emplace_back("ceil_mode", std::int64_t{1});
    std::string image = image_of(layer).name;
    if (const auto pads = std::find_if(attributes.begin(), attributes.end(),
                                       [](const auto& each) { return each.first == "pads"; });
        pads != attributes.end()) {
        const wholes& numbers = std::get<wholes>(pads->second);
        const wholes sizes = numbers_of_axes(geometry, [](const window_axis& axis) { return axis.taps; });
        bool is_wide = false;
        for (std::size_t i = 0; i < numbers.size(); ++i)
            is_wide = is_wide || numbers[i] >= sizes[i % sizes.size()];
        if (is_wide) {
            image = pad_for_pooling(layer, image, numbers, is_largest);
            attributes.erase(pads);
        }
    }
    if (kind == pooled::mean_with_padding)
        attributes.emplace_back("count_include_pad", std::int64_t{1});
    make_windowed(layer, request, is_largest ? "MaxPool" : "AveragePool", {image}, std::move(attributes));
}

/// One number of each channel: [samples, channels, 1...], flattened.
inline void write_global_pooling(onnx_layer& layer, pooled kind) {
    const std::string made = layer.graph.add(kind == pooled::largest ? "GlobalMaxPool" : "GlobalAveragePool",
                                             {image_of(layer).name});
    layer.make_plain(layer.graph.add("Flatten", {made}));
}

} // namespace strata::bedrock::inline STRATA_SETTING::exports
