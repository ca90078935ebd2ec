// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/expression/concatenate.hpp>
#include <strata/io/import/graph.hpp>
#include <strata/io/import/tensorflow_builder.hpp>
#include <strata/io/import/tensorflow_folding.hpp>
#include <strata/io/import/tensorflow_shapes.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING::imports {

/// Places along an axis: `count` of them, `step` apart from `begin` on.
struct axis_places {
    std::int64_t begin = 0;
    std::int64_t count = 0;
    std::int64_t step = 1;
};

/// What a slice takes of each axis of a value, and the shape that it then has.
struct tensorflow_slice {
    std::vector<axis_places> axes;
    tensorflow_shape shape;
};

/// All of a value.
inline tensorflow_slice whole_slice(const tensorflow_shape& shape) {
    tensorflow_slice result{{}, shape};
    for (const std::int64_t extent : shape)
        result.axes.push_back({0, extent, 1});
    return result;
}

/// Takes some places of a value, axis by axis.
inline void set_slice(tensorflow_builder& graph, const tensorflow_node& operation,
                      const tensorflow_value& value, const tensorflow_slice& slice, std::size_t port = 0) {
    if (value.constant) {
        const tensor& given = value.constant->data;
        const extents steps = steps_of(given.shape);
        strided_view view;
        extents shape;
        for (std::size_t axis = 0; axis < steps.size(); ++axis) {
            const auto step = static_cast<std::int64_t>(steps[axis]);
            view.begin += slice.axes[axis].begin * step;
            view.steps.push_back(slice.axes[axis].step * step);
            shape.push_back(static_cast<std::size_t>(slice.axes[axis].count));
        }
        tensorflow_constant result{view.read(given, shape), value.constant->is_whole};
        result.data.shape.assign(slice.shape.begin(), slice.shape.end());
        return graph.set(operation, std::move(result), port);
    }
    tensorflow_value part = value;
    for (std::size_t axis = 0; axis < value.rank(); ++axis) {
        const axis_places& places = slice.axes[axis];
        if (places.begin == 0 && places.step == 1 && places.count == value.shape[axis])
            continue;
        if (value.is_batched && axis == 0)
            return graph.add_problem(operation, "along the axis of the samples");
        if (places.count == 0 || places.step < 1)
            return graph.add_problem(operation, "of no place, or backwards");
        graph_node made{"slice", ""};
        const std::int64_t end = places.begin + (places.count - 1) * places.step + 1;
        made.attributes = {{"axis", static_cast<double>(axis - (value.is_batched ? 1 : 0))},
                           {"begin", static_cast<double>(places.begin)},
                           {"end", static_cast<double>(end)},
                           {"step", static_cast<double>(places.step)}};
        const auto number = graph.add(operation, std::move(made), {part.node});
        if (!number)
            return;
        part.node = *number;
        part.shape[axis] = places.count;
    }
    set_reshaped(graph, operation, part, slice.shape, port);
}

/// The places that StridedSlice takes of an axis. Bounds count from the end where they are below 0.
inline axis_places places_along(std::int64_t extent, std::optional<std::int64_t> begin,
                                std::optional<std::int64_t> end, std::int64_t step) {
    const std::int64_t least = step > 0 ? 0 : -1;
    const std::int64_t most = step > 0 ? extent : extent - 1;
    const auto bound = [&](std::int64_t given) {
        return std::clamp(given + (given < 0 ? extent : 0), least, most);
    };
    const std::int64_t first = begin ? bound(*begin) : step > 0 ? 0 : extent - 1;
    const std::int64_t stop = end ? bound(*end) : step > 0 ? extent : -1;
    const std::int64_t reach = step > 0 ? stop - first : first - stop;
    const std::int64_t width = step > 0 ? step : -step;
    return {first, reach > 0 ? (reach + width - 1) / width : 0, step};
}

inline void read_strided_slice(tensorflow_builder& graph, const tensorflow_node& operation) {
    const auto begin = graph.wholes(operation, 1);
    const auto end = begin ? graph.wholes(operation, 2) : std::nullopt;
    const auto step = end ? graph.wholes(operation, 3) : std::nullopt;
    if (!step)
        return;
    const tensorflow_value value = graph.input(operation, 0);
    const std::size_t count = begin->size();
    if (end->size() != count || step->size() != count || count > 32)
        graph.fail(operation, "as many begins as ends and strides", "others");
    const auto has = [&](const char* mask, std::size_t entry) {
        return (static_cast<std::uint64_t>(operation.whole(mask, 0)) >> entry & 1) != 0;
    };
    std::size_t added = 0;
    for (std::size_t entry = 0; entry < count; ++entry)
        added += has("new_axis_mask", entry) || has("ellipsis_mask", entry) ? 1 : 0;
    tensorflow_slice slice = whole_slice(value.shape);
    slice.shape.clear();
    std::size_t axis = 0;
    for (std::size_t entry = 0; entry < count; ++entry) {
        if (has("ellipsis_mask", entry)) { // all axes that no other entry is about
            for (std::size_t rest = value.rank() + added - std::min(count, value.rank() + added);
                 rest > 0 && axis < value.rank(); --rest)
                slice.shape.push_back(value.shape[axis++]);
        } else if (has("new_axis_mask", entry))
            slice.shape.push_back(1);
        else if (axis < value.rank() && (*step)[entry] != 0) {
            const std::int64_t first = (*begin)[entry];
            const bool is_single = has("shrink_axis_mask", entry);
            axis_places places = places_along(
                value.shape[axis],
                has("begin_mask", entry) && !is_single ? std::nullopt : std::optional(first),
                has("end_mask", entry) ? std::nullopt : std::optional((*end)[entry]), (*step)[entry]);
            if (is_single)
                places = {first + (first < 0 ? value.shape[axis] : 0), 1, 1};
            if (places.begin < 0 || (places.count > 0 && places.begin >= value.shape[axis]))
                graph.fail(operation,
                           internal::concatenate("a place of an axis of ", std::size_t(value.shape[axis])),
                           std::to_string(first));
            slice.axes[axis++] = places;
            if (!is_single)
                slice.shape.push_back(places.count);
        } else
            graph.fail(operation, internal::concatenate("bounds and strides for ", value.rank(), " axes"),
                       "others");
    }
    while (axis < value.rank())
        slice.shape.push_back(value.shape[axis++]);
    set_slice(graph, operation, value, slice);
}

/// Slice, by begins and sizes, of which -1 is the rest.
inline void read_slice(tensorflow_builder& graph, const tensorflow_node& operation) {
    const auto begin = graph.wholes(operation, 1);
    const auto size = begin ? graph.wholes(operation, 2) : std::nullopt;
    if (!size)
        return;
    const tensorflow_value value = graph.input(operation, 0);
    if (begin->size() != value.rank() || size->size() != value.rank())
        graph.fail(operation, internal::concatenate("begins and sizes of ", value.rank(), " axes"), "others");
    tensorflow_slice slice = whole_slice(value.shape);
    for (std::size_t axis = 0; axis < value.rank(); ++axis) {
        const std::int64_t rest = value.shape[axis] - (*begin)[axis];
        const std::int64_t count = (*size)[axis] == -1 ? rest : (*size)[axis];
        if ((*begin)[axis] < 0 || count < 0 || count > rest)
            graph.fail(operation,
                       internal::concatenate("places of an axis of ", std::size_t(value.shape[axis])),
                       "others");
        slice.axes[axis] = {(*begin)[axis], count, 1};
        slice.shape[axis] = count;
    }
    set_slice(graph, operation, value, slice);
}

/// Parts of a value along an axis, a result each.
inline void set_parts(tensorflow_builder& graph, const tensorflow_node& operation,
                      const tensorflow_value& value, std::size_t axis, const tensorflow_shape& counts,
                      bool removes_axis) {
    std::int64_t begin = 0;
    for (std::size_t port = 0; port < counts.size(); ++port) {
        tensorflow_slice slice = whole_slice(value.shape);
        slice.axes[axis] = {begin, counts[port], 1};
        slice.shape[axis] = counts[port];
        if (removes_axis)
            slice.shape.erase(slice.shape.begin() + static_cast<std::ptrdiff_t>(axis));
        begin += counts[port];
        set_slice(graph, operation, value, slice, port);
        if (graph.reads_unknown({"", "", {operation.name}, {}, {}}))
            return;
    }
}

/// Split and SplitV.
inline void read_split(tensorflow_builder& graph, const tensorflow_node& operation) {
    const bool has_sizes = operation.operation == "SplitV";
    const auto axes = graph.wholes(operation, has_sizes ? 2 : 0);
    const auto sizes = axes && has_sizes ? graph.wholes(operation, 1) : axes;
    if (!sizes)
        return;
    const tensorflow_value value = graph.input(operation, has_sizes ? 0 : 1);
    const std::size_t axis = graph.axis(operation, value.rank(), axes->empty() ? 0 : axes->front());
    tensorflow_shape counts = *sizes;
    const std::int64_t extent = value.shape[axis];
    if (!has_sizes) {
        const auto parts = operation.whole("num_split", 0);
        if (parts < 1 || parts > extent || extent % parts != 0)
            graph.fail(operation, internal::concatenate("a number of equal parts of ", std::size_t(extent)),
                       std::to_string(parts));
        counts.assign(static_cast<std::size_t>(parts), extent / parts);
    }
    std::int64_t sum = 0;
    for (const std::int64_t each : counts)
        sum += std::max<std::int64_t>(each, 0);
    for (std::int64_t& each : counts)
        each = each == -1 ? extent - sum : each;
    sum = 0;
    for (const std::int64_t each : counts) {
        sum += each;
        if (each < 0 || sum > extent)
            graph.fail(operation, internal::concatenate("parts of ", std::size_t(extent)), "others");
    }
    set_parts(graph, operation, value, axis, counts, false);
}

/// Unpack: a result for each place of an axis.
inline void read_unpack(tensorflow_builder& graph, const tensorflow_node& operation) {
    const tensorflow_value value = graph.input(operation, 0);
    const std::size_t axis = graph.axis(operation, value.rank(), operation.whole("axis", 0));
    constexpr std::int64_t most_parts = 4096;
    if (value.shape[axis] > most_parts)
        return graph.add_problem(operation, "of more results than a network has");
    set_parts(graph, operation, value, axis, tensorflow_shape(static_cast<std::size_t>(value.shape[axis]), 1),
              true);
}

/// GatherV2: places of a constant or of an axis, and rows of a table that are tokens'.
inline void read_gather(tensorflow_builder& graph, const tensorflow_node& operation) {
    const tensorflow_value value = graph.input(operation, 0);
    const tensorflow_value places = graph.input(operation, 1);
    const auto axes = operation.inputs.size() > 2 ? graph.wholes(operation, 2) : tensorflow_shape{0};
    if (!axes)
        return;
    const std::size_t axis = graph.axis(operation, value.rank(), axes->empty() ? 0 : axes->front());
    if (value.constant && !places.constant) {
        if (axis != 0 || value.rank() != 2 || !places.is_batched)
            return graph.add_problem(operation, "of a table that is no matrix");
        graph_node made{"embedding", ""};
        made.attributes = {{"vocabulary", static_cast<double>(value.shape[0])},
                           {"width", static_cast<double>(value.shape[1])}};
        made.weights.emplace_back("embeddings", value.constant->data);
        if (const auto number = graph.add(operation, std::move(made), {places.node}))
            graph.set_node(operation, places, *number);
        return;
    }
    const auto numbers = graph.wholes(operation, 1);
    if (!numbers)
        return;
    for (const std::int64_t each : *numbers)
        if (each < 0 || each >= value.shape[axis])
            graph.fail(operation,
                       internal::concatenate("places of an axis of ", std::size_t(value.shape[axis])),
                       std::to_string(each));
    if (numbers->empty() || places.rank() > 1)
        return graph.add_problem(operation, "of places that are no list");
    const std::int64_t step = numbers->size() > 1 ? (*numbers)[1] - (*numbers)[0] : 1;
    for (std::size_t i = 1; i < numbers->size(); ++i)
        if (step == 0 || (*numbers)[i] - (*numbers)[i - 1] != step)
            return graph.add_problem(operation, "of places that are not equally far apart");
    tensorflow_slice slice = whole_slice(value.shape);
    slice.axes[axis] = {numbers->front(), static_cast<std::int64_t>(numbers->size()), step};
    slice.shape[axis] = static_cast<std::int64_t>(numbers->size());
    if (places.rank() == 0)
        slice.shape.erase(slice.shape.begin() + static_cast<std::ptrdiff_t>(axis));
    set_slice(graph, operation, value, slice);
}

} // namespace strata::bedrock::inline STRATA_SETTING::imports
