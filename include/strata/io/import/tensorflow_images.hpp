// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/expression/concatenate.hpp>
#include <strata/io/import/graph.hpp>
#include <strata/io/import/tensorflow_builder.hpp>
#include <strata/io/import/tensorflow_windows.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING::imports {

/// Zeros behind or before the channels: those of an image whose places are a row and whose one channel is all
/// of them.
inline void pad_channels(tensorflow_builder& graph, const tensorflow_node& operation,
                         const tensorflow_value& value, double begin, double end) {
    const extents shape = graph.shape(value);
    const auto channels = static_cast<double>(shape.back());
    const auto places = static_cast<double>(*size_of(shape)) / channels;
    graph_node parted{"reshape", ""};
    parted.attributes["target"] = std::vector<double>{places, channels, 1};
    graph_node padded{"zero_pad", ""};
    padded.attributes = {{"begin", std::vector<double>{0, begin}}, {"end", std::vector<double>{0, end}}};
    graph_node joined{"reshape", ""};
    std::vector<double> target(shape.begin(), shape.end());
    target.back() += begin + end;
    joined.attributes["target"] = std::move(target);
    const auto first = graph.add(operation, std::move(parted), {value.node});
    const auto second = first ? graph.add(operation, std::move(padded), {*first}) : first;
    const auto third = second ? graph.add(operation, std::move(joined), {*second}) : second;
    if (third)
        graph.set_node(operation, value, *third);
}

/// Pad, PadV2 and MirrorPad.
inline void read_padding(tensorflow_builder& graph, const tensorflow_node& operation) {
    const auto margins = graph.wholes(operation, 1);
    if (!margins)
        return;
    const tensorflow_value value = graph.input(operation, 0);
    if (margins->size() != 2 * value.rank() ||
        std::any_of(margins->begin(), margins->end(),
                    [](std::int64_t each) { return each < 0 || each > std::int64_t{1} << 20; }))
        graph.fail(operation, internal::concatenate("two margins for each of ", value.rank(), " axes"),
                   internal::concatenate(margins->size(), " numbers"));
    const bool is_mirror = operation.operation == "MirrorPad";
    if (is_mirror && operation.text("mode", "REFLECT") != "REFLECT")
        return graph.add_problem(operation, "with the outermost place twice");
    if (operation.operation == "PadV2") {
        const tensorflow_constant* const filling = graph.constant(operation, 2);
        if (filling == nullptr)
            return;
        if (!is_single(*filling) || filling->data.numbers.front() != 0)
            return graph.add_problem(operation, "other numbers than zeros");
    }
    if (value.constant || !value.is_batched || value.rank() < 3 || (*margins)[0] != 0 || (*margins)[1] != 0)
        return graph.add_problem(operation, "around other values than images and sequences");
    std::vector<double> begin;
    std::vector<double> end;
    for (std::size_t axis = 1; axis < value.rank(); ++axis) {
        begin.push_back(static_cast<double>((*margins)[2 * axis]));
        end.push_back(static_cast<double>((*margins)[2 * axis + 1]));
    }
    const double channels_before = begin.back();
    const double channels_behind = end.back();
    begin.pop_back();
    end.pop_back();
    const bool pads_places = std::any_of(begin.begin(), begin.end(), [](double each) { return each != 0; }) ||
                             std::any_of(end.begin(), end.end(), [](double each) { return each != 0; });
    tensorflow_value padded = value;
    if (pads_places) {
        graph_node made{is_mirror ? "reflect_pad" : "zero_pad", ""};
        made.attributes = {{"begin", begin}, {"end", end}};
        const auto number = graph.add(operation, std::move(made), {value.node});
        if (!number)
            return;
        graph.set_node(operation, value, *number);
        padded = *graph.find(operation.name);
    }
    if (channels_before == 0 && channels_behind == 0)
        return graph.set(operation, std::move(padded));
    if (is_mirror)
        return graph.add_problem(operation, "of channels");
    pad_channels(graph, operation, padded, channels_before, channels_behind);
}

/// ResizeBilinear and ResizeNearestNeighbor of an image.
inline void read_resizing(tensorflow_builder& graph, const tensorflow_node& operation) {
    const auto size = graph.wholes(operation, 1);
    const tensorflow_value* const image = size ? image_value(graph, operation) : nullptr;
    if (image == nullptr)
        return;
    if (size->size() != 2 || (*size)[0] < 1 || (*size)[1] < 1)
        graph.fail(operation, "two extents above 0", "others");
    const tensorflow_value value = *image;
    const bool is_linear = operation.operation == "ResizeBilinear";
    const bool is_aligned = operation.truth("align_corners");
    const bool has_half_pixels = operation.truth("half_pixel_centers");
    // By whole factors the nearest pixel is the same one, counted from the middle or from the corner.
    const bool is_whole = (*size)[0] % value.shape[1] == 0 && (*size)[1] % value.shape[2] == 0;
    graph_node made{"upsample", ""};
    if (is_whole && !is_aligned && (has_half_pixels || !is_linear)) {
        made.attributes["size"] = as_reals({(*size)[0] / value.shape[1], (*size)[1] / value.shape[2]});
        made.attributes["interpolation"] = std::string(is_linear ? "bilinear" : "nearest");
    } else {
        made.kind = "resize";
        made.attributes["size"] = as_reals(*size);
        made.attributes["interpolation"] = std::string(is_linear ? "bilinear" : "nearest");
        made.attributes["corners"] = std::string(is_aligned        ? "align_corners"
                                                 : has_half_pixels ? "half_pixel"
                                                                   : "asymmetric");
        if (!is_linear)
            made.attributes["rounding"] =
                std::string(is_aligned || has_half_pixels ? "nearest_half_up" : "nearest_down");
    }
    if (const auto number = graph.add(operation, std::move(made), {value.node}))
        graph.set_node(operation, value, *number);
}

/// Mean, Max, Min and Sum along axes. Those of all places of an image are global poolings.
inline void read_reduction(tensorflow_builder& graph, const tensorflow_node& operation) {
    const auto given = graph.wholes(operation, 1);
    if (!given)
        return;
    const tensorflow_value value = graph.input(operation, 0);
    if (value.constant)
        return graph.add_problem(operation, "of a constant");
    const bool keeps_axes = operation.truth("keep_dims");
    std::vector<bool> is_reduced(value.rank(), false);
    for (const std::int64_t each : *given)
        is_reduced[graph.axis(operation, value.rank(), each)] = true;
    std::size_t first = value.rank();
    std::size_t count = 0;
    for (std::size_t axis = value.rank(); axis-- > 0;)
        if (is_reduced[axis]) {
            first = axis;
            ++count;
        }
    if (count == 0)
        return graph.set(operation, value);
    if (value.is_batched && is_reduced.front())
        return graph.add_problem(operation, "over the samples");
    tensorflow_shape shape;
    for (std::size_t axis = 0; axis < value.rank(); ++axis)
        if (!is_reduced[axis] || keeps_axes)
            shape.push_back(is_reduced[axis] ? 1 : value.shape[axis]);
    const bool is_pool = value.is_batched && value.rank() > 2 && first == 1 && count == value.rank() - 2 &&
                         !is_reduced.back() &&
                         (operation.operation == "Mean" || operation.operation == "Max");
    graph_node made{"", ""};
    if (is_pool) {
        made.kind = operation.operation == "Mean" ? "global_average_pool" : "global_max_pool";
        made.attributes["keepdims"] = keeps_axes ? 1.0 : 0.0;
    } else {
        constexpr std::pair<const char*, const char*> names[] = {
            {"Mean", "reduce_mean"}, {"Max", "reduce_max"}, {"Min", "reduce_min"}, {"Sum", "reduce_sum"}};
        for (const auto& [type, kind] : names)
            if (operation.operation == type)
                made.kind = kind;
        std::vector<double> axes;
        for (std::size_t axis = 0; axis < value.rank(); ++axis)
            if (is_reduced[axis])
                axes.push_back(static_cast<double>(axis - (value.is_batched ? 1 : 0)));
        made.attributes["axes"] = std::move(axes);
    }
    const auto number = graph.add(operation, std::move(made), {value.node});
    if (!number)
        return;
    tensorflow_value result = value;
    result.node = *number;
    graph.set_shape(operation, result, std::move(shape), value.is_batched);
}

} // namespace strata::bedrock::inline STRATA_SETTING::imports
