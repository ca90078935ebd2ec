// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/io/export/onnx_formulas.hpp>
#include <strata/io/export/onnx_layer.hpp>
#include <strata/layers/reduction.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING::exports {

// Layers that look along an axis take a value as it lies: the axis is where that has it.

inline std::int64_t axis_in_onnx(const onnx_value& value, std::size_t axis) {
    return static_cast<std::int64_t>(value.axes[axis]);
}
/// The value that a layer reads, with its axes anywhere, but no flattened image.
inline onnx_value unflattened(onnx_layer& layer) {
    const onnx_value& given = layer.source();
    return given.is_flattened() ? layer.graph.arrange_plain(given) : given;
}

inline void write_softmax(onnx_layer& layer, std::size_t axis, bool is_logarithm) {
    // In a row the order of the elements does not matter.
    onnx_value value = layer.source();
    value.name = layer.graph.add(is_logarithm ? "LogSoftmax" : "Softmax", {value.name},
                                 {{"axis", axis_in_onnx(value, axis)}});
    layer.make(std::move(value));
}

/// Every `step`-th of so many places along an axis.
inline void write_slice(onnx_layer& layer, std::size_t axis, std::size_t begin, std::size_t step) {
    onnx_value value = unflattened(layer);
    const std::size_t end = begin + (layer.output[axis] - 1) * step + 1;
    const auto number = [&](std::size_t each) {
        return layer.graph.constant(wholes{static_cast<std::int64_t>(each)});
    };
    std::vector<std::string> inputs{value.name, number(begin), number(end),
                                    layer.graph.constant(wholes{axis_in_onnx(value, axis)})};
    if (step != 1)
        inputs.push_back(number(step));
    value.name = layer.graph.add("Slice", std::move(inputs));
    layer.make(std::move(value));
}

inline void write_concat(onnx_layer& layer, std::size_t axis) {
    std::vector<std::string> names;
    for (onnx_value& each : layer.sources)
        if (each.is_flattened())
            each = layer.graph.arrange_plain(each);
    const std::vector<onnx_value> values = align(layer);
    for (const onnx_value& each : values)
        names.push_back(each.name);
    onnx_value result = values.front();
    result.name = layer.graph.add("Concat", names, {{"axis", axis_in_onnx(result, axis)}});
    layer.make(std::move(result));
}

/// One number of all along the axes from `first` to `last`.
inline void write_reduction(onnx_layer& layer, reduced kind, std::size_t first, std::size_t last,
                            bool keeps) {
    onnx_value value = unflattened(layer);
    wholes axes;
    for (std::size_t axis = first; axis <= last; ++axis)
        axes.push_back(axis_in_onnx(value, axis));
    std::sort(axes.begin(), axes.end());
    const std::pair<std::string, onnx_operation::attribute> kept{"keepdims", std::int64_t{keeps}};
    std::string made;
    if (kind == reduced::sum)
        made = layer.graph.add("ReduceSum", {value.name, layer.graph.constant(axes)}, {kept});
    else
        made = layer.graph.add(kind == reduced::mean      ? "ReduceMean"
                               : kind == reduced::largest ? "ReduceMax"
                                                          : "ReduceMin",
                               {value.name}, {{"axes", axes}, kept});
    if (keeps)
        return layer.make(std::move(made), value.axes);
    extents left;
    for (std::size_t axis = 0; axis < value.rank(); ++axis)
        if (axis < first || axis > last)
            left.push_back(value.axes[axis]);
    if (left.empty()) // a row of one number
        return layer.make_plain(layer.graph.reshape(made, layer.output));
    extents places(left.size());
    for (std::size_t i = 0; i < left.size(); ++i)
        places[i] = 1 + static_cast<std::size_t>(std::count_if(
                            left.begin(), left.end(), [&](std::size_t each) { return each < left[i]; }));
    layer.make(std::move(made), std::move(places));
}

/// The axes in another order: an operation of its own, so that whoever reads the file finds the layer. What
/// ONNX's order of images then turns back, runtimes take out together with it.
inline void write_permutation(onnx_layer& layer, const extents& order) {
    wholes all{0};
    for (const std::size_t axis : order)
        all.push_back(static_cast<std::int64_t>(axis) + 1);
    const std::string x = layer.graph.arrange_plain(layer.source()).name;
    layer.make_plain(layer.graph.add("Transpose", {x}, {{"perm", all}}));
}

/// Another shape for the same numbers. An image becomes a row in the order in which it lies.
inline void write_rearrangement(onnx_layer& layer) {
    const onnx_value& given = layer.source();
    if (given.shape == layer.output)
        return layer.make(given);
    if (layer.output.size() != 1 || given.is_flattened())
        return layer.make_plain(layer.graph.reshape(layer.graph.arrange_plain(given).name, layer.output));
    onnx_value value{layer.graph.add("Flatten", {given.name}), layer.output, plain_axes(1)};
    extents wide;
    for (std::size_t axis = 0; axis < given.rank(); ++axis)
        if (given.shape[axis] != 1)
            wide.push_back(given.axes[axis]);
    if (!std::is_sorted(wide.begin(), wide.end())) {
        value.image = given.shape;
        value.image_order = given.axes;
    }
    layer.make(std::move(value));
}

/// A vector so many times in a row.
inline void write_repetition(onnx_layer& layer) {
    const extents& shape = layer.source().shape;
    const std::string row =
        layer.graph.reshape(layer.graph.arrange_plain(layer.source()).name, {1, shape[0]});
    layer.make_plain(layer.graph.add(
        "Tile", {row, layer.graph.constant(wholes{1, static_cast<std::int64_t>(layer.output[0]), 1})}));
}

} // namespace strata::bedrock::inline STRATA_SETTING::exports
