// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/io/import/graph.hpp>
#include <strata/io/import/onnx_broadcasting.hpp>
#include <strata/io/import/onnx_builder.hpp>
#include <strata/io/import/onnx_constant_places.hpp>
#include <strata/io/import/onnx_slices.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING::imports {

/// What is padded, before and behind each axis of ONNX. Nothing, and a problem, where that is not known
/// before the network runs, or is no padding that strata has.
inline std::optional<std::vector<std::int64_t>> read_margins(onnx_builder& graph, const onnx_node& operation,
                                                             std::size_t rank) {
    std::vector<std::int64_t> pads =
        wholes_of(operation, graph.opset() < 2 ? std::string_view("paddings") : std::string_view("pads"));
    double number = real_of(operation, "value", 0);
    std::vector<std::int64_t> axes;
    for (std::size_t i = 1; i < 4; ++i) {
        if (!graph.has_input(operation, i))
            continue;
        const onnx_constant* const given = graph.constant(operation, i);
        if (given == nullptr)
            return std::nullopt;
        if (i == 2)
            number = given->numbers.empty() ? 0 : given->numbers.front();
        else
            (i == 1 ? pads : axes) = as_wholes(*given);
    }
    if (!axes.empty()) {
        std::vector<std::int64_t> all(2 * rank, 0);
        for (std::size_t i = 0; i < axes.size(); ++i) {
            const auto axis = counted_place(axes[i], static_cast<std::int64_t>(rank));
            if (!axis || pads.size() != 2 * axes.size())
                graph.fail(operation, "two numbers for each of its axes", "others");
            all[*axis] = pads[i];
            all[rank + *axis] = pads[axes.size() + i];
        }
        pads = std::move(all);
    }
    if (pads.size() != 2 * rank)
        graph.fail(operation, internal::concatenate(2 * rank, " numbers"),
                   internal::concatenate(pads.size()));
    constexpr std::int64_t largest = std::int64_t{1} << 31;
    if (std::any_of(pads.begin(), pads.end(),
                    [](std::int64_t each) { return each > largest || each < -largest; }))
        graph.fail(operation, "margins that memory can hold", "larger ones");
    const bool adds = std::any_of(pads.begin(), pads.end(), [](std::int64_t each) { return each > 0; });
    if (adds && word_of(operation, "mode", "constant") == "constant" && number != 0) {
        graph.add_problem(operation, "padding by another number than 0");
        return std::nullopt;
    }
    return pads;
}

/// Pad by margins of which none is above 0, around an image: it is cropped. Nothing for others.
inline std::optional<onnx_value> cropped_image(onnx_builder& graph, const onnx_node& operation,
                                               const onnx_value& value,
                                               const std::vector<std::int64_t>& pads) {
    const std::size_t rank = value.shape.size();
    const auto is_cut = [&](std::size_t axis) { return pads[axis] < 0 || pads[rank + axis] < 0; };
    bool is_crop = false;
    for (std::size_t axis = 0; axis < rank; ++axis) {
        const bool is_known = std::find(value.axes.begin(), value.axes.end(), axis) != value.axes.end();
        if (pads[axis] > 0 || pads[rank + axis] > 0 || (is_cut(axis) && !is_known))
            return std::nullopt;
        is_crop = is_crop || is_cut(axis);
    }
    // All axes of an image but the last can be cropped.
    std::vector<std::size_t> axes = value.axes;
    const auto last = std::find_if_not(axes.rbegin(), axes.rend(), is_cut);
    if (!is_crop || last == axes.rend() || axes.size() < 2 || axes.size() > 4)
        return std::nullopt;
    std::rotate(last.base() - 1, last.base(), axes.end());
    std::vector<double> sides[2];
    for (std::size_t i = 0; i + 1 < axes.size(); ++i) {
        sides[0].push_back(static_cast<double>(-pads[axes[i]]));
        sides[1].push_back(static_cast<double>(-pads[rank + axes[i]]));
    }
    graph_node made{"crop", ""};
    made.attributes = {{"begin", sides[0]}, {"end", sides[1]}};
    auto image = graph.arrange(operation, value, axes);
    if (image)
        image = attach(graph, operation, *image, std::move(made));
    for (std::size_t axis = 0; image && axis < rank; ++axis)
        image->shape[axis] += pads[axis] + pads[rank + axis];
    return image;
}

/// Pad by zeros, by the numbers at the edge, or by reflection; margins below 0 are cut off.
inline void read_padding(onnx_builder& graph, const onnx_node& operation) {
    auto value = graph.straighten(operation, graph.input(operation, 0));
    const auto pads = value ? read_margins(graph, operation, value->shape.size()) : std::nullopt;
    if (!pads)
        return;
    if (const auto cropped = cropped_image(graph, operation, *value, *pads))
        return graph.set(operation, *cropped);
    const std::size_t rank = value->shape.size();
    std::vector<std::int64_t> shape = value->shape;
    for (std::size_t axis = 0; value && axis < rank; ++axis) {
        const std::int64_t extent = value->shape[axis];
        const std::int64_t begin = std::max<std::int64_t>(0, -(*pads)[axis]);
        const std::int64_t end = extent - std::max<std::int64_t>(0, -(*pads)[rank + axis]);
        if (begin > extent || end <= begin)
            return graph.add_problem(operation, "of no places");
        value = slice_value(graph, operation, *value, axis, static_cast<std::size_t>(begin),
                            static_cast<std::size_t>(end), 1);
    }
    if (!value)
        return;
    bool adds = false;
    shape = value->shape;
    for (std::size_t axis = 0; axis < rank; ++axis)
        for (const bool is_behind : {false, true}) {
            const std::int64_t margin = std::max<std::int64_t>(0, (*pads)[axis + (is_behind ? rank : 0)]);
            if (margin > 0 && axis < graph.first_axis)
                return graph.add_problem(operation, "of samples");
            shape[axis] += margin;
            adds = adds || margin > 0;
        }
    if (!adds)
        return graph.set(operation, *value);
    // An axis of the extent 1 may be padded as well.
    std::vector<std::size_t> axes = value->axes;
    for (std::size_t axis = graph.first_axis; axis < rank; ++axis)
        if (shape[axis] != 1 && std::find(axes.begin(), axes.end(), axis) == axes.end())
            axes.push_back(axis);
    // All axes of an image but the last can be padded, so that one which is not is put there.
    const auto is_padded = [&](std::size_t axis) { return shape[axis] != value->shape[axis]; };
    if (const auto last = std::find_if_not(axes.rbegin(), axes.rend(), is_padded); last != axes.rend())
        std::rotate(last.base() - 1, last.base(), axes.end());
    value = graph.arrange(operation, *value, axes);
    if (!value)
        return;
    const auto margin = [&](std::size_t axis, bool is_behind) {
        return static_cast<std::size_t>(std::max<std::int64_t>(0, (*pads)[axis + (is_behind ? rank : 0)]));
    };
    std::vector<double> sides[2];
    for (const std::size_t axis : axes)
        for (const bool is_behind : {false, true})
            sides[is_behind ? 1 : 0].push_back(static_cast<double>(margin(axis, is_behind)));
    // The last axis of an image is padded as one before a single channel.
    const extents inner = graph.node(value->node).shape;
    const bool has_channels = sides[0].back() == 0 && sides[1].back() == 0 && inner.size() > 1;
    const auto reshape_node = [&](const extents& target, bool adds_channel) {
        graph_node made{"reshape", ""};
        std::vector<double> numbers(target.begin(), target.end());
        if (adds_channel)
            numbers.push_back(1);
        made.attributes["target"] = std::move(numbers);
        value = attach(graph, operation, *value, std::move(made));
    };
    if (has_channels)
        for (auto& side : sides)
            side.pop_back();
    else
        reshape_node(inner, true);
    const std::string mode = word_of(operation, "mode", "constant");
    graph_node made{mode == "edge" ? "edge_pad" : mode == "reflect" ? "reflect_pad" : "zero_pad", ""};
    if (mode != "edge" && mode != "reflect" && mode != "constant")
        made.hint = "a padding around the other end";
    made.attributes["begin"] = sides[0];
    made.attributes["end"] = sides[1];
    if (value)
        value = attach(graph, operation, *value, std::move(made));
    if (!value)
        return;
    if (!has_channels) {
        extents target = graph.node(value->node).shape;
        target.pop_back();
        reshape_node(target, false);
    }
    if (value) {
        value->shape = shape;
        graph.set(operation, std::move(*value));
    }
}

} // namespace strata::bedrock::inline STRATA_SETTING::imports
